import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ResultReader } from '../../../functions/adapters/result-reader.ts';
import type { ObjectReader } from '../../../functions/adapters/s3-read.ts';
import { itemsOf } from '../../../functions/segment-backfill/items.ts';
import { csvOf } from '../../../infra/local/services/athena/result-file.ts';
import type { TrackRow } from '../../../schemas/stream/control.ts';

type Row = readonly (string | null)[];

/** An object of these rows, which counts the bytes that are read of it. */
function aFile(rows: readonly Row[]) {
  const bytes = Buffer.from(csvOf([['profile_key', 'tracks'], ...rows]));
  const file = { size: bytes.length, read: 0 };
  const objects: ObjectReader = {
    readPart: async (_, __, start, length) => {
      const part = bytes.subarray(start, start + length);
      file.read += part.length;
      return { bytes: part, size: bytes.length };
    },
    listKeys: async () => [],
  };
  return { file, objects };
}

const cell = fc.option(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('"', '""', ',', '\n', '"\n,"', 'é🏕')));
const someRows = fc.array(fc.tuple(cell, cell), { maxLength: 30 });

test('reads every row once, whatever it holds and however the file and the chunks are cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      someRows,
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 7 }),
      async (given, piece, most) => {
        const rows = given.map((row) => row.map((value) => (value === null ? null : value.toWellFormed())));
        const { file, objects } = aFile(rows);
        const reader = new ResultReader(objects, { bucket: 'results', key: 'x.csv' }, piece);
        const found: Row[] = [];
        const ends: number[] = [];
        for (let at = 0; ; ) {
          const chunk = await reader.chunk(at, most);
          expect(chunk.size).toBe(file.size);
          if (chunk.rows.length === 0) break;
          expect(chunk.rows.length).toBeLessThanOrEqual(most);
          found.push(...chunk.rows);
          at = chunk.end;
          ends.push(at);
        }
        expect(found).toEqual(rows);
        expect(file.read).toBe(file.size);

        const [somewhere = 0] = ends;
        const resumed = await new ResultReader(objects, { bucket: 'results', key: 'x.csv' }, piece).chunk(
          somewhere,
          100,
        );
        expect(resumed.rows).toEqual(rows.slice(somewhere === 0 ? 0 : most));
      },
    ),
  );
});

const track = (n: number): TrackRow => [n, 'a1b2c3d4', 'x'.repeat(20)];

test('makes an item of each row, with no tracks where there are none', () => {
  const { items, parts } = itemsOf([
    ['user:a', '{"t":[[1,"a"]]}'],
    ['user:b', null],
    ['user:c', '{}'],
  ]);
  expect(parts).toEqual([]);
  expect(items).toEqual([
    { key: 'user:a', tracks: { t: [[1, 'a']] } },
    { key: 'user:b', tracks: {} },
    { key: 'user:c', tracks: {} },
  ]);
});

test('cuts what no record has room for, and loses no row', () => {
  const rows = Array.from({ length: 300 }, (_, n) => track(n));
  const tracks = { a: rows.slice(0, 100), b: rows.slice(100) };
  const { items, parts } = itemsOf([['user:a', JSON.stringify(tracks)]], 3_000);
  const all = [...parts, ...items];
  expect(items).toHaveLength(1);
  expect(parts.length).toBeGreaterThan(2);
  for (const item of all) {
    expect(item.key).toBe('user:a');
    expect(Buffer.byteLength(JSON.stringify(item))).toBeLessThan(3_500);
  }
  for (const id of ['a', 'b'] as const) expect(all.flatMap((item) => item.tracks[id] ?? [])).toEqual(tracks[id]);
});

test('refuses a row without a key', () => {
  expect(() => itemsOf([[null, '{}']])).toThrow('has no key');
});
