import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ordersCsv, ordersHeader, ordersMap } from '../functions/importer/a-bucket.ts';
import { eventually } from './eventually.ts';
import { type Headwater, startHeadwater } from './headwater.ts';
import { isImported } from './is-imported.ts';
import { run } from './run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'headwater-import-'));
let headwater: Headwater;

beforeAll(async () => {
  headwater = await startHeadwater();
  mkdirSync(inboxOf('by-hand'), { recursive: true });
  writeFileSync(join(inboxOf('by-hand'), 'map.json'), JSON.stringify(ordersMap));
  renameSync(put('waiting', gzipSync(ordersCsv)), join(inboxOf('by-hand'), 'orders.csv.gz'));
});
afterAll(async () => {
  await headwater?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const inboxOf = (name: string) =>
  join(headwater.dataDir, 's3', headwater.runtime.outputs.LakeBucket ?? '', 'inbox', name);

function put(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}
const map = put('orders.map.json', JSON.stringify(ordersMap));

const importing = (...args: string[]) => run('import', args, { cwd: folder });
const importFile = (file: string, ...args: string[]) =>
  importing(file, '--map', map, '--data', headwater.dataDir, ...args);
const ordersOf = (name: string) =>
  headwater.query(
    `SELECT event, person_key, order_id, total, CAST(event_time AS varchar) AS at FROM events
     WHERE source_id = 'import:${name}' ORDER BY order_id`,
  );

test('brings history in: into the lake, into profiles, with a list of what it rejected', async () => {
  const { code, out, err } = await importFile(put('orders.csv', `\ufeff${ordersCsv}`));
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/12 lines in the file\n +8 landed as 5 events\n +4 rejected\n/);
  expect(out).toMatch(/1 no_price/);
  // There when the command ends: nobody waits for it here.
  expect(await ordersOf('orders')).toEqual([
    {
      event: 'Order Completed',
      person_key: 'user:17850',
      order_id: '536365',
      total: '35.6400',
      at: '2010-12-01 08:26:00.000',
    },
    {
      event: 'Order Completed',
      person_key: 'user:17850',
      order_id: '536366',
      total: '22.2000',
      at: '2011-07-01 07:28:00.000',
    },
    {
      event: 'Order Completed',
      person_key: 'anonymous:invoice-536381',
      order_id: '536381',
      total: '122.5000',
      at: '2010-12-01 09:41:00.000',
    },
    {
      event: 'Order Completed',
      person_key: 'user:12345',
      order_id: '536383',
      total: '3.0150',
      at: '2010-12-01 09:41:00.000',
    },
    {
      event: 'Order Refunded',
      person_key: 'user:14527',
      order_id: 'C536379',
      total: '27.5000',
      at: '2010-12-01 09:41:00.000',
    },
  ]);
  expect(await headwater.profile('17850')).toMatchObject({
    computed: { orders: { count: 2, amounts: [{ currency: 'GBP', net: 57.84 }] } },
    firstSeen: '2010-12-01T08:26:00.000Z',
    lastSeen: '2011-07-01T07:28:00.000Z',
  });
  const [, list = ''] = /The rejected lines: (.+)/.exec(out) ?? [];
  const rejected = readFileSync(resolve(folder, list), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(rejected.map(({ row, reason }) => [row, reason])).toEqual([
    [3, 'no_price'],
    [7, 'not_a_number'],
    [10, 'repeated_group'],
    [11, 'wrong_cell_count'],
  ]);
  expect(await headwater.query("SELECT count(*) AS n FROM failed_events WHERE source_id = 'import:orders'")).toEqual([
    { n: '0' },
  ]);
});

test('says that it was there before when the same comes again, and brings in what was added', async () => {
  await importFile(put('grows.csv', ordersCsv));
  const again = await importFile(join(folder, 'grows.csv'));
  expect(again.out).toMatch(/Already imported at .*Nothing was done/);
  const grown = await importFile(put('grows.csv', `${ordersCsv}536384,A,new,2,2010-12-02 09:41:00,2.5,1\n`));
  expect(grown.out).toMatch(/1 landed as 1 event\n.*4 rejected/);
  expect(grown.out).toMatch(/8 known from an earlier import/);
  expect((await ordersOf('grows')).length).toBe(6);
});

test('goes on where it was when its function is killed, and counts each order once', async () => {
  const lines = Array.from({ length: 12_000 }, (_, at) => `${at},A,a,1,2010-12-01 08:26:00,0.01,${1 + (at % 50)}.0`);
  const running = importFile(put('killed.csv', `${[ordersHeader, ...lines].join('\n')}\n`));
  await eventually(async () => (await landed('killed')) > 0 && headwater.kill('Importer') > 0);
  const { code, out } = await running;
  expect(code).toBe(0);
  expect(out).toMatch(/12,000 landed as 12,000 events/);
  const [sums] = await headwater.query(
    "SELECT count(*) AS n, sum(total) AS total, count(DISTINCT order_id) AS orders FROM events WHERE source_id = 'import:killed'",
  );
  expect(sums).toEqual({ n: '12000', total: '120.0000', orders: '12000' });
  expect(await headwater.profile('7')).toMatchObject({ computed: { orders: { count: 240 } } });
});

/** Lines that an import under way has landed. */
async function landed(name: string): Promise<number> {
  const file = join(inboxOf(name), `${name}.csv.status.json`);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).counts.landedRows : 0;
}

test('brings marketing spend in', async () => {
  const spend = put(
    'spend.map.json',
    JSON.stringify({
      target: 'spend',
      spend: { date: '{day}', channel: 'paid', campaign: '{name}', currency: 'EUR', cost: '{cost}' },
    }),
  );
  const file = put(
    'ads.tsv',
    'day\tname\tcost\n2026-02-01\tspring\t10.50\n2026-02-01\tspring\t2\n2026-02-02\tspring\tfree\n',
  );
  const { code, out } = await importing(file, '--map', spend, '--data', headwater.dataDir);
  expect(out).toMatch(/2 landed as spend\n +1 rejected\n +1 not_a_number/);
  expect(code).toBe(0);
  expect(await headwater.query('SELECT date, channel, campaign, currency, cost FROM marketing_spend')).toEqual([
    { date: '2026-02-01', channel: 'paid', campaign: 'spring', currency: 'EUR', cost: '12.5000' },
  ]);
});

test('a dry run shows what would become of it, and puts nothing anywhere', async () => {
  const { code, out } = await importFile(put('dry.csv', ordersCsv), '--dry-run');
  expect(code).toBe(0);
  expect(out).toMatch(/8 would land as 5 events\n +4 rejected/);
  expect(out).toContain('"order_id": "536365"');
  expect(await ordersOf('dry')).toEqual([]);
});

const good = put('good.csv', ordersCsv);
const packed = gzipSync(ordersCsv.repeat(50));
test.each<[string, () => string[], RegExp]>([
  ['no file', () => [], /There is no file to import/],
  ['a file that is not there', () => ['nowhere.csv', '--map', map], /There is no file nowhere\.csv/],
  ['no map', () => [good], /The map of .*good\.csv is missing: name it with --map/],
  ['a map that is not there', () => [good, '--map', 'nowhere.json'], /There is no map nowhere\.json/],
  [
    'a map that is wrong',
    () => [good, '--map', put('wrong.json', '{"events": [{"event": "{"}]}')],
    /cannot be used:\n {2}events\.0\.event is no text with columns/,
  ],
  ['an empty file', () => [put('empty.csv', ''), '--map', map], /is empty/],
  ['a wrong name', () => [good, '--map', map, '--name', 'My Shop'], /is no name of an import/],
  ['an unknown option', () => [good, '--maps', map], /--maps/],
  [
    'a folder without runtime',
    () => [good, '--map', map, '--data', join(folder, 'none')],
    /was never started: start it in another terminal by `npm start -- --no-demo --data none`/,
  ],
  [
    'a column that is not there',
    () => [
      good,
      '--map',
      put('column.json', JSON.stringify({ ...ordersMap, groupBy: ['Invoce'] })),
      '--data',
      headwater.dataDir,
    ],
    /The import failed:\n {2}groupBy\.0 names the column Invoce, which the file does not have: it has Invoice, Code/,
  ],
  [
    'gzip that is damaged',
    () => [put('bad.csv.gz', packed.subarray(0, packed.length - 30)), '--map', map, '--data', headwater.dataDir],
    /The import failed:\n {2}The file is damaged/,
  ],
  [
    'a dry run of gzip that is none',
    () => [put('none.csv.gz', ordersCsv), '--map', map, '--dry-run', '--data', folder],
    /is no gzip/,
  ],
])('says how to mend %s, and ends with 1', async (_, args, sentence) => {
  const { code, err } = await importing(...args());
  expect(err).toMatch(sentence);
  expect(err).not.toMatch(/\n {4}at /);
  expect(code).toBe(1);
});

test('takes gzip, and a file that was put into the inbox by hand, without the command', async () => {
  // Its clock looks once a minute.
  await eventually(async () => isImported(headwater, 'inbox/by-hand/orders.csv.gz'));
  expect((await ordersOf('by-hand')).length).toBe(5);
  await eventually(async () => !existsSync(join(inboxOf('by-hand'), 'orders.csv.gz')));
});
