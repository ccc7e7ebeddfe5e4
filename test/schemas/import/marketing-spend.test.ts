import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { SpendItem } from '../../../schemas/stream/control.ts';
import { packControl } from '../../../shared/stream/pack-control.ts';
import { type ALake, aLake } from '../../fixtures/a-lake.ts';
import { aRecord } from '../../fixtures/events.ts';

let lake: ALake;
beforeAll(async () => {
  lake = await aLake();
});
afterAll(() => lake[Symbol.asyncDispose]());
beforeEach(() => lake.clear());

const FIRST = Date.parse('2026-03-01T10:00:00Z');
const spend = (item: Partial<SpendItem> = {}): SpendItem => ({
  date: '2026-02-01',
  channel: 'paid',
  campaign: 'spring',
  currency: 'EUR',
  cost: 100_0000,
  importId: 'ads-1',
  row: 1,
  importedAt: FIRST,
  ...item,
});
const sent = (...items: SpendItem[]) => aRecord({ v: 1, kind: 'spend', items });
const costs = () => lake.rows('SELECT date, campaign, currency, cost, clicks FROM marketing_spend ORDER BY 1, 2, 3');

test('adds up the rows of an import that name the same day and campaign', async () => {
  await lake.land(sent(spend({ clicks: 3 }), spend({ row: 2, cost: 5000, clicks: 4 })));
  expect(await costs()).toEqual([['2026-02-01', 'spring', 'EUR', '100.5000', '7']]);
});

test('counts a row once, however often it landed', async () => {
  await lake.land(sent(spend()), sent(spend()));
  await lake.land(sent(spend()));
  expect(await costs()).toEqual([['2026-02-01', 'spring', 'EUR', '100.0000', null]]);
});

test('takes the latest import for what it names, and leaves the rest of the earlier one', async () => {
  const other = { date: '2026-02-02' };
  await lake.land(sent(spend(), spend({ ...other, row: 2 })));
  await lake.land(sent(spend({ importId: 'ads-2', importedAt: FIRST + 1, cost: 70_0000 })));
  expect(await costs()).toEqual([
    ['2026-02-01', 'spring', 'EUR', '70.0000', null],
    ['2026-02-02', 'spring', 'EUR', '100.0000', null],
  ]);
});

test('keeps currencies, and what has no campaign, apart', async () => {
  const { campaign: _, ...nameless } = spend({ row: 3 });
  await lake.land(sent(spend(), spend({ row: 2, currency: 'USD' }), nameless));
  expect(await costs()).toEqual([
    ['2026-02-01', 'spring', 'EUR', '100.0000', null],
    ['2026-02-01', 'spring', 'USD', '100.0000', null],
    ['2026-02-01', null, 'EUR', '100.0000', null],
  ]);
});

test('many rows travel in records of a size that the stream takes', () => {
  const items = Array.from({ length: 1200 }, (_, row) => spend({ row, campaign: 'x'.repeat(300) }));
  const packed = packControl([{ v: 1, kind: 'spend', items }]);
  expect(packed.length).toBeGreaterThan(1);
  expect(Math.max(...packed.map(({ data }) => data.byteLength))).toBeLessThan(210_000);
  const rows = packed.flatMap(({ data }) =>
    JSON.parse(Buffer.from(data).toString()).items.map((item: SpendItem) => item.row),
  );
  expect(rows).toEqual(items.map(({ row }) => row));
});
