import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tracesOf as tracesIn } from '../../infra/local/restore-drill/every-store.ts';
import type { PrivacyRequestView } from '../../schemas/api/privacy.ts';
import { landedRows } from '../../shared/lake/landed-rows.ts';
import { landedKey } from '../../shared/lake/object-key.ts';
import { parquetFile } from '../../shared/lake/parquet/parquet-file.ts';
import { readBatch } from '../../shared/lake/read-batch.ts';
import { anEnvelope, aRecord } from '../fixtures/events.ts';
import { eventually } from './eventually.ts';
import { type Headwater, startHeadwater } from './headwater.ts';
import { isImported } from './is-imported.ts';
import { plant } from './plant.ts';
import { runCommand } from './run-command.ts';
import { reasonsOfAll, unusedActions } from './unused-actions.ts';

/** What Ada is and does, each a text that stands nowhere else. */
const ada = {
  userId: 'erased-user-7c21f0',
  anonymousId: 'erased-visitor-90bb12',
  email: 'erased-mail-5e1193@example.com',
  name: 'Erased Name 40ff88',
  page: 'erased-page-77aa31',
  words: 'erased words c0de55',
  order: 'erased-order-1b2c77',
  oldOrder: 'erased-old-order-33d1',
  imported: 'erased-import-8f8f21',
  rejected: 'erased-reject-12ab90',
  refused: 'erased-refused-66fe01',
} as const;
const canaries = Object.values(ada);
const DAY = 86_400_000;
const KEYS = [`user:${ada.userId}`, `anonymous:${ada.anonymousId}`, `email:${ada.email}`];
const oneOf = (texts: readonly string[]) => texts.map((text) => `'${text}'`).join();
const inPayload = `regexp_like(payload, '${ada.userId}|${ada.anonymousId}')`;
/** Tables on disk, and which of their rows are Ada's. */
const OWN: Readonly<Record<string, string>> = {
  raw_landed: inPayload,
  raw_sealed: inPayload,
  failed_events_landed: inPayload,
  events_landed: `user_id = '${ada.userId}' OR anonymous_id = '${ada.anonymousId}'`,
  events_sealed: `user_id = '${ada.userId}'`,
  transitions_landed: `person_key IN (${oneOf(KEYS)})`,
  identities_landed: `profile_key IN (${oneOf(KEYS)})`,
};

let headwater: Headwater;
beforeAll(async () => {
  headwater = await startHeadwater();
});
afterAll(() => headwater?.stop());

let made = 0;
async function send(...batch: object[]): Promise<void> {
  const timestamp = new Date().toISOString();
  const messages = batch.map((message) => ({ messageId: `erasure-${made++}`, timestamp, ...message }));
  expect((await headwater.post('/v1/batch', { batch: messages, sentAt: timestamp })).status).toBe(200);
}

const order = (id: string) => ({
  type: 'track',
  event: 'Order Completed',
  properties: { order_id: id, total: 50, currency: 'EUR', products: [{ product_id: 'p-1', price: 50, quantity: 1 }] },
});
const visit = (page: string, words: string) => ({
  type: 'page',
  name: 'Home',
  context: { page: { url: `https://shop.example/${page}?q=${encodeURIComponent(words)}`, path: `/${page}` } },
});

/** Invokes a function as its clock does. */
async function run(name: string): Promise<void> {
  const found = [...headwater.runtime.functions.values()].find(({ logicalId }) => logicalId.startsWith(name));
  expect([name, await found?.invoke({})]).toEqual([name, expect.objectContaining({ ok: true })]);
}

/** Lands messages as if they had arrived then, in one file of each table. */
function land(messages: readonly object[], arrivedAt: number): void {
  const at = new Date(arrivedAt).toISOString();
  const envelope = anEnvelope(
    messages.map((message, n) => ({ messageId: `old-${arrivedAt}-${n}`, timestamp: at, ...message })),
    { receivedAt: at },
  );
  const record = aRecord(envelope, { arrivedAt });
  for (const rows of landedRows(readBatch([record]))) {
    if (rows.count > 0) plant(headwater, landedKey(rows.table.name, record), parquetFile(rows));
  }
}

const tracesOf = (texts: readonly string[]) =>
  tracesIn({ gateway: headwater.runtime.gateway, dataDir: headwater.dataDir }, texts);

