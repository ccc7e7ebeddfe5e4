import { afterAll, beforeAll, expect, test } from 'vitest';
import { Engine } from '../../../../infra/local/services/athena/engine.ts';
import { eventsLanded, sealedTwin } from '../../../../schemas/lake/tables.ts';
import { parquetFile } from '../../../../shared/lake/parquet/parquet-file.ts';
import { type ALake, aLake, lakeCatalog } from '../../../fixtures/a-lake.ts';

const names = ['Order Completed', 'Page Viewed', undefined, 'Order Refunded', ''];
const day = '2026-03-01';

let lake: ALake;
let engine: Engine;

beforeAll(async () => {
  lake = await aLake();
  const table = sealedTwin(eventsLanded);
  const columns = table.columns.map((column) => ({
    column,
    values: column.name === 'event' ? names : new Array(names.length).fill(undefined),
  }));
  await lake.put(`${table.name}/day=${day}/part-000000.parquet`, parquetFile({ table, count: names.length, columns }));
  engine = new Engine({ root: lake.folder.replace(/\/lake$/, ''), catalog: () => lakeCatalog, memoryLimit: '1GB' });
});
afterAll(async () => {
  await engine?.close();
  await lake?.[Symbol.asyncDispose]();
});

test.each([
  ['a list', "event IN ('Order Completed', 'Order Refunded')", ['Order Completed', 'Order Refunded']],
  ['a list and more', "event IN ('Order Completed', 'Page Viewed') AND event < 'P'", ['Order Completed']],
  ['a list or more', "event IN ('Order Completed', 'x') OR event IS NULL", [null, 'Order Completed']],
  ['no list', "event NOT IN ('Order Completed', '')", ['Order Refunded', 'Page Viewed']],
  ['a list that is turned round', "NOT (event IN ('Order Completed', ''))", ['Order Refunded', 'Page Viewed']],
  ['a list with NULL', "event IN ('Order Completed', NULL)", ['Order Completed']],
])('finds the rows of %s', async (_, condition, found) => {
  const rows = await lake.rows(`SELECT event FROM events_sealed WHERE ${condition} ORDER BY event NULLS FIRST`);

  expect(rows.flat()).toEqual(found);
});

test('tells by a list which rows there are while it reads them, not afterwards', async () => {
  const sql = "SELECT message_id FROM events_sealed WHERE event IN ('Order Completed', 'Order Refunded')";
  const lines = await engine.explain({ sql, parameters: [], signal: new AbortController().signal });

  const reading = lines
    .join(' ')
    .replaceAll(/[│\s]+/g, ' ')
    .split('Filters:')[1];
  expect(reading).toContain("(event IN ('Order Completed', 'Order Refunded')) IS NOT DISTINCT FROM true");
});
