import { parquetMetadata } from 'hyparquet';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventsLanded } from '../../../../schemas/lake/tables.ts';
import { tableRows } from '../../../../shared/lake/column-readers.ts';
import { eventReaders } from '../../../../shared/lake/event-row.ts';
import { parquetFile } from '../../../../shared/lake/parquet/parquet-file.ts';
import { aTable, type Cell } from './a-table.ts';
import { aDuckDb, arrayBuffer, type DuckDb, readByHyparquet } from './read-back.ts';

let duckdb: DuckDb;
beforeAll(async () => {
  duckdb = await aDuckDb();
});
afterAll(() => duckdb[Symbol.asyncDispose]());

const chunksOf = (file: Uint8Array) =>
  parquetMetadata(arrayBuffer(file)).row_groups.flatMap(({ columns }) =>
    columns.map(({ meta_data }) => {
      if (!meta_data) throw new Error('A column has no metadata.');
      return meta_data;
    }),
  );

const many = <T extends Cell>(value: (row: number) => T, count = 1_000) =>
  Array.from({ length: count }, (_, row) => value(row));

test('names each type as Athena and DuckDB know it', async () => {
  const file = parquetFile(
    aTable(
      ['string', ['a']],
      ['int', [1]],
      ['bigint', [1]],
      ['double', [1]],
      ['boolean', [true]],
      ['timestamp', [1]],
      ['decimal(18,4)', [1]],
    ),
  );
  const { schema } = parquetMetadata(arrayBuffer(file));
  expect(schema.slice(1).map(({ name: _, ...element }) => element)).toEqual([
    { type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL', converted_type: 'UTF8' },
    { type: 'INT32', repetition_type: 'OPTIONAL' },
    { type: 'INT64', repetition_type: 'OPTIONAL' },
    { type: 'DOUBLE', repetition_type: 'OPTIONAL' },
    { type: 'BOOLEAN', repetition_type: 'OPTIONAL' },
    {
      type: 'INT64',
      repetition_type: 'OPTIONAL',
      logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MILLIS' },
    },
    { type: 'INT64', repetition_type: 'OPTIONAL', converted_type: 'DECIMAL', scale: 4, precision: 18 },
  ]);
  const described = await duckdb.query(file, 'SELECT column_type FROM (DESCRIBE SELECT * FROM FILE)');
  expect(described.flat()).toEqual(['VARCHAR', 'INTEGER', 'BIGINT', 'DOUBLE', 'BOOLEAN', 'TIMESTAMP', 'DECIMAL(18,4)']);
});

test('tells the bounds and the gaps of each column', () => {
  const [text, int, time, money, empty] = chunksOf(
    parquetFile(
      aTable(
        ['string', ['pear', undefined, 'apple']],
        ['int', [3, -7, undefined]],
        ['timestamp', [undefined, Date.UTC(2026, 0, 1), Date.UTC(2025, 0, 1)]],
        ['decimal(18,4)', [12_500, -1, 0]],
        ['string', [undefined, undefined, undefined]],
      ),
    ),
  ).map(({ statistics }) => statistics);
  expect(text).toMatchObject({ null_count: 1n, min_value: 'apple', max_value: 'pear' });
  expect(int).toMatchObject({ null_count: 1n, min_value: -7, max_value: 3 });
  expect(time).toMatchObject({ min_value: new Date(Date.UTC(2025, 0, 1)), max_value: new Date(Date.UTC(2026, 0, 1)) });
  expect(money).toMatchObject({ null_count: 0n, min_value: -0.0001, max_value: 1.25 });
  expect(empty).toEqual({ null_count: 3n });
});

test.each([
  ['beyond the surrogates', ['\u{ff5e}', '\u{1f600}', 'a'], 'a', '\u{1f600}'],
  ['as the least, too', ['\u{1f600}', '\u{ff5e}'], '\u{ff5e}', '\u{1f600}'],
  ['of half a pair', ['\ud800', '\u{d7ff}', 'z'], 'z', '\ufffd'],
])('bounds texts by the order of their bytes: %s', (_, values, min, max) => {
  const [chunk] = chunksOf(parquetFile(aTable(['string', values])));
  expect(chunk?.statistics).toMatchObject({ min_value: min, max_value: max });
});

test('takes the outer one of the two zeros as a bound', () => {
  const [least, greatest] = chunksOf(parquetFile(aTable(['double', [0, 5]], ['double', [-5, -0]])));
  expect(least?.statistics?.min_value).toBe(-0);
  expect(greatest?.statistics?.max_value).toBe(0);
});

test('leaves long texts out of the footer', () => {
  const [chunk] = chunksOf(parquetFile(aTable(['string', ['a', `{"payload":"${'x'.repeat(200)}"}`]])));
  expect(chunk?.statistics).toEqual({ null_count: 0n });
});

test('replaces half a surrogate pair, which UTF-8 cannot hold', async () => {
  expect(await readByHyparquet(parquetFile(aTable(['string', ['a\ud800b']])))).toEqual([['a\ufffdb']]);
});

test('keeps a dictionary of what repeats, and none of what does not', () => {
  const [repeating, different, numbers] = chunksOf(
    parquetFile(
      aTable(
        ['string', many((row) => `value ${row % 9}`)],
        ['string', many((row) => `value ${row}`)],
        ['decimal(18,4)', many((row) => (row % 50) * 9_900)],
      ),
    ),
  );
  expect(repeating?.encodings).toContain('RLE_DICTIONARY');
  expect(repeating?.dictionary_page_offset).toBeDefined();
  expect(different?.encodings).not.toContain('RLE_DICTIONARY');
  expect(different?.dictionary_page_offset).toBeUndefined();
  expect(numbers?.encodings).toContain('RLE_DICTIONARY');
});

test('gives up a dictionary that a reader could not hold', () => {
  const long = many((row) => `${row % 2_000}`.padStart(600, 'x'), 20_000);
  const [chunk] = chunksOf(parquetFile(aTable(['string', long])));
  expect(chunk?.dictionary_page_offset).toBeUndefined();
});

test('takes less than 40 bytes for a column without a value', () => {
  const [chunk] = chunksOf(parquetFile(aTable(['string', many(() => undefined, 100_000)])));
  expect(chunk?.codec).toBe('UNCOMPRESSED');
  expect(Number(chunk?.total_compressed_size)).toBeLessThan(40);
});

test('compresses by zstd what is worth it', () => {
  const [chunk] = chunksOf(parquetFile(aTable(['string', many((row) => `a page of the shop, number ${row}`)])));
  expect(chunk?.codec).toBe('ZSTD');
  expect(Number(chunk?.total_compressed_size)).toBeLessThan(Number(chunk?.total_uncompressed_size) / 3);
});

test('the bytes of the chunks lie end to end, as the footer says', () => {
  const file = parquetFile(aTable(['string', many((row) => `${row}`)], ['int', many((row) => row % 3)]));
  const chunks = chunksOf(file);
  let at = 4;
  for (const chunk of chunks) {
    expect(Number(chunk.dictionary_page_offset ?? chunk.data_page_offset)).toBe(at);
    at += Number(chunk.total_compressed_size);
  }
  const footer = Buffer.from(file).readUInt32LE(file.length - 8);
  expect(at).toBe(file.length - 8 - footer);
});

test('a file without rows has its columns', async () => {
  const file = parquetFile(tableRows(eventsLanded, eventReaders, []));
  expect(parquetMetadata(arrayBuffer(file)).schema.length).toBe(eventsLanded.columns.length + 1);
  expect(await duckdb.query(file, 'SELECT count(*) FROM FILE')).toEqual([[0n]]);
});