/** Asks for something of the person and waits until it is done. */
async function asked(path: 'erasures' | 'exports', body: object): Promise<PrivacyRequestView> {
  const { status, body: taken } = await headwater.api('POST', `/v1/privacy/${path}`, body);
  expect([status, taken]).toEqual([202, expect.objectContaining({ state: 'waiting' })]);
  return await eventually(async () => {
    const request = (await headwater.api('GET', (taken as { url: string }).url)).body as PrivacyRequestView;
    return (request.state === 'done' || request.state === 'failed') && request;
  });
}

interface Rows {
  readonly own: Record<string, number>;
  readonly others: Record<string, number>;
}

/** Rows of tables on disk. */
async function rowsByTable(): Promise<Rows> {
  const rows: Rows = { own: {}, others: {} };
  for (const [table, own] of Object.entries(OWN)) {
    const sql = `SELECT count_if(coalesce(${own}, false)) AS own, count(*) AS n FROM ${table}`;
    const [row] = await headwater.query(sql);
    rows.own[`${table} rows`] = Number(row?.own);
    rows.others[`${table} rows`] = Number(row?.n) - Number(row?.own);
  }
  return rows;
}

/** Segments whose count is another than that of the members who are listed, or that list Ada. */
async function wrongSegments(): Promise<unknown[]> {
  const { items } = (await headwater.api('GET', '/v1/segments?limit=100')).body as {
    items: readonly { id: string; count?: number }[];
  };
  expect(items.length).toBeGreaterThan(10);
  const wrong: unknown[] = [];
  for (const { id, count } of items) {
    const page = await headwater.api('GET', `/v1/segments/${id}/members?limit=100`);
    const members = (page.body as { items?: readonly object[] }).items;
    const isRight = members === undefined || count === undefined || members.length === count;
    if (!isRight || KEYS.some((key) => JSON.stringify(page.body).includes(key))) wrong.push({ id, count, members });
  }
  return wrong;
}

const importMap = {
  timeZone: 'Europe/London',
  dateFormat: 'yyyy-MM-dd HH:mm:ss',
  reject: [{ reason: 'no_price', when: { column: 'Price', op: 'equals', value: 0 } }],
  groupBy: ['Invoice'],
  common: { userId: '{Customer}', timestamp: '{Date}', properties: { order_id: '{Invoice}', currency: 'GBP' } },
  events: [{ event: 'Order Completed', properties: { total: { number: '{Price}' } } }],
};
const importFile = `Invoice,Date,Price,Customer,Note
${ada.imported},2026-01-01 08:26:00,2.55,${ada.userId},
bob-import,2026-01-01 08:26:00,2.55,bob,
${ada.rejected},2026-01-01 08:26:00,0,${ada.userId},${ada.rejected}
`;

let before: Rows;

test('whatever is held of a person stands in every store', async () => {
  const arrivedAt = Date.now() - 3 * DAY;
  land(
    [
      { ...order(ada.oldOrder), userId: ada.userId },
      { ...order('bob-old'), userId: 'bob' },
    ],
    arrivedAt,
  );
  plant(headwater, 'inbox/orders/map.json', JSON.stringify(importMap));
  plant(headwater, 'inbox/orders/orders.csv', importFile);
  await send(
    { ...order('bob-1'), userId: 'bob' },
    { type: 'identify', userId: 'bob', anonymousId: 'bob-phone', traits: { email: 'bob@example.com' } },
    { type: 'no type', userId: 'bob' },
    { ...visit('bob-page', 'bob words'), anonymousId: 'bob-phone' },
  );
  await headwater.settled();
  await eventually(async () => {
    await run('ImportsImporter');
    return isImported(headwater, 'inbox/orders/orders.csv');
  });
  await eventually(async () => {
    await run('SealingSealer');
    await headwater.settled();
    const [row] = await headwater.query(`SELECT count(*) AS n FROM events_sealed WHERE user_id = 'bob'`);
    return Number(row?.n) > 0;
  });
  await headwater.settled();

  const { userId, anonymousId, email, name } = ada;
  await send(
    { ...visit(ada.page, ada.words), anonymousId },
    { type: 'identify', userId, anonymousId, traits: { email, name } },
    { type: 'track', event: 'Products Searched', userId, properties: { query: ada.words } },
    { ...order(ada.order), userId },
    { type: ada.refused, userId },
  );
  await headwater.settled();
  await headwater.query(`SELECT * FROM events WHERE user_id = '${userId}'`);
  const day = new Date().toISOString().slice(0, 10);
  await eventually(async () => {
    const { status } = await headwater.api('GET', `/v1/reports/search-terms?from=${day}&to=${day}`);
    return status === 200;
  });
  await eventually(async () => {
    await run('ProfileSnapshotsSnapshot');
    return (await headwater.query(`SELECT * FROM profiles`)).length > 0;
  });

  const found = new Set((await tracesOf(canaries)).map(({ text }) => text));
  expect(canaries.filter((text) => !found.has(text))).toEqual([]);
});

