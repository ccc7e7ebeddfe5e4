import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { createLakeErasure } from '../../../../functions/privacy-worker/lake/erasure.ts';
import { MAX_KEYS } from '../../../../functions/privacy-worker/lake/types.ts';
import { eventsLanded, mendedEventsLanded } from '../../../../schemas/lake/tables.ts';
import { parquetFile } from '../../../../shared/lake/parquet/parquet-file.ts';
import { readParquet } from '../../../../shared/lake/parquet/read-parquet.ts';
import { profileIdOf } from '../../../../shared/profile/new-profile.ts';
import { type ALake, aLake } from '../../../fixtures/a-lake.ts';
import { ARRIVAL, anEnvelope, anIdentify, aRecord, aTrack, type Message } from '../../../fixtures/events.ts';
import { aTransition } from '../../../fixtures/transitions.ts';
import { ASealer } from '../../sealer/a-sealer.ts';
import { ALakeReach } from './a-lake-reach.ts';
import { aPerson, Eraser, eraseAll } from './erase-all.ts';

const lake: ALake = await aLake();
beforeEach(() => lake.clear());
afterAll(() => lake[Symbol.asyncDispose]());

const DAY_MS = 86_400_000;
const NOW = ARRIVAL + 30 * DAY_MS;
const ada = aPerson({
  keys: ['user:ada-canary', 'anonymous:visitor-canary', 'email:ada@canary.org'],
  profileIds: [profileIdOf('user:ada-canary')],
});

let sequence = 0;
const land = (...messages: Message[]) =>
  lake.land(aRecord(anEnvelope(messages), { sequenceNumber: String(++sequence).padStart(56, '0') }));
const rows = (view: string, columns: string) => lake.rows(`SELECT ${columns} FROM ${view} ORDER BY 1`);
/** Answers every file of a search: what decides is the look at each row. */
const quick = () => new ALakeReach(lake, NOW, { asksAthena: false });

async function expectNoCanary(reach: ALakeReach): Promise<void> {
  for (const [key, text] of await reach.texts()) expect([key, text.includes('canary')]).toEqual([key, false]);
}

test('takes all rows of a person out of every table, and counts them by table', async () => {
  await land(
    aTrack({ messageId: 'm-1', userId: 'ada-canary' }),
    aTrack({ messageId: 'm-2', userId: 'bob' }),
    aTrack({ messageId: 'm-3', userId: 'ada-canary', event: '' }),
    { messageId: 'm-4', type: 'identify', traits: { email: 'Ada@Canary.org' } },
  );
  const items = [aTransition({ key: 'user:ada-canary' }), aTransition({ key: 'user:bob' })];
  await lake.land(aRecord({ v: 1, kind: 'transitions', items }, { sequenceNumber: '9'.padStart(56, '0') }));
  const reach = new ALakeReach(lake, NOW);

  const { counts } = await eraseAll(reach, [ada]);

  expect(await rows('events', 'user_id')).toEqual([['bob']]);
  expect(await rows('raw', 'message_id')).toEqual([['m-2']]);
  expect(await rows('failed_events', 'message_id')).toEqual([]);
  expect(await rows('transitions', 'person_key')).toEqual([['user:bob']]);
  expect(counts['request-1']).toEqual({
    'raw_landed rows': 3,
    'events_landed rows': 1,
    'failed_events_landed rows': 2,
    'transitions_landed rows': 1,
  });
  await expectNoCanary(reach);
  // Athena keeps what it was asked for weeks.
  expect(reach.queries.length).toBeGreaterThan(5);
  expect(reach.queries.filter((sql) => sql.includes('canary'))).toEqual([]);
  expect(reach.resultNames).toEqual([]);
});

test('several people go in one pass, and each is counted apart', async () => {
  await land(aTrack({ userId: 'ada-canary' }), aTrack({ userId: 'carl-canary' }), aTrack({ userId: 'ada-canary' }));
  const reach = quick();
  const carl = aPerson({ requestId: 'request-2', keys: ['user:carl-canary'] });
  const { counts } = await eraseAll(reach, [ada, carl]);
  expect(counts).toEqual({
    'request-1': { 'raw_landed rows': 2, 'events_landed rows': 2 },
    'request-2': { 'raw_landed rows': 1, 'events_landed rows': 1 },
  });
  expect(await reach.files.list('events_landed/')).toEqual([]);
  expect(createLakeErasure(reach).removed(await eraseAll(reach, [ada]), 'request-1')).toEqual([]);
});

