import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Headwater, startHeadwater } from './headwater.ts';
import { run } from './run-command.ts';

let headwater: Headwater;

beforeAll(async () => {
  headwater = await startHeadwater();
  const order = (id: string, total: number) => ({
    type: 'track',
    userId: 'buyer',
    event: 'Order Completed',
    properties: { order_id: id, total, currency: 'EUR' },
  });
  await headwater.post('/v1/batch', { batch: [order('o-1', 19.9), order('o-2', 0.1), { type: 'sing', userId: 'x' }] });
  await headwater.settled();
});

afterAll(() => headwater?.stop());

const query = (...args: string[]) => run('query', args);

const revenue = 'SELECT currency, sum(total) AS revenue FROM events GROUP BY 1';

test('prints a table while the runtime is up', async () => {
  const { code, out, err } = await query(revenue, '--data', headwater.dataDir);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/│ EUR +│ 20\.0000 │/);
  expect(out).toMatch(/1 row, \d+ ms, \d+ bytes scanned/);
});

test('prints JSON and CSV', async () => {
  const json = await query(revenue, '--json', '--data', headwater.dataDir);
  expect(JSON.parse(json.out)).toEqual([{ currency: 'EUR', revenue: 20 }]);
  const csv = await query('SELECT reason, path FROM failed_events', '--csv', '--data', headwater.dataDir);
  expect(csv.out).toMatch(/^reason,path\r\nunknown_type,\S+\n$/);
});

test('describes every column', async () => {
  const { out } = await query('DESCRIBE events', '--csv', '--data', headwater.dataDir);
  expect(out).toContain('total,"decimal(18,4)","Total of the order, with shipping and tax."');
});

test.each([
  ['no SQL', [], /There is no SQL to run/],
  ['an unknown option', ['SELECT 1', '--xml'], /--xml/],
  ['two formats', ['SELECT 1', '--json', '--csv'], /not both/],
  ['SQL in two words', ['SELECT', '1'], /put it in quotes/],
  [
    'a folder without a lake',
    ['SELECT 1', '--data', '/nonexistent/folder'],
    /There is no lake in \/nonexistent\/folder/,
  ],
])('says how to mend %s, and ends with 1', async (_, args, sentence) => {
  const { code, out, err } = await query(...args);
  expect(err).toMatch(sentence);
  expect({ code, out }).toEqual({ code: 1, out: '' });
});

test.each([
  ['broken SQL', 'SELECT FROM WHERE', /SYNTAX_ERROR/],
  ['an unknown table', 'SELECT * FROM nothing', /nothing/],
  ['an unknown column', 'SELECT colour FROM events', /colour/],
  ['a write', 'DELETE FROM events', /./],
])('tells the reason of %s, and ends with 1', async (_, sql, reason) => {
  const { code, err } = await query(sql, '--data', headwater.dataDir);
  expect(err).toMatch(reason);
  expect(code).toBe(1);
});

test('answers the same when the runtime is down', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'headwater-query-'));
  const other = await startHeadwater(dataDir);
  await other.post('/v1/track', { userId: 'u', event: 'Seen' });
  await other.settled();
  await other.runtime.stop();
  const { code, out } = await query('SELECT event FROM events', '--json', '--data', dataDir);
  expect({ code, rows: JSON.parse(out) }).toEqual({ code: 0, rows: [{ event: 'Seen' }] });
  rmSync(dataDir, { recursive: true });
});
