import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { reports } from '../../../schemas/report/reports.ts';
import { Api } from './an-api.ts';

beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => vi.restoreAllMocks());

const june = { from: '2026-06-01', to: '2026-06-29' };

describe('GET /v1/reports', () => {
  test('lists every report with what it takes and answers', async () => {
    const { status, body } = await new Api().call('GET /v1/reports');
    expect(status).toBe(200);
    expect(body.items.map(({ name }: { name: string }) => name)).toEqual(reports.map(({ name }) => name));
    const revenue = body.items.find(({ name }: { name: string }) => name === 'revenue');
    expect(revenue.parameters.find(({ name }: { name: string }) => name === 'period')).toEqual({
      name: 'period',
      type: 'choice',
      description: expect.any(String),
      required: false,
      default: 'day',
      values: ['day', 'week', 'month'],
    });
    expect(revenue.columns[0]).toEqual({ name: 'date', type: 'day', description: expect.any(String) });
  });

  test('refuses who has no key', async () => {
    const { status, body } = await new Api().call('GET /v1/reports', { headers: { authorization: '' } });
    expect([status, body.code]).toEqual([401, 'key_missing']);
  });
});

describe('GET /v1/reports/{name}', () => {
  test('answers rows by column, with what they were made of and what they cost', async () => {
    const api = new Api();
    const { status, body, headers } = await api.get('revenue');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      name: 'revenue',
      title: 'Revenue',
      parameters: { from: '2026-06-01', to: '2026-06-30', period: 'day', segment: null, currency: 'USD' },
      rows: [
        {
          date: '2026-06-01',
          orders: 3,
          gross: 30,
          refunded: 0,
          cancelled: 0,
          net: 30,
          average_order: 10,
        },
      ],
      dataVersion: '2026-06-30T12:00:00.000Z',
      asOf: '2026-06-30T12:00:00.000Z',
      cached: false,
      age: 0,
      scannedBytes: 1234,
      milliseconds: 56,
    });
    expect(headers['cache-control']).toBe('private, max-age=60');
    const [query] = api.started.values();
    expect(query).toMatchObject({ database: 'headwater_test', workGroup: 'headwater-test' });
    expect(query?.parameters).toContain("'USD'");
  });

  test('answers CSV to save, and a chart', async () => {
    const api = new Api();
    const csv = await api.get('revenue', { ...june, format: 'csv' });
    expect(csv.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': 'attachment; filename="revenue_2026-06-01_2026-06-29.csv"',
    });
    expect(csv.body).toBe('date,orders,gross,refunded,cancelled,net,average_order\r\n2026-06-01,3,30,0,0,30,10\r\n');
    const svg = await api.get('revenue', { ...june, format: 'svg' });
    expect(svg.headers['content-type']).toBe('image/svg+xml');
    expect(svg.body).toMatch(/^<svg .*Revenue.*<\/svg>$/s);
    expect(api.started.size).toBe(1);
  });

  test('says which reports there are to who asks for another', async () => {
    const { status, body } = await new Api().get('profits');
    expect([status, body.code]).toEqual([404, 'report_not_found']);
    expect(body.detail).toMatch(/^There is no report "profits". There are: overview, traffic, /);
  });

  test('names every wrong parameter, the format among them, and asks nothing', async () => {
    const api = new Api();
    const { status, body } = await api.get('traffic', { from: 'x', channel: 'tv', colour: 'red', format: 'pdf' });
    expect([status, body.code]).toEqual([400, 'invalid_parameter']);
    expect(body.errors.map(({ path }: { path: string }) => path).sort()).toEqual([
      'channel',
      'colour',
      'format',
      'from',
    ]);
    expect(api.started.size).toBe(0);
  });

  test('refuses a segment that there is not, and takes one value of one that tags', async () => {
    const api = new Api();
    const { status, body } = await api.get('traffic', { segment: 'nobody' });
    expect([status, body.errors[0].path]).toEqual([400, 'segment']);
    expect((await api.get('traffic', { segment: 'tags:Tents' })).status).toBe(200);
  });

  test('draws no chart of a report that has none', async () => {
    const { status, body } = await new Api().get('statistics', { format: 'svg' });
    expect([status, body.errors]).toEqual([400, [{ path: 'format', message: 'is "svg": give one of json, csv' }]]);
  });

  test('reads a repeated parameter as names that may hold commas', async () => {
    const api = new Api();
    const { body } = await api.call('GET /v1/reports/{name}', {
      params: { name: 'funnel' },
      raw: 'steps=Red%2C+green&steps=Blue',
    });
    expect(body.parameters.steps).toEqual(['Red, green', 'Blue']);
  });
});

