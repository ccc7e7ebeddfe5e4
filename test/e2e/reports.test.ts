import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reports } from '../../schemas/report/reports.ts';
import { eventually } from './eventually.ts';
import { API_KEY, type Headwater, startHeadwater } from './headwater.ts';
import { run } from './run-command.ts';

const today = () => new Date().toISOString().slice(0, 10);
/** Midnight may pass while events are sent. */
const days = new Set([today()]);
let headwater: Headwater;

beforeAll(async () => {
  headwater = await startHeadwater();
  const order = (id: string, userId: string, total: number, currency: string) => ({
    type: 'track',
    userId,
    event: 'Order Completed',
    properties: { order_id: id, total, currency, products: [{ product_id: 'p-1', price: total, quantity: 1 }] },
  });
  const track = (userId: string, event: string) => ({
    type: 'track',
    userId,
    event,
    properties: { product_id: 'p-1' },
  });
  await headwater.post('/v1/batch', {
    batch: [
      { type: 'page', userId: 'ada', properties: { path: '/tents', title: 'Tents' } },
      track('ada', 'Product Viewed'),
      track('bob', 'Product Viewed'),
    ],
  });
  await headwater.post('/v1/batch', {
    batch: [order('o-1', 'ada', 19.9, 'USD'), order('o-2', 'ada', 0.1, 'USD'), order('o-3', 'bob', 5, 'EUR')],
  });
  days.add(today());
  await headwater.settled();
});

afterAll(() => headwater?.stop());

interface Answer {
  readonly rows: readonly Record<string, unknown>[];
  readonly cached: boolean;
}

/** The answer to a request for a report, which is 202 while the lake takes long. */
const reportBy = (get: () => Promise<Response>): Promise<Response> =>
  eventually(async () => {
    const answer = await get();
    return answer.status !== 202 && answer;
  });
const reportOf = (path: string) => reportBy(() => headwater.get(`/v1/reports/${path}`));

const report = async (path: string): Promise<Answer> => {
  const answer = await reportOf(path);
  expect([path, answer.status]).toEqual([path, 200]);
  return (await answer.json()) as Answer;
};

const reporting = (...args: string[]) => run('report', args);

test('answers the revenue of a currency to the cent', async () => {
  const { rows } = await report('revenue?currency=USD');
  expect(days).toContain(rows[0]?.date);
  expect(rows).toEqual([expect.objectContaining({ orders: 2, gross: 20, net: 20, average_order: 10 })]);
});

test('answers a funnel in the order of its steps', async () => {
  const { rows } = await report('funnel?steps=Product+Viewed,Order+Completed');
  expect(rows.map(({ event, count }) => [event, count])).toEqual([
    ['Product Viewed', 2],
    ['Order Completed', 2],
  ]);
});

test('asks the lake once for all who come together, and again for nobody who comes soon after', async () => {
  // Days that lie far back, so that their answers count for a quarter of an hour: one that lasts yet.
  await eventually(async () => {
    const { headers } = await reportOf('orders?from=2026-01-03&to=2026-01-04');
    return Number(/max-age=(\d+)/.exec(headers.get('cache-control') ?? '')?.[1]) > 60;
  });
  const path = 'orders?from=2026-01-01&to=2026-01-02';
  const answers = await Promise.all(Array.from({ length: 4 }, () => reportOf(path)));
  const tags = answers.map(({ headers }) => headers.get('etag'));
  expect(new Set(tags).size).toBe(1);
  expect((await report(path)).cached).toBe(true);
  const held = await fetch(`${headwater.url}/v1/reports/${path}`, {
    headers: { authorization: `Bearer ${API_KEY}`, 'if-none-match': String(tags[0]) },
  });
  expect(held.status).toBe(304);
});

describe.each(reports.map(({ name, chart }) => [name, chart.kind] as const))('%s', (name, kind) => {
  test('is answered as data, as CSV and as a picture', async () => {
    await report(name);
    const csv = await reportOf(`${name}?format=csv`);
    expect([csv.status, csv.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8; header=present']);
    const svg = await reportOf(`${name}?format=svg`);
    expect(svg.status).toBe(kind === 'none' ? 400 : 200);
    if (kind !== 'none') expect(await svg.text()).toMatch(/^<svg /);
  });
});

test('says what is wrong with a parameter', async () => {
  const { status, body } = await headwater.api('GET', '/v1/reports/traffic?channel=tv&segment=nobody');
  expect(status).toBe(400);
  expect((body as { errors: { path: string }[] }).errors.map(({ path }) => path)).toEqual(['channel']);
});

test('the command shows a table and a chart while the runtime is up', async () => {
  const { code, out, err } = await reporting('funnel', '--data', headwater.dataDir);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/│ +1 │ Product Viewed +│ +2 │ +100\.0 % │/);
  expect(out).toMatch(/Product Viewed +█+ 2\n/);
});

test('the command asks the API of a stage by its address', async () => {
  const { out } = await reporting('revenue', '--json', '--currency', 'EUR', '--url', headwater.url, '--key', API_KEY);
  expect(JSON.parse(out).rows).toEqual([expect.objectContaining({ orders: 1, gross: 5 })]);
  const wrong = await reporting('revenue', '--period', 'year', '--url', headwater.url, '--key', API_KEY);
  expect([wrong.code, wrong.err]).toEqual([1, '--period is "year": give one of day, week, month.\n']);
});

test.each([
  ['an unknown report', ['profits'], /There is no report profits. There are: overview/],
  ['a wrong day', ['traffic', '--from', 'x'], /--from is "x"/],
])('the command says how to mend %s, and ends with 1', async (_, args, message) => {
  const { code, err } = await reporting(...args, '--data', headwater.dataDir);
  expect([code, err]).toEqual([1, expect.stringMatching(message)]);
});

test('reports are known after a restart, and answered by the command when the runtime is down', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'headwater-report-')), 'chart.svg');
  const dataDir = mkdtempSync(join(tmpdir(), 'headwater-reports-'));
  const first = await startHeadwater(dataDir);
  await first.post('/v1/page', { userId: 'u', properties: { path: '/x' } });
  await first.settled();
  const path = '/v1/reports/pages?from=2026-01-01&to=2026-01-02';
  expect((await reportBy(() => first.get(path))).status).toBe(200);
  const second = await first.restart();
  expect((await reportBy(() => second.get(path))).status).toBe(200);
  const pages = await reportBy(() => second.get('/v1/reports/pages'));
  expect(await pages.json()).toMatchObject({ rows: [{ page_path: '/x', views: 1 }] });
  await second.runtime.stop();
  const csv = await reporting('pages', '--csv', '--data', dataDir);
  expect(csv.out).toMatch(/\r\n\/x,,1,1,1\r\n$/);
  const svg = await reporting('pages', '--svg', file, '--data', dataDir);
  expect([svg.code, readFileSync(file, 'utf8').slice(0, 5)]).toEqual([0, '<svg ']);
  rmSync(dataDir, { recursive: true });
});