test('an export is one archive of all of it, by a link that needs no key', async () => {
  const { state, download } = await asked('exports', { anonymousId: ada.anonymousId });
  expect(state).toBe('done');
  const answer = await fetch(download?.url ?? '');
  expect(answer.status).toBe(200);
  const archive = gunzipSync(Buffer.from(await answer.arrayBuffer())).toString();
  expect(canaries.filter((text) => !archive.includes(text) && text !== ada.rejected)).toEqual([]);
  expect(JSON.parse(archive)).toMatchObject({ profile: { userId: ada.userId }, lake: { events: expect.any(Array) } });
  const expired = (download?.url ?? '').replace(/X-Amz-Date=\d{8}/, 'X-Amz-Date=20200101');
  expect((await fetch(expired)).status).toBe(403);
  expect((await headwater.api('GET', '/v1/privacy/requests/nobodys')).status).toBe(404);
});

test('an erasure takes it from every store, says so in its receipt, and touches nobody else', async () => {
  before = await rowsByTable();
  const profile = (await headwater.profile(ada.userId)) as { segments: readonly object[] };
  const request = await asked('erasures', { email: ada.email });
  expect(request).toMatchObject({ state: 'done', step: 'done' });
  const counts = Object.fromEntries(
    (request.receipt?.removed ?? []).map(({ store, what, count }) => [`${store} ${what}`, count]),
  );
  expect(counts).toMatchObject({
    'profiles items': KEYS.length,
    'audience members': profile.segments.length,
    'audience transitions': before.own['transitions_landed rows'],
    ...before.own,
  });
  const after = await rowsByTable();
  expect(Object.values(after.own).filter((count) => count > 0)).toEqual([]);
  expect(after.others).toEqual(before.others);
  expect(await wrongSegments()).toEqual([]);
  expect(request.receipt?.remaining.map(({ store }) => store)).toContain('event stream');
  expect(await tracesOf(canaries)).toEqual([]);
  expect(await headwater.profile(ada.userId)).toBeUndefined();
  expect(await headwater.profile('bob')).toBeDefined();
});

test('neither late events nor a replay bring the person back', async () => {
  await send(
    { ...order(ada.order), userId: ada.userId },
    { type: 'identify', userId: ada.userId, anonymousId: ada.anonymousId, traits: { email: ada.email } },
    { ...visit(ada.page, ada.words), anonymousId: ada.anonymousId },
  );
  await headwater.settled();
  const day = new Date().toISOString().slice(0, 10);
  await runCommand(headwater, 'replay', '--profiles', '--from', '2020-01-01', '--to', day);
  await headwater.settled();
  expect(await tracesOf(canaries)).toEqual([]);
  expect(await headwater.profile(ada.userId)).toBeUndefined();
  const refused = await headwater.query(`SELECT payload, message_id FROM failed_events WHERE reason = 'erased'`);
  expect(refused).toEqual(Array(3).fill({ payload: null, message_id: null }));
  expect((await rowsByTable()).own).toMatchObject({ 'events_landed rows': 0, 'identities_landed rows': 0 });
});

test('an operator who erases again is told that nothing of anybody is back', async () => {
  const since = new Date(Date.now() - DAY).toISOString();
  expect(await runCommand(headwater, 'privacy', 'erase-again', '--since', since)).toContain(
    'nothing of anybody is back',
  );
});

test('an operator erases by a command, and nobody is erased by a wrong id', async () => {
  const before = await headwater.profile('bob');
  expect(await runCommand(headwater, 'privacy', 'erase', '--user-id', 'nobody')).toContain(
    'Nothing was held of this person.',
  );
  expect(await headwater.profile('bob')).toEqual(before);
});

test('who may be known again is, and starts anew', async () => {
  const { userId } = ada;
  const lifted = await headwater.api('DELETE', '/v1/privacy/suppressions', { userId });
  expect(lifted).toEqual({ status: 200, body: { lifted: 1 } });
  await send({ ...order(ada.order), userId });
  await headwater.settled();
  expect(await headwater.profile(userId)).toMatchObject({ computed: { eventCount: 1 } });
});

test('each action that the functions of privacy are granted is used, or stands in a list with its reason', () => {
  const isOfPrivacy = (caller: string) => caller.startsWith('PrivacyRequests');
  expect(unusedActions(headwater.runtime.permissions, isOfPrivacy, reasonsOfAll)).toEqual([]);
});