test('rows of somebody else on a device that was shared stay, without the device', async () => {
  await land(
    aTrack({ messageId: 'm-1', userId: 'bob', anonymousId: ' visitor-canary ' }),
    anIdentify({ messageId: 'm-2', userId: 'bob', anonymousId: 'x', traits: { email: 'ada@canary.org', plan: 'pro' } }),
    aTrack({ messageId: 'm-3', userId: 'bob', anonymousId: 'visitor-canary', event: '' }),
  );
  const reach = quick();
  const { counts } = await eraseAll(reach, [ada]);
  expect(await rows('events', 'message_id, user_id, anonymous_id, traits')).toEqual([
    ['m-1', 'bob', null, '{}'],
    ['m-2', 'bob', 'x', '{"plan":"pro"}'],
  ]);
  expect(await rows('failed_events', "message_id, json_extract_scalar(payload, '$.userId')")).toEqual([['m-3', 'bob']]);
  expect(counts['request-1']).toEqual({
    'raw_landed names': 3,
    'events_landed names': 2,
    'failed_events_landed names': 1,
  });
  await expectNoCanary(reach);
});

const bobs = ['bob', 'bob', 'bob'];

/** User ids by row group of the one file of a table. */
async function groupsOf(reach: ALakeReach, prefix: string): Promise<unknown[]> {
  const [file] = await reach.files.list(prefix);
  const columns = eventsLanded.columns.filter(({ name }) => name === 'user_id');
  const groups: unknown[] = [];
  for await (const group of readParquet((await reach.files.read(file?.key ?? '')) ?? Buffer.alloc(0), columns)) {
    groups.push(group.columns[0]?.values);
  }
  return groups;
}

test('a file keeps the order of its rows and its groups', async () => {
  const messages = Array.from({ length: 9 }, (_, at) =>
    aTrack({ messageId: `m-${at}`, userId: at % 3 ? 'bob' : 'ada-canary' }),
  );
  await land(...messages);
  const sealer = new ASealer(lake, NOW);
  const limits = { partBytes: 1_000_000, groupRows: 3, windowBytes: 1_000_000 };
  for (let run = 0; run < 2; run += 1) await sealer.run({ limits });
  const reach = quick();
  reach.held = sealer.held;
  expect(await groupsOf(reach, 'events_sealed/')).toEqual([['ada-canary', 'ada-canary', 'ada-canary'], bobs, bobs]);
  await eraseAll(reach, [ada]);
  expect(await groupsOf(reach, 'events_sealed/')).toEqual([bobs, bobs]);
  expect((await rows('events', 'message_id')).flat()).toEqual(['m-1', 'm-2', 'm-4', 'm-5', 'm-7', 'm-8']);
});

test('hashes of a person’s rows go from the ids of sealed days, those of others stay', async () => {
  await land(aTrack({ messageId: 'm-1', userId: 'ada-canary' }), aTrack({ messageId: 'm-2', userId: 'bob' }));
  const sealer = new ASealer(lake, NOW);
  await sealer.run();
  await sealer.run();
  const ids = async () => (await rows('sealed_ids', 'relation, id')).map(([relation]) => relation);
  expect(await ids()).toEqual(['events', 'events', 'raw', 'raw']);
  const reach = quick();
  reach.held = sealer.held;
  const { counts } = await eraseAll(reach, [ada]);
  expect(await ids()).toEqual(['events', 'raw']);
  expect(counts['request-1']).toMatchObject({ 'sealed_ids rows': 2, 'events_sealed rows': 1, 'events_landed rows': 1 });
  // A copy of what stayed is known as one.
  await lake.land(aRecord(anEnvelope([aTrack({ messageId: 'm-2', userId: 'bob' })]), { arrivedAt: ARRIVAL + DAY_MS }));
  expect(await rows('events', 'message_id')).toEqual([['m-2']]);
});

