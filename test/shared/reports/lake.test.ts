import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateStore, type Store } from '../../../infra/local/demo/store.ts';
import { reports } from '../../../schemas/report/reports.ts';
import type { ReceivedRecord } from '../../../shared/clean/cleaned-record.ts';
import type { ReportRow } from '../../../shared/reports/cells.ts';
import { type ALake, aLake } from '../../fixtures/a-lake.ts';
import { anEnvelope, aRecord } from '../../fixtures/events.ts';
import { answer, landDays } from './a-reporting-lake.ts';
import { NOW, reportOf } from './read.ts';
import { landTransitions } from './transitions.ts';

let lake: ALake;
let store: Store;

beforeAll(async () => {
  lake = await aLake();
  store = generateStore({ seed: 7, end: new Date(NOW), days: 60, people: 400 });
  await landDays(lake, store);
});
afterAll(() => lake?.[Symbol.asyncDispose]());

const sumOf = (rows: readonly ReportRow[], column: string): number =>
  rows.reduce((sum, row) => sum + Number(row[column]), 0);

const sixty = { from: ['2026-05-01'], to: ['2026-06-30'] };

describe.each(reports.map((report) => [report.name, report] as const))('%s', (name, report) => {
  test('answers a row for each of its columns', async () => {
    const rows = await answer(lake, report);
    for (const row of rows) expect(Object.keys(row)).toEqual(report.columns.map((column) => column.name));
    if (!['segment-sizes', 'product-affinity', 'alerts', 'recommendations'].includes(name))
      expect(rows.length).toBeGreaterThan(0);
  });

  test('answers the same from the days of arrival that it names as from all', async () => {
    if (report.history === 'all') return;
    const week = { from: ['2026-06-10'], to: ['2026-06-20'] };
    expect(await answer(lake, report, week)).toEqual(await answer(lake, { ...report, history: 'all' }, week));
  });
});

describe('what the shop itself knows', () => {
  test('is the revenue of each currency', async () => {
    const {
      rows: [known],
    } = { rows: await lake.objects("SELECT count(*) AS orders FROM orders WHERE currency = 'USD'") };
    const rows = await answer(lake, 'revenue', { ...sixty, period: ['month'], currency: ['USD'] });
    expect(sumOf(rows, 'orders')).toBe(Number(known?.orders));
    expect(sumOf(rows, 'net')).toBeCloseTo(
      sumOf(rows, 'gross') - sumOf(rows, 'refunded') - sumOf(rows, 'cancelled'),
      4,
    );
  });

  test('is the same by day, week and month', async () => {
    for (const [name, measure] of [
      ['revenue', 'gross'],
      ['traffic', 'visits'],
      ['carts', 'abandoned'],
    ] as const) {
      const totals = [];
      for (const period of ['day', 'week', 'month']) {
        totals.push(sumOf(await answer(lake, name, { ...sixty, period: [period] }), measure));
      }
      expect(new Set(totals.map((total) => total.toFixed(2))).size, name).toBe(1);
      expect(totals[0]).toBeGreaterThan(0);
    }
  });

  test('is parted among touches without loss, whatever the model', async () => {
    const revenue = await answer(lake, 'revenue', { ...sixty, period: ['month'] });
    for (const model of ['first', 'last', 'linear', 'position', 'time_decay']) {
      const rows = await answer(lake, 'attribution', { ...sixty, model: [model] });
      expect(sumOf(rows, 'revenue')).toBeCloseTo(sumOf(revenue, 'gross'), 2);
      expect(sumOf(rows, 'share')).toBeCloseTo(1, 9);
    }
  });
});

describe('filters', () => {
  test('of a channel leave just its visits', async () => {
    const all = await answer(lake, 'traffic', sixty);
    const email = await answer(lake, 'traffic', { ...sixty, channel: ['email'] });
    expect(email).toEqual(all.filter(({ channel }) => channel === 'email'));
    expect(email.length).toBeGreaterThan(0);
  });

  test('of a range leave what happened in it', async () => {
    const [all, some] = [await answer(lake, 'orders', sixty), await answer(lake, 'orders')];
    expect(some).toEqual(all.filter(({ date }) => String(date) >= '2026-06-01'));
  });

  test('of a limit leave the first rows', async () => {
    const rows = await answer(lake, 'pages', { limit: ['5'] });
    expect(rows).toEqual((await answer(lake, 'pages')).slice(0, 5));
    expect(rows).toHaveLength(5);
  });
});

test('counts the members of a segment at the end of each day, and filters people by it', async () => {
  const person = (await lake.objects('SELECT max(person_key) AS person FROM orders'))[0]?.person ?? '';
  await landTransitions(lake, person, [
    ['vip', 'entered', '2026-05-20'],
    ['vip', 'exited', '2026-06-05'],
    ['vip', 'entered', '2026-06-10'],
  ]);
  const rows = await answer(lake, 'segment-sizes', { from: ['2026-06-03'], to: ['2026-06-11'] });
  expect(rows.map(({ members, entered, exited }) => [members, entered, exited])).toEqual([
    [1, 0, 0],
    [1, 0, 0],
    [0, 0, 1],
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
    [1, 1, 0],
    [1, 0, 0],
  ]);
  const orders = await answer(lake, 'orders', { ...sixty, period: ['month'], segment: ['vip'] });
  expect(Math.max(...orders.map(({ buyers }) => Number(buyers)))).toBe(1);
  expect(await answer(lake, 'orders', { ...sixty, segment: ['nobody'] })).toEqual([]);
});

test('finds nothing, and nothing else, for what no event holds', async () => {
  const given = { from: ['2026-06-30'], to: ['2026-06-30'] };
  const products = { ...reportOf('products'), history: { days: 0 } } as const;
  for (const text of ["' OR '1'='1", "') UNION SELECT payload FROM raw --", '?', ':from']) {
    expect(await answer(lake, products, { ...given, category: [text], brand: [text] }), text).toEqual([]);
  }
});

test('reads as many days more as a batch may span', async () => {
  const late = { history: { days: 0 } };
  const [first, last] = ['2026-06-19T23:59:00Z', '2026-06-20T00:01:00Z'].map((time) => {
    const receivedAt = new Date(time).toISOString();
    const page = { type: 'page', userId: 'night-owl', timestamp: time, context: { page: { path: `/night/${time}` } } };
    return aRecord(anEnvelope([page], { receivedAt }), {
      arrivedAt: Date.parse(time),
      shardId: 'shardId-000000000008',
    });
  });
  await lake.land(first as ReceivedRecord, last as ReceivedRecord);
  const given = { from: ['2026-06-20'], to: ['2026-06-20'], limit: ['1000'] };
  const seen = async (margin: number) =>
    (await answer(lake, { ...reportOf('pages'), ...late }, given, margin)).filter(({ page_path }) =>
      String(page_path).startsWith('/night/'),
    );
  expect(await seen(1)).toHaveLength(1);
  expect(await seen(0)).toHaveLength(0);
});
