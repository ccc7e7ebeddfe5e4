import fc from 'fast-check';
import { expect, test } from 'vitest';
import { batchesPerMonth, MONTH_SECONDS, recordsPerBatch } from '../../../../infra/local/cost/batches.ts';
import {
  type BillLine,
  billOf,
  dollarsBy,
  dollarsOfEach,
  linesTogether,
  perMillion,
} from '../../../../infra/local/cost/bill.ts';
import { choicesOf } from '../../../../infra/local/cost/choices.ts';
import { monthOf, nameOf, runsPerMonth } from '../../../../infra/local/cost/month.ts';
import { naiveMonth } from '../../../../infra/local/cost/naive.ts';
import { type PricedUnit, priceTable } from '../../../../infra/local/cost/prices.ts';
import { profiles } from '../../../../infra/local/cost/traffic.ts';
import { mergedShare, updaterWindow } from '../../../../infra/local/cost/updater-window.ts';
import { aSample } from './a-sample.ts';

const month = (events: number) => billOf(events, monthOf(aSample(), { ...profiles.medium, events }));
const units = Object.keys(priceTable.prices) as PricedUnit[];
const someLines = fc.array(
  fc.record<BillLine>({
    driver: fc.constantFrom('Collector', 'Lake'),
    unit: fc.constantFrom(...units),
    growth: fc.constantFrom('event', 'batch', 'month'),
    quantity: fc.nat(1e9),
  }),
);

test('the lines sum up to the total, however they are grouped', () => {
  fc.assert(
    fc.property(someLines, (lines) => {
      const bill = billOf(1e6, lines);
      const close = (value: number) => expect(Math.abs(value - bill.total)).toBeLessThanOrEqual(1e-12 * bill.total);
      close(bill.lines.reduce((sum, { dollars }) => sum + dollars, 0));
      close(dollarsOfEach(bill, ({ service }) => service).reduce((sum, [, dollars]) => sum + dollars, 0));
      close(dollarsBy(bill, 'event') + dollarsBy(bill, 'batch') + dollarsBy(bill, 'month'));
    }),
  );
});

test('what a driver asks of several tables is told as one line, and the lines still sum up', () => {
  fc.assert(
    fc.property(someLines, (lines) => {
      const bill = billOf(1e6, lines);
      const told = linesTogether(bill.lines);
      const names = told.map(({ driver, unit, growth }) => `${driver} ${unit} ${growth}`);
      expect(new Set(names).size).toBe(names.length);
      expect(told).toEqual(told.toSorted((one, other) => other.dollars - one.dollars));
      const sum = told.reduce((total, { dollars }) => total + dollars, 0);
      expect(Math.abs(sum - bill.total)).toBeLessThanOrEqual(1e-12 * bill.total);
    }),
  );
});

test('twice the events double what grows by events, and leave alone what time costs', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1_000, max: 1e10 }), (events) => {
      const [once, twice] = [month(events), month(2 * events)];
      expect(dollarsBy(twice, 'event') / dollarsBy(once, 'event')).toBeCloseTo(2, 9);
      expect(dollarsBy(twice, 'month')).toBe(dollarsBy(once, 'month'));
      expect(perMillion(twice)).toBeCloseTo(perMillion(once), 9);
    }),
  );
});

test('batches of a window never more than double, and never are more than there are windows', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1_000, max: 1e10 }), (events) => {
      const [once, twice] = [dollarsBy(month(events), 'batch'), dollarsBy(month(2 * events), 'batch')];
      expect(twice).toBeLessThanOrEqual(2 * once * (1 + 1e-9));
      expect(twice).toBeGreaterThanOrEqual(once * (1 - 1e-9));
      const batching = { shards: 4, windowSeconds: 60, batchSize: Number.POSITIVE_INFINITY };
      const windows = (4 * MONTH_SECONDS) / 60;
      expect(batchesPerMonth({ ...profiles.medium, events }, batching)).toBeLessThanOrEqual(windows * (1 + 1e-9));
    }),
  );
});

test('a batch holds one record where requests are rare, and a full batch where they are many', () => {
  const batching = { shards: 4, windowSeconds: 60, batchSize: 500 };
  expect(recordsPerBatch({ ...profiles.small, events: 1_000 }, batching)).toBeCloseTo(1, 3);
  expect(recordsPerBatch({ ...profiles.large, events: 1e11 }, batching)).toBe(500);
});

