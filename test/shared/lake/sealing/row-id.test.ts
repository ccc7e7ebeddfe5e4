import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dayPartition } from '../../../../schemas/lake/column.ts';
import { landedTables, sealedIds } from '../../../../schemas/lake/tables.ts';
import { parquetFile } from '../../../../shared/lake/parquet/parquet-file.ts';
import { rowIdOf } from '../../../../shared/lake/sealing/row-id.ts';
import { type ALake, aLake } from '../../../fixtures/a-lake.ts';

let lake: ALake;
beforeAll(async () => {
  lake = await aLake();
});
afterAll(() => lake[Symbol.asyncDispose]());

/** Any text that cleaning lets through. */
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((value) => !value.includes('\0'));

/** Identifying columns that may be without a value. */
const nullable: Record<string, string[]> = { failed_events: ['message_id'] };

test.each([
  ...['raw', 'events', 'failed_events', 'mended_events'],
  ...['transitions', 'recommendations', 'alerts', 'audit_log'],
])('the SQL of %s knows a row by the id that the sealer gave it', async (name) => {
  const table = landedTables.find((each) => each.name === `${name}_landed`);
  if (table === undefined) throw new Error(`There is no landed table of ${name}.`);
  const valueIn = (column: string, type: string) => {
    if (type === 'string') return nullable[name]?.includes(column) ? fc.option(text, { nil: undefined }) : text;
    return fc.nat(5);
  };
  const row = fc.record(
    Object.fromEntries(table.columns.map(({ name: column, type }) => [column, valueIn(column, type)])),
  );
  await fc.assert(
    fc.asyncProperty(row, async (values) => {
      await lake.clear();
      const columns = table.columns.map((column) => ({ column, values: [values[column.name] as string] }));
      await lake.put(
        `${table.name}/${dayPartition.name}=2026-03-05/x.parquet`,
        parquetFile({ table, count: 1, columns }),
      );
      expect(await lake.rows(`SELECT day FROM ${name}`)).toEqual([['2026-03-05']]);

      const id = rowIdOf(table)((column) => values[column]);
      const ids = sealedIds.columns.map((column) => ({ column, values: [column.name === 'id' ? id : name] }));
      await lake.put('sealed_ids/day=2026-03-04/x.parquet', parquetFile({ table: sealedIds, count: 1, columns: ids }));
      await lake.mark('sealed_before', '2026-03-05');
      expect(await lake.rows(`SELECT day FROM ${name}`)).toEqual([]);
    }),
    { numRuns: 8 },
  );
});