test('what was mended of a person goes with what had failed', async () => {
  await land(
    aTrack({ messageId: 'm-1', userId: 'ada-canary', event: '' }),
    aTrack({ messageId: 'm-2', userId: 'bob', event: '' }),
  );
  const failed = await rows('failed_events_landed', 'message_id, shard_id, sequence_number, record_index');
  const values = (name: string) =>
    failed.map(([id, shard, number, index]) => mendedValue(name, { id, shard, number, index }));
  const columns = mendedEventsLanded.columns.map((column) => ({ column, values: values(column.name) }));
  await lake.put(
    'mended_events_landed/day=2026-03-03/x.parquet',
    parquetFile({ table: mendedEventsLanded, count: 2, columns }),
  );
  const { counts } = await eraseAll(quick(), [ada]);
  expect(await rows('mended_events_landed', 'failed_message_id')).toEqual([['m-2']]);
  expect(counts['request-1']).toMatchObject({ 'mended_events_landed rows': 1 });
});

interface Failed {
  readonly id: string | null | undefined;
  readonly shard: string | null | undefined;
  readonly number: string | null | undefined;
  readonly index: string | null | undefined;
}

function mendedValue(name: string, { id, shard, number, index }: Failed) {
  if (name === 'failed_message_id') return id ?? undefined;
  if (name === 'failed_shard_id') return shard ?? undefined;
  if (name === 'failed_sequence_number') return number ?? undefined;
  if (name === 'failed_record_index') return Number(index);
  return name === 'source_id' ? 'local' : undefined;
}

test('lines of a person go from files that wait, also packed ones, and from lists of rejected lines', async () => {
  const reach = quick();
  await lake.put('inbox/crm/map.json', Buffer.from('{}'));
  await lake.put('inbox/crm/a.csv', Buffer.from('id,name\nada-canary,A\nbob,B\n'));
  await lake.put('inbox/crm/b.ndjson.gz', gzipSync('{"email":"ada@canary.org"}\n{"email":"bob@x.org"}\n'));
  await lake.put('imports/rejected/crm-1/0000000.ndjson', Buffer.from('{"row":1,"line":{"id":"ada-canary"}}\n'));
  const { counts } = await eraseAll(reach, [ada]);
  expect(counts['request-1']).toEqual({ 'inbox/ lines': 2, 'imports/rejected/ lines': 1 });
  expect((await reach.files.read('inbox/crm/a.csv'))?.toString()).toBe('id,name\nbob,B\n');
  const packed = await reach.files.read('inbox/crm/b.ndjson.gz');
  expect(gunzipSync(packed ?? '').toString()).toBe('{"email":"bob@x.org"}\n');
  await expectNoCanary(reach);
});

test('what is written anew stands for what was there, so that no restore takes it for new', async () => {
  await land(aTrack({ userId: 'ada-canary' }), aTrack({ userId: 'bob' }));
  await lake.put('inbox/crm/a.csv', Buffer.from('id,name\nada-canary,A\nbob,B\n'));
  const reach = quick();
  await eraseAll(reach, [ada]);
  expect(Object.fromEntries(Array.from(reach.stands, ([key, since]) => [key.split('/')[0], since]))).toEqual({
    raw_landed: 1_000,
    events_landed: 1_000,
    inbox: 1_000,
  });
});

test('files that wait and cannot be looked into are counted, and stay', async () => {
  const reach = quick();
  await lake.put('inbox/crm/a.csv', Buffer.from('id,name\nada-canary,A\n'));
  await lake.put('inbox/crm/damaged.csv.gz', Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.from('nothing packed')]));
  const { unread } = await eraseAll(reach, [ada]);
  expect(unread).toEqual({ 'inbox/': 1 });
  expect((await reach.files.list('inbox/')).map(({ key }) => key)).toContain('inbox/crm/damaged.csv.gz');
});

test('what the bucket kept of files that were overwritten or deleted goes, and what others may need stays', async () => {
  await land(aTrack({ userId: 'ada-canary' }), aTrack({ userId: 'bob' }));
  await lake.put('events_landed/day=2026-01-01/old.parquet', Buffer.from('of another day'));
  await lake.put('inbox/crm/done.csv', Buffer.from('ada-canary\n'));
  const reach = quick();
  await reach.files.remove(['events_landed/day=2026-01-01/old.parquet', 'inbox/crm/done.csv']);
  await eraseAll(reach, [ada]);
  expect(reach.old.map(({ key }) => key)).toEqual(['events_landed/day=2026-01-01/old.parquet']);
});

