import { afterAll, beforeAll, expect, test } from 'vitest';
import { SEALED_BEFORE } from '../../schemas/lake/sealed-tables.ts';
import { trainingFolder, trainingTrials } from '../../schemas/lake/training-tables.ts';
import { keyItem, type StoredKey } from '../../schemas/stored-key.ts';
import { landedRows } from '../../shared/lake/landed-rows.ts';
import { markFile, markKey } from '../../shared/lake/marks.ts';
import { landedKey } from '../../shared/lake/object-key.ts';
import { parquetFile } from '../../shared/lake/parquet/parquet-file.ts';
import { readBatch } from '../../shared/lake/read-batch.ts';
import { anEnvelope, aRecord } from '../fixtures/events.ts';
import { failedBefore } from '../fixtures/failed-before.ts';
import { ordersCsv, ordersMap } from '../functions/importer/a-bucket.ts';
import { sha256 } from '../functions/settings-keys.ts';
import { eventually } from './eventually.ts';
import { basic, type Headwater, startHeadwater } from './headwater.ts';
import { isImported } from './is-imported.ts';
import { plant } from './plant.ts';
import { runCommand } from './run-command.ts';
import { spoilProfile } from './spoil-profile.ts';
import { type Reasons, reasonsOfAll, unusedActions } from './unused-actions.ts';

/** Actions that no flow below uses, and why they are granted all the same. */
const unusedFor: Reasons = {
  ...reasonsOfAll,
  ProfilesUpdater: { 'dynamodb:DeleteItem': 'deletes what an erasure has emptied: erasure.test.ts' },
  SegmentsBackfill: {
    'dynamodb:UpdateItem': 'has definitions go that have more than twenty later ones: test/functions/adapters',
  },
};

/** Actions that the flows below use or not, as it happens. */
const usedNowAndThen: Reasons = {
  LakeWriter: {
    'dynamodb:GetItem': 'notes a choice, unless the profile-updater did so before: test/functions/adapters',
    'dynamodb:UpdateItem': 'notes a choice, unless the profile-updater did so before: test/functions/adapters',
  },
  ProfilesUpdater: {
    'dynamodb:UpdateItem': 'notes a choice, unless the lake-writer did so before: test/functions/adapters',
    'dynamodb:Query': 'asks what was heard of a person whom this sandbox has not seen: test/functions/profile-updater',
  },
};

/** Functions whose actions are looked at by their own end-to-end test, erasure.test.ts. */
const isWalkedHere = (caller: string) => !caller.startsWith('PrivacyRequests');

const day = 86_400_000;
const dateOf = (time: number) => new Date(time).toISOString().slice(0, 10);
const today = () => dateOf(Date.now());

let headwater: Headwater;

beforeAll(async () => {
  headwater = await startHeadwater();
});
afterAll(() => headwater?.stop());

const tool = <Output>(service: string, operation: string, input: object) =>
  headwater.runtime.gateway.invoke<Output>('tool', service, operation, input);

/** Invokes a function as its clock does. */
async function run(name: string): Promise<void> {
  const found = [...headwater.runtime.functions.values()].find(({ logicalId }) => logicalId.startsWith(name));
  const outcome = await found?.invoke({});
  expect([name, outcome]).toEqual([name, expect.objectContaining({ ok: true })]);
}

let made = 0;
async function send(...batch: object[]): Promise<void> {
  const timestamp = new Date().toISOString();
  const messages = batch.map((message) => ({ messageId: `permissions-${made++}`, timestamp, ...message }));
  expect((await headwater.post('/v1/batch', { batch: messages, sentAt: timestamp })).status).toBe(200);
}

const order = (id: string, userId: string) => ({
  type: 'track',
  event: 'Order Completed',
  userId,
  properties: { order_id: id, total: 120, currency: 'EUR', products: [{ product_id: 'p', price: 120, quantity: 1 }] },
});

/** Lands a message as if it had arrived then; `spoilt` as if cleaning had refused it. */
function land(message: object, arrivedAt: number, spoilt = false): void {
  const record = aRecord(anEnvelope([message], { receivedAt: new Date(arrivedAt).toISOString() }), { arrivedAt });
  const batch = spoilt ? [failedBefore(record)] : readBatch([record]);
  for (const rows of landedRows(batch)) {
    if (rows.count > 0) plant(headwater, landedKey(rows.table.name, record), parquetFile(rows));
  }
}

