import { describe, expect, test } from 'vitest';
import type { RowTest } from '../../../schemas/import/row-test.ts';
import type { Value } from '../../../schemas/import/value.ts';
import { namedColumns, pathColumns, type Row } from '../../../shared/import/columns.ts';
import { compileTest } from '../../../shared/import/compile-test.ts';
import { compileValue } from '../../../shared/import/compile-value.ts';
import { Compiler } from '../../../shared/import/compiler.ts';
import { LineProblem } from '../../../shared/import/line-problem.ts';

const columns = namedColumns(['No', 'Name', 'Units', 'Price', 'Day', 'Gone'], ['NULL']);
const row: Row = ['C17.0', ' Lamp ', '3', '2.505', '01/07/2011 10:00', 'NULL'];
const other: Row = ['C17.0', 'Gift', '1', '0', '01/07/2011 10:00', ''];
const compiler = () => new Compiler({ dateFormat: 'dd/MM/yyyy HH:mm', timeZone: 'Europe/London' }, columns);
const make = (value: Value) => compileValue(value, 'v', compiler())(row, [row, other]);
const isPaid: RowTest = { column: 'Price', op: 'greater', value: 0 };

test.each<[Value, unknown]>([
  ['GBP', 'GBP'],
  ['{Name}', 'Lamp'],
  ['{Name|upper}-{Units}', 'LAMP-3'],
  ['{{{Name}}}', '{Lamp}'],
  ['x-{Gone}', undefined],
  [12.5, 12.5],
  [true, true],
  [{ number: '{Price}' }, 2.505],
  [{ number: '{Gone}' }, undefined],
  [{ time: '{Day}' }, '2011-07-01T09:00:00.000Z'],
  [{ time: '{Day}', timeZone: 'UTC' }, '2011-07-01T10:00:00.000Z'],
  [{ boolean: '1' }, true],
  [{ json: '[{Units}, 1]' }, [3, 1]],
  [{ first: ['{Gone}', '{Name}'] }, 'Lamp'],
  [{ if: isPaid, use: 'paid', else: 'free' }, 'paid'],
  [{ if: { not: isPaid }, use: 'free' }, undefined],
  [{ lookup: '{Name}', in: { Lamp: 'L', Gift: 'G' } }, 'L'],
  [{ lookup: '{Gone}', in: { Lamp: 'L' } }, undefined],
  [{ lookup: 'Bulb', in: { Lamp: 'L' }, else: 'other' }, 'other'],
  [{ multiply: ['{Units}', '{Price}'] }, 7.515],
  [{ multiply: ['{Units}', { number: '{Gone}' }] }, undefined],
  [{ absolute: { multiply: [-2, '{Price}'] } }, 5.01],
  [{ sum: { multiply: ['{Units}', '{Price}'] } }, 7.515],
  [{ sum: '{Units}' }, 4],
  [{ sum: '{Units}', where: isPaid }, 3],
  [{ count: 'lines' }, 2],
  [{ count: 'lines', where: isPaid }, 1],
  [{ each: { name: '{Name}', gone: '{Gone}' }, where: isPaid }, [{ name: 'Lamp' }]],
  [{ object: { a: '{Name}', b: { object: {} }, c: '{Gone}' } }, { a: 'Lamp', b: {} }],
])('%j makes %j', (value, expected) => {
  expect(make(value)).toEqual(expected);
});

test.each<[Value, string, string]>([
  [{ number: '{Name}' }, 'not_a_number', 'v.number'],
  [{ multiply: ['{Units}', '{Name}'] }, 'not_a_number', 'v.multiply.1'],
  ['{No|integer}', 'not_a_number', 'v'],
  [{ time: '{Name}' }, 'not_a_time', 'v.time'],
  [{ boolean: '{Name}' }, 'not_true_or_false', 'v.boolean'],
  [{ json: '{Name}' }, 'not_json', 'v.json'],
  [{ lookup: '{Name}', in: {} }, 'unknown_value', 'v.in'],
])('%j is refused as %s at %s', (value, reason, path) => {
  expect(() => make(value)).toThrow(expect.objectContaining({ reason, path }) as LineProblem);
});

const test_ = (rowTest: RowTest) => compileTest(rowTest, 't', compiler())(row);
test.each<[RowTest, boolean]>([
  [{ column: 'Units', op: 'equals', value: 3 }, true],
  [{ column: 'Units', op: 'equals', value: '3' }, true],
  [{ column: 'Price', op: 'equals', value: 2.505 }, true],
  [{ column: 'Price', op: 'notEquals', value: 2.505 }, false],
  [{ column: 'Name', op: 'in', value: ['Bulb', 'Lamp'] }, true],
  [{ column: 'Name', op: 'notIn', value: ['Bulb', 'Lamp'] }, false],
  [{ column: 'No', op: 'startsWith', value: 'C' }, true],
  [{ column: 'No', op: 'endsWith', value: '.0' }, true],
  [{ column: 'Name', op: 'contains', value: 'am' }, true],
  [{ column: 'No', op: 'matches', value: '^C\\d+\\.0$' }, true],
  [{ column: 'Units', op: 'less', value: 3 }, false],
  [{ column: 'Units', op: 'lessOrEqual', value: 3 }, true],
  [{ column: 'Units', op: 'greater', value: 2.9 }, true],
  [{ column: 'Name', op: 'greaterOrEqual', value: 0 }, false],
  [{ column: 'Gone', op: 'empty' }, true],
  [{ column: 'Gone', op: 'notEmpty' }, false],
  [{ column: 'Gone', op: 'equals', value: 'NULL' }, false],
  [{ column: 'Gone', op: 'notEquals', value: 'x' }, true],
  [{ all: [isPaid, { column: 'Gone', op: 'empty' }] }, true],
  [{ any: [{ not: isPaid }, { column: 'Gone', op: 'notEmpty' }] }, false],
])('%j is %s', (rowTest, expected) => {
  expect(test_(rowTest)).toBe(expected);
});

describe('lines of NDJSON', () => {
  const line: Row = { id: 7, user: { id: 'ada', tags: ['a'] }, 'user.name': 'Ada', vip: true, none: null };
  const of = (value: Value) => compileValue(value, 'v', new Compiler({}, pathColumns([])))(line, [line]);
  test.each<[Value, unknown]>([
    ['{id}', '7'],
    ['{user.id}', 'ada'],
    ['{user.name}', 'Ada'],
    ['{user.tags.9}', undefined],
    ['{none}', undefined],
    [{ json: '{user.tags}' }, ['a']],
    [{ json: '{vip}' }, true],
    [{ number: '{id}' }, 7],
  ])('%j makes %j', (value, expected) => {
    expect(of(value)).toEqual(expected);
  });
  test('an object is no text', () => {
    expect(() => of('{user}')).toThrow(LineProblem);
  });
});
