import { hash } from 'node:crypto';
import { expect, test } from 'vitest';
import { IdTable } from '../../../../shared/lake/sealing/id-table.ts';

const ids = Array.from({ length: 5_000 }, (_, number) => hash('md5', String(number)).slice(0, 20).toUpperCase());

test('numbers ids as they come, each once, and finds them again', () => {
  const table = new IdTable();
  for (const [number, id] of ids.entries()) expect(table.add(id)).toBe(number);
  for (const [number, id] of ids.entries()) expect([table.add(id), table.find(id)]).toEqual([number, number]);
  expect(table.size).toBe(ids.length);
  expect(table.find('F'.repeat(20))).toBe(-1);
});

test('tells ids apart that differ in their last digit alone', () => {
  const table = new IdTable();
  const alike = [...'0123456789ABCDEF'].map((digit) => '8'.repeat(19) + digit);
  expect(alike.map((id) => table.add(id))).toEqual(alike.map((_, number) => number));
});

test('gives all ids in order, some at a time', () => {
  const table = new IdTable();
  for (const id of ids) table.add(id);
  const pieces = [...table.sorted(700)];
  expect(Math.max(...pieces.map(({ length }) => length))).toBe(700);
  expect(pieces.flat()).toEqual([...ids].sort());
});