test('events come in, become profiles, and lie in the lake', async () => {
  await send(
    { type: 'identify', userId: 'ada', anonymousId: 'ada-phone', traits: { email: 'ada@example.com' } },
    { type: 'page', anonymousId: 'ada-phone', name: 'Home' },
    order('o-1', 'ada'),
    order('o-2', 'bea'),
  );
  await headwater.settled();
  expect(await headwater.api('PUT', '/v1/profiles/ada/consent', { marketing: true })).toMatchObject({
    status: 202,
  });
  expect(await headwater.api('GET', '/v1/profiles/ada/transitions')).toMatchObject({ status: 200 });
  expect(await headwater.api('GET', '/v1/health')).toMatchObject({ status: 200 });
});

test('a segment is previewed, brought the past, and left by time', async () => {
  const condition = { type: 'event', event: 'Order Completed', window: { last: { minutes: 1 } } };
  expect(await headwater.api('POST', '/v1/segments/preview', { condition })).toMatchObject({ status: 200 });
  const definition = { id: 'buyers', name: 'Buyers', condition };
  expect(await headwater.api('POST', '/v1/segments', definition)).toMatchObject({ status: 201 });
  const live = async () => (await headwater.api('GET', '/v1/segments/buyers')).body as { status: string };
  await eventually(async () => (await live()).status === 'live');
  const explained = await headwater.api('GET', '/v1/profiles/ada/segments/buyers/explain');
  expect(explained).toMatchObject({ status: 200 });
  await send({ ...order('o-3', 'cleo'), timestamp: new Date(Date.now() - 50_000).toISOString() });
  await headwater.settled();
  await eventually(async () => timesUsed('DueTimesSweeper', 'kinesis:PutRecords') > 0);
  await eventually(async () => timesUsed('DueTimesSweeper', 'dynamodb:BatchWriteItem') > 0);
});

test('a report is asked of the lake', async () => {
  const path = `/v1/reports/overview?from=${today()}&to=${today()}`;
  await eventually(async () => (await headwater.api('GET', path)).status === 200);
});

test('history is imported', async () => {
  plant(headwater, 'inbox/orders/map.json', JSON.stringify(ordersMap));
  plant(headwater, 'inbox/orders/orders.csv', ordersCsv);
  await eventually(async () => {
    await run('ImportsImporter');
    return isImported(headwater, 'inbox/orders/orders.csv');
  });
});

test('profiles, failed events and batches that were set aside are replayed', async () => {
  land({ ...order('f-1', 'dora'), messageId: 'failed-1' }, Date.now(), true);
  await headwater.settled();
  const days = ['--from', dateOf(Date.now() - 3_600_000), '--to', today()];
  await runCommand(headwater, 'replay', '--failed', ...days);
  for (const key of ['user:ada', 'anonymous:ada-phone']) await spoilProfile(headwater, key);
  await runCommand(headwater, 'replay', '--profiles', ...days);
  await runCommand(headwater, 'replay', '--set-aside');
});

test('profiles are shown in the lake', async () => {
  await eventually(async () => {
    await run('ProfileSnapshotsSnapshot');
    return timesUsed('ProfileSnapshotsSnapshot', 's3:DeleteObject') > 0;
  });
});

test('items are kept', async () => {
  const items = ['p', 'q'].map((itemId) => ({ itemId, title: `Item ${itemId}`, category: 'Things', price: 5 }));
  expect(await headwater.api('PUT', '/v1/catalog/items', { items })).toMatchObject({ status: 200 });
  for (const path of ['items', 'items/p']) {
    expect(await headwater.api('GET', `/v1/catalog/${path}`)).toMatchObject({ status: 200 });
  }
});

test('a model is trained, and recommends', async () => {
  const views = Array.from({ length: 12 }, (_, person) =>
    [0, 1, 2].map((n) => ({
      type: 'track',
      userId: `viewer-${person}`,
      event: 'Product Viewed',
      properties: { product_id: `item-${(person + n) % 5}`, category: 'Things', price: 5, currency: 'EUR' },
    })),
  );
  await send(...views.flat());
  await headwater.settled();
  // What a training has left that is over.
  plant(headwater, `${trainingFolder}${trainingTrials.name}/run=20200101T030000Z-aaaa/part`, 'left');
  await runCommand(headwater, 'train');
  const trained = async () =>
    (await headwater.api('GET', '/v1/recommendations?userId=viewer-1')).body as { model: { version?: string } };
  await eventually(async () => (await trained()).model?.version !== undefined);
  for (const path of ['item-1/similar', 'popular']) {
    expect(await headwater.api('GET', `/v1/items/${path}`)).toMatchObject({ status: 200 });
  }
  await headwater.settled();
});

