import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { text } from '../../schemas/lake/column.ts';
import { eventsLanded, rawLanded } from '../../schemas/lake/tables.ts';
import type { TableRows } from '../../shared/lake/column-readers.ts';
import { landedRows } from '../../shared/lake/landed-rows.ts';
import { parquetFile } from '../../shared/lake/parquet/parquet-file.ts';
import { readBatch } from '../../shared/lake/read-batch.ts';
import { type ALake, aLake } from '../fixtures/a-lake.ts';
import { anEnvelope, aRecord, aTrack } from '../fixtures/events.ts';
import { ASealer } from '../functions/sealer/a-sealer.ts';

let lake: ALake;
beforeAll(async () => {
  lake = await aLake();
});
afterAll(() => lake[Symbol.asyncDispose]());
beforeEach(() => lake.clear());

const rowsOf = (name: string, messageId: string): TableRows => {
  const batch = readBatch([aRecord(anEnvelope([aTrack({ messageId, locale: 'de' })], { requestId: 'r-1' }))]);
  const found = landedRows(batch).find(({ table }) => table.name === name);
  if (found === undefined) throw new Error(`There are no rows of ${name}.`);
  return found;
};
const eventRows = (messageId: string): TableRows => rowsOf(eventsLanded.name, messageId);

/** As a version of Headwater wrote it that did not know a column yet. */
const older = (rows: TableRows, lacks: string): TableRows => {
  const table = { ...rows.table, columns: rows.table.columns.filter(({ name }) => name !== lacks) };
  return { ...rows, table, columns: rows.columns.filter(({ column }) => column.name !== lacks) };
};

/** As a later version writes it, before one goes back to this. */
const later = (rows: TableRows): TableRows => {
  const column = text('mood', 'Mood of the visitor.');
  const table = { ...rows.table, columns: [column, ...rows.table.columns] };
  return { ...rows, table, columns: [{ column, values: ['glad'] }, ...rows.columns] };
};

const events = () => lake.rows('SELECT message_id, brand, product_id, price FROM events ORDER BY 1');
const rows = ['now', 'older', 'later'].sort().map((id) => [id, null, 'p-1', '19.9000']);

describe.each(['landed', 'sealed'])('files that other versions %s', (state) => {
  const day = state === 'landed' ? '2026-03-02' : '2026-03-01';
  const put = (file: string, values: TableRows) =>
    lake.put(`events_${state}/day=${day}/${file}.parquet`, parquetFile(values));

  beforeEach(async () => {
    await put('part-000000', older(eventRows('older'), 'brand'));
    await put('part-000001', later(eventRows('later')));
    await put('part-000002', eventRows('now'));
    if (state === 'sealed') await lake.mark('sealed_before', '2026-03-02');
  });

  test('are read: a column that they lack is null, one that nobody knows is left out', async () => {
    expect(await events()).toEqual(rows);
  });

  if (state === 'sealed') return;

  test('are sealed like any other', async () => {
    const sealer = new ASealer(lake, Date.parse('2026-03-03T01:00:00Z'));
    await sealer.runAll();
    sealer.now += 30 * 3_600_000;
    await sealer.runAll();
    expect(await sealer.files.list('events_landed/')).toEqual([]);
    expect(await events()).toEqual(rows);
  });
});

test.each(['landed', 'sealed'])('raw that was %s before it knew requests names none', async (state) => {
  const put = (file: string, values: TableRows) =>
    lake.put(`raw_${state}/day=2026-03-01/${file}.parquet`, parquetFile(values));
  await put('part-000000', older(rowsOf(rawLanded.name, 'older'), 'request_id'));
  await put('part-000001', rowsOf(rawLanded.name, 'now'));
  if (state === 'sealed') await lake.mark('sealed_before', '2026-03-02');
  expect(await lake.rows('SELECT message_id, request_id FROM raw ORDER BY 1')).toEqual([
    ['now', 'r-1'],
    ['older', null],
  ]);
});
