import { hash } from 'node:crypto';
import { parquetMetadata } from 'hyparquet';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Engine } from '../../../../infra/local/services/athena/engine.ts';
import { eventsLanded, sealedTwin } from '../../../../schemas/lake/tables.ts';
import { parquetFile } from '../../../../shared/lake/parquet/parquet-file.ts';
import { type ALake, aLake, lakeCatalog } from '../../../fixtures/a-lake.ts';

let lake: ALake;
let engine: Engine;
const sizes = new Map<string, number>();
const columns = ['message_id', 'properties'];

/** Bytes of a column in a file, as the file says at its end. */
function bytesOf(file: Uint8Array, column: string): number {
  const { row_groups } = parquetMetadata(
    file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength) as ArrayBuffer,
  );
  const chunks = row_groups.flatMap((group) => group.columns.map(({ meta_data }) => meta_data));
  return chunks
    .filter((chunk) => chunk?.path_in_schema.join('.') === column)
    .reduce((sum, chunk) => sum + Number(chunk?.total_compressed_size), 0);
}

beforeAll(async () => {
  lake = await aLake();
  const table = sealedTwin(eventsLanded);
  for (const day of ['2026-03-01', '2026-03-02']) {
    const values = (name: string) => Array.from({ length: 20_000 }, (_, row) => hash('md5', `${name} ${day} ${row}`));
    const file = parquetFile({
      table,
      count: 20_000,
      columns: table.columns.map((column) => ({
        column,
        values: columns.includes(column.name) ? values(column.name) : new Array(20_000).fill(undefined),
      })),
    });
    for (const column of columns) sizes.set(`${day} ${column}`, bytesOf(file, column));
    await lake.put(`${table.name}/day=${day}/part-000000.parquet`, file);
  }
  engine = new Engine({ root: lake.folder.replace(/\/lake$/, ''), catalog: () => lakeCatalog, memoryLimit: '1GB' });
});
afterAll(async () => {
  await engine?.close();
  await lake?.[Symbol.asyncDispose]();
});

async function bytesRead(sql: string): Promise<number> {
  const running = await engine.start({ sql, parameters: [], signal: new AbortController().signal });
  for await (const _ of running.rows());
  return await running.end();
}

/** Footers, and what lies beside a column in the blocks that are read. */
const MORE = 60_000;

test.each([
  [
    'one column of one day',
    "SELECT max(message_id) FROM events_sealed WHERE day = '2026-03-02'",
    ['2026-03-02 message_id'],
  ],
  [
    'one column of all days',
    'SELECT max(message_id) FROM events_sealed',
    ['2026-03-01 message_id', '2026-03-02 message_id'],
  ],
  [
    'two columns of one day',
    "SELECT max(message_id), max(properties) FROM events_sealed WHERE day < '2026-03-02'",
    ['2026-03-01 message_id', '2026-03-01 properties'],
  ],
])('the bytes of a query are those of its columns in the files of its days: %s', async (_, sql, chunks) => {
  const expected = chunks.reduce((sum, chunk) => sum + (sizes.get(chunk) as number), 0);
  const read = await bytesRead(sql);
  expect(expected).toBeGreaterThan(MORE);
  expect(read).toBeGreaterThanOrEqual(expected);
  expect(read).toBeLessThan(expected + MORE);
});

test('queries that run side by side count their own', async () => {
  const one = "SELECT max(message_id) FROM events_sealed WHERE day = '2026-03-02'";
  const alone = await bytesRead(one);
  const [first] = await Promise.all([bytesRead(one), bytesRead('SELECT max(properties) FROM events_sealed')]);
  expect(first).toBe(alone);
});