test('functions know keys of the table, and hold their limits', async () => {
  const limit = { perSecond: 5, burst: 5 };
  const keyOf = async (prefix: 'wk_' | 'sk_', key: Pick<StoredKey, 'id' | 'scopes'>) => {
    const text = prefix + key.id.padEnd(43, '-');
    const Item = keyItem({ ...key, sha256: sha256(text), limit, createdAt: Date.now() });
    await tool('dynamodb', 'PutItem', { TableName: headwater.runtime.outputs.KeysTable, Item });
    return text;
  };
  const apiKey = await keyOf('sk_', { id: 'limited-app', scopes: ['read'] });
  for (const path of ['profiles/ada', 'segments', 'catalog/items', 'reports', 'recommendations?userId=ada']) {
    const headers = { authorization: `Bearer ${apiKey}` };
    expect([path, (await fetch(`${headwater.url}/v1/${path}`, { headers })).status]).toEqual([path, 200]);
  }
  const writeKey = await keyOf('wk_', { id: 'limited-shop', scopes: ['ingest'] });
  const event = { type: 'page', userId: 'ada', name: 'Home' };
  expect((await headwater.post('/v1/track', event, { authorization: basic(writeKey) })).status).toBe(200);
});

test('days of the lake are sealed, and what landed is deleted after a while', async () => {
  const now = Date.now();
  land(order('old', 'emma'), now - 9 * day);
  plant(
    headwater,
    markKey(SEALED_BEFORE),
    markFile(SEALED_BEFORE, [{ value: dateOf(now - 5 * day), effectiveAt: now - 4 * day }]),
  );
  land({ ...order('y-1', 'emma'), messageId: 'yesterday' }, now - day, true);
  await headwater.settled();
  await eventually(async () => {
    await removeFromLake('sealing/state.json');
    await run('SealingSealer');
    await headwater.settled();
    return ['s3:DeleteObject', 'kinesis:PutRecords'].every((action) => timesUsed('SealingSealer', action) > 0);
  });
});

test('the watch looks at the figures of today, and raises an alert', async () => {
  const receivedAt = new Date(Date.now() - 16 * 60_000).toISOString();
  const messages = Array.from({ length: 1_200 }, (_, n) => ({
    type: 'track',
    messageId: `bad-${n}`,
    userId: `w-${n}`,
  }));
  const Data = Buffer.from(JSON.stringify(anEnvelope(messages, { receivedAt }))).toString('base64');
  await tool('kinesis', 'PutRecord', { StreamName: headwater.runtime.outputs.StreamName, PartitionKey: 'w', Data });
  await headwater.settled();
  await run('WatchLook');
});

test('nothing that is needed is denied', () => {
  expect(headwater.runtime.permissions.denied()).toEqual([]);
});

test('each granted action is used, or stands in a list with its reason', () => {
  const { permissions } = headwater.runtime;
  expect(unusedActions(permissions, isWalkedHere, unusedFor, usedNowAndThen)).toEqual([]);
});

test('no reason stands for an action that is used, or that nobody has', () => {
  const { used, granted } = headwater.runtime.permissions;
  const needless = Object.entries(unusedFor).flatMap(([part, reasons]) =>
    Object.keys(reasons).filter((action) => {
      const holders = Object.keys(granted()).filter(
        (caller) => (part === '*' || caller.startsWith(part)) && granted()[caller]?.includes(action),
      );
      return holders.every((caller) => used()[caller]?.[action] !== undefined);
    }),
  );
  expect(needless).toEqual([]);
});

const timesUsed = (part: string, action: string): number =>
  headwater.runtime.permissions.used()[idOf(part)]?.[action] ?? 0;

const idOf = (part: string): string =>
  Object.keys(headwater.runtime.permissions.granted()).find((caller) => caller.startsWith(part)) ?? part;

async function removeFromLake(key: string): Promise<void> {
  const { gateway, outputs } = headwater.runtime;
  const authorization = 'AWS4-HMAC-SHA256 Credential=HWTOOL/20260101/us-east-1/s3/aws4_request';
  await fetch(`${gateway.url}/${outputs.LakeBucket}/${key}`, { method: 'DELETE', headers: { authorization } });
}