test('a month by hand', () => {
  const lines = monthOf(aSample(), { ...profiles.medium, events: 1_000_000 });
  const quantityOf = (driver: string, unit: string) =>
    lines.find((line) => line.driver === driver && line.unit === unit)?.quantity;
  expect(quantityOf('Collector', 'kinesisBytesIn')).toBe(1_100_000_000);
  expect(quantityOf('Updater', 'dynamodbWriteUnits')).toBe(250_000);
  expect(quantityOf('Sweeper', 'dynamodbReadUnits')).toBe(3 * 43_800);
  expect(quantityOf('Stream', 'streamHours')).toBe(730);
  expect(quantityOf('Collector', 'kinesisPutUnits')).toBeUndefined();
  expect(quantityOf('ProfilesTable', 'dynamodbStoredBytes')).toBe(100_000_000);
  // 100,000 records in 175,200 windows of a minute on four shards: 0.571 each, so that 43.5 % have any.
  expect(quantityOf('LakeWriter', 's3WriteRequests')).toBeCloseTo(2 * 175_200 * (1 - Math.exp(-100_000 / 175_200)), 3);
});

test('shards are paid by the hour and in PUT units, and volume costs nothing then', () => {
  const stream = { mode: 'provisioned', shards: 2, retentionHours: 72 } as const;
  const lines = monthOf(aSample(), { ...profiles.medium, events: 1_000_000 }, { stream });
  const paid = Object.fromEntries(
    lines.filter(({ unit }) => /shard|kinesis/i.test(unit)).map((line) => [line.unit, line.quantity]),
  );
  expect(paid).toEqual({ kinesisPutUnits: 100_000, shardHours: 1460, extendedShardHours: 1460 });
});

test('the naive design has a request and a write for each event', () => {
  const bill = billOf(1_000_000, naiveMonth(aSample(), 1_000_000));
  const dollarsOf = (unit: string) => bill.lines.find((line) => line.unit === unit)?.dollars;
  expect(dollarsOf('httpApiRequests')).toBeCloseTo(1, 9);
  expect(dollarsOf('dynamodbWriteUnits')).toBeCloseTo(0.625, 9);
  // 5 KB a record, at 0.029 $ a GB.
  expect(dollarsOf('firehoseBytes')).toBeCloseTo((5 * 1024 * 1e6 * 0.029) / 1024 ** 3, 9);
});

test('a longer window of the profile-updater never costs more, and one as measured costs the same', () => {
  const costs = [1, 5, 60, 300].map((seconds) => updaterWindow(aSample(), profiles.medium, seconds));
  expect(costs[0]).toBe(0);
  expect(costs).toEqual(costs.toSorted((one, other) => other - one));
  expect(mergedShare(profiles.medium, 40)).toBe(0);
  expect(mergedShare(profiles.medium, 90)).toBeCloseTo((1 - 1 / 1.6) / 2, 9);
});

test('what is set as the stage has it costs what the stage costs', () => {
  const traffic = profiles.medium;
  const choices = choicesOf(aSample(), traffic);
  const total = billOf(traffic.events, monthOf(aSample(), traffic)).total;
  const costOf = (answer: string) => choices.find((choice) => choice.answer === answer)?.total;
  expect(costOf('on demand, 24 h kept')).toBeCloseTo(total, 9);
  expect(costOf('60 s')).toBeCloseTo(total, 9);
  expect(costOf("a request's events in one record, compressed")).toBeCloseTo(total, 9);
  expect(costOf('the same as text')).toBeGreaterThan(total);
  expect(costOf('a record an event')).toBeGreaterThan(total);
});

test.each([
  ['rate(1 minute)', 43_800],
  ['rate(15 minutes)', 2_920],
  ['cron(15 * * * ? *)', 730],
])('%s runs %i times a month', (expression, runs) => {
  expect(runsPerMonth(expression, 'Etc/UTC')).toBe(runs);
});

test('a driver has the name of its construct', () => {
  expect(nameOf('LakeWriterFunction6CA870EF')).toBe('LakeWriter');
  expect(nameOf('HttpApi')).toBe('HttpApi');
});