test('histories of a replay go when it is over', async () => {
  await lake.put('replays/r-1/all-0.run', Buffer.from('ada-canary'));
  const reach = quick();
  reach.inUse = true;
  const eraser = new Eraser(reach, [ada]);
  for (let step = 0; step < 200; step += 1) await eraser.step();
  expect(eraser.state.step).toMatchObject({ name: 'prefixes' });
  reach.inUse = false;
  await eraser.all();
  await expectNoCanary(reach);
});

test('archives of the person go, those of others stay', async () => {
  await lake.put('privacy/exports/q-1.json.gz', Buffer.from('ada-canary'));
  await lake.put('privacy/exports/q-11.json.gz', Buffer.from('bob'));
  const reach = quick();
  const { counts } = await eraseAll(reach, [{ ...ada, exports: ['q-1'] }]);
  expect((await reach.files.list('privacy/')).map(({ key }) => key)).toEqual(['privacy/exports/q-11.json.gz']);
  expect(counts['request-1']).toEqual({ 'privacy/exports/ archives': 1 });
  expect(reach.old).toEqual([]);
});

test('while the sealer is at work, nothing is written', async () => {
  await land(aTrack({ userId: 'ada-canary' }));
  const reach = quick();
  reach.held = { state: { owner: 'sealer', leaseUntil: NOW + 3_600_000, barriers: [] }, etag: 'x' };
  const eraser = new Eraser(reach, [ada]);
  for (let step = 0; step < 30; step += 1) await eraser.step();
  expect(reach.now).toBeLessThan(NOW + 3_600_000);
  expect((await reach.files.list('events_landed/')).length).toBe(1);
  await eraser.all();
  await expectNoCanary(reach);
});

test('what somebody wrote over a file meanwhile is not lost, and counts once', async () => {
  await land(aTrack({ messageId: 'm-1', userId: 'ada-canary' }));
  const reach = quick();
  const eraser = new Eraser(reach, [ada]);
  while (!('files' in eraser.state.step && eraser.state.step.files)) await eraser.step();
  const [file] = await reach.files.list('raw_landed/');
  await lake.clear();
  sequence -= 1;
  await land(
    aTrack({ messageId: 'm-1', userId: 'ada-canary' }),
    aTrack({ messageId: 'm-2', userId: 'bob' }),
    aTrack({ messageId: 'm-3', userId: 'ada-canary' }),
  );
  expect((await reach.files.list('raw_landed/'))[0]?.key).toBe(file?.key);
  const { counts } = await eraser.all();
  expect(await rows('raw', 'message_id')).toEqual([['m-2']]);
  expect(counts['request-1']).toEqual({ 'raw_landed rows': 2, 'events_landed rows': 2 });
});

test('a query that failed is asked anew, after a while that grows', async () => {
  await land(aTrack({ userId: 'ada-canary' }));
  const reach = quick();
  reach.failingQueries = 6;
  await eraseAll(reach, [ada]);
  await expectNoCanary(reach);
  expect(reach.logged.filter(({ code }) => code === 'privacy_search_failed').map(({ level }) => level)).toEqual([
    ...Array(4).fill('warn'),
    ...Array(2).fill('error'),
  ]);
  expect(reach.now - NOW).toBeGreaterThanOrEqual(63_000);
});

test('forgets the keys when it is done', async () => {
  await land(aTrack({ userId: 'ada-canary' }));
  const reach = quick();
  expect(JSON.stringify(await eraseAll(reach, [ada]))).not.toContain('canary');
  expect(await reach.files.list('privacy/')).toEqual([]);
});

test('refuses more keys than a query can hold, and ids that are no names', () => {
  const keys = Array.from({ length: MAX_KEYS + 1 }, (_, at) => `user:${at}`);
  const erasure = createLakeErasure(quick());
  expect(() => erasure.begin([aPerson({ keys })], 'x')).toThrow(RangeError);
  expect(() => erasure.begin([ada], "x'")).toThrow(RangeError);
});