describe('a report that was asked for', () => {
  test('is answered again without another query, and says how old it is', async () => {
    const api = new Api();
    await api.get('revenue');
    api.now += 30_000;
    const { body, headers } = await api.get('revenue');
    expect(body).toMatchObject({ cached: true, age: 30, asOf: '2026-06-30T12:00:00.000Z' });
    expect(headers['cache-control']).toBe('private, max-age=30');
    expect(api.started.size).toBe(1);
  });

  test('is asked anew after a minute if it includes today, after a quarter of an hour if not', async () => {
    const api = new Api();
    await api.get('revenue');
    await api.get('revenue', june);
    api.now += 60_000;
    expect((await api.get('revenue')).body.cached).toBe(false);
    expect((await api.get('revenue', june)).body.cached).toBe(true);
    api.now += 840_000;
    expect((await api.get('revenue', june)).body.cached).toBe(false);
  });

  test('is another one with other parameters', async () => {
    const api = new Api();
    await api.get('revenue', june);
    expect((await api.get('revenue', { ...june, period: 'week' })).body.cached).toBe(false);
    expect((await api.get('revenue', { ...june, currency: 'EUR' })).body.cached).toBe(false);
    expect(api.started.size).toBe(3);
  });

  test('is one query for all who come together', async () => {
    const api = new Api();
    const answers = await Promise.all(Array.from({ length: 8 }, () => api.get('revenue')));
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(api.started.size).toBe(1);
  });

  test('is not sent again to who has it, in the same format', async () => {
    const api = new Api();
    const { headers } = await api.get('revenue', june);
    const tag = String(headers.etag);
    expect(tag).toMatch(/^W\/"[0-9a-f]{24}"$/);
    const again = await api.get('revenue', june, { 'if-none-match': `"other", ${tag}` });
    expect([again.status, again.body, again.headers.etag]).toEqual([304, '', tag]);
    expect((await api.get('revenue', { ...june, format: 'csv' }, { 'if-none-match': tag })).status).toBe(200);
    api.now += 900_000;
    expect((await api.get('revenue', june, { 'if-none-match': tag })).status).toBe(200);
  });

  test('whose query failed is refused, and asked anew the next time', async () => {
    const api = new Api();
    const succeed = api.look;
    api.look = () => ({ state: 'failed', reason: "Query failed near 'secret'" });
    const { status, body, headers } = await api.get('revenue');
    expect([status, body.code, headers['retry-after']]).toEqual([503, 'query_failed', '10']);
    expect(JSON.stringify(body)).not.toContain('secret');
    api.look = succeed;
    expect((await api.get('revenue')).body.cached).toBe(false);
    expect(api.started.size).toBe(2);
  });

  test('whose query read too much says how to mend that', async () => {
    const api = new Api();
    api.look = () => ({ state: 'failed', reason: 'Query exhausted: Bytes scanned limit was exceeded' });
    expect((await api.get('revenue')).body.detail).toMatch(/queryScanLimitBytes.*fewer days/);
  });

  test('whose query Athena forgot is asked anew', async () => {
    const api = new Api();
    const succeed = api.look;
    api.look = (id) => (id === 'q-1' ? { state: 'unknown' } : succeed(id));
    expect((await api.get('revenue')).status).toBe(200);
    expect(api.started.size).toBe(2);
  });

  test('whose result is gone is asked anew', async () => {
    const api = new Api();
    await api.get('revenue');
    api.gone.add('q-1');
    const { status, body } = await api.get('revenue');
    expect([status, body.cached, api.started.size]).toEqual([200, false, 2]);
  });
});

describe('a report that takes long', () => {
  const slow = () => {
    const api = new Api();
    const succeed = api.look;
    api.lookTakes = 30_000;
    api.look = () => ({ state: 'running' });
    const finish = () => {
      api.look = succeed;
      api.lookTakes = 0;
    };
    return { api, finish };
  };

  test('tells where to look later, and is answered there', async () => {
    const { api, finish } = slow();
    const { status, headers, body } = await api.get('revenue', { format: 'csv' });
    expect([status, headers['retry-after'], body.status]).toEqual([202, '2', 'running']);
    expect(headers.location).toBe(`/v1/reports/runs/${body.runId}?format=csv`);
    expect((await api.run(body.runId)).status).toBe(202);
    finish();
    const done = await api.run(body.runId, { format: 'csv' });
    expect([done.status, done.body]).toEqual([200, expect.stringMatching(/^date,orders/)]);
    expect(api.started.size).toBe(1);
  });

  test('can be followed when its data version is over', async () => {
    const { api, finish } = slow();
    const { body } = await api.get('revenue');
    api.now += 1_800_000;
    finish();
    expect((await api.run(body.runId)).status).toBe(200);
    expect(api.started.size).toBe(1);
  });

  test('and fails tells so to who follows it', async () => {
    const { api } = slow();
    const { body } = await api.get('revenue');
    api.look = () => ({ state: 'failed', reason: 'no' });
    expect((await api.run(body.runId)).status).toBe(503);
  });

  test('is unknown after an hour, as is any other id', async () => {
    const { api, finish } = slow();
    const { body } = await api.get('revenue');
    finish();
    api.now += 3_700_000;
    for (const id of [body.runId, '0'.repeat(32)]) {
      const { status, body: problem } = await api.run(id);
      expect([status, problem.code]).toEqual([404, 'report_run_not_found']);
    }
  });

  test('takes no parameters but the format where it is followed', async () => {
    const { api } = slow();
    const { body } = await api.get('revenue');
    const { status, body: problem } = await api.run(body.runId, { from: '2026-06-01' });
    expect([status, problem.errors[0].path]).toEqual([400, 'from']);
    expect((await api.run('x')).status).toBe(400);
  });
});

test('refuses an answer that is too large to be sent', async () => {
  const api = new Api();
  api.rows = Array.from({ length: 80_000 }, () => ['2026-06-01', '3', '30', '0', '0', '30', '10']);
  const { status, body } = await api.get('revenue');
  expect([status, body.code]).toEqual([400, 'report_too_large']);
});
