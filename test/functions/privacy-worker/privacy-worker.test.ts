import { beforeAll, describe, expect, test } from 'vitest';
import { keysOfDue } from '../../../functions/adapters/due-store.ts';
import type { Key } from '../../../schemas/stream/control.ts';
import { profileIdOf } from '../../../shared/profile/new-profile.ts';
import { givenUpRecords } from '../../../shared/replay/set-aside.ts';
import { anEnvelope, anIdentify, aRecord, aTrack } from '../../fixtures/events.ts';
import { aKinesisEvent } from '../../fixtures/profiles.ts';
import { AWorker, Killed } from './a-worker.ts';

const ann: readonly Key[] = ['user:ann', 'anonymous:d-1', 'email:ann@x.org'];

/** Ann, known by three keys, with a page of message ids; and Bob, who once had Ann's address. */
async function aWorld(): Promise<AWorker> {
  const world = new AWorker();
  const { live } = world;
  live.send(anIdentify({ userId: 'bob', anonymousId: 'd-2', traits: { email: 'ann@x.org' } }));
  await live.drain();
  const timestamp = new Date(live.now - 3_600_000).toISOString();
  live.send(aTrack({ userId: undefined, anonymousId: 'd-1' }), aTrack({ userId: 'ann' }), aTrack({ userId: 'ann' }));
  live.send(anIdentify({ userId: 'ann', anonymousId: 'd-1', timestamp, traits: { email: 'ann@x.org' } }));
  live.send(aTrack({ userId: 'bob' }), aTrack({ userId: 'bob' }));
  await world.hear();
  live.store.pages.set('user:ann 0', { key: 'user:ann', number: 0, ids: new Uint8Array(12), expiresAt: 0 });
  live.store.pages.set('user:bob 0', { key: 'user:bob', number: 0, ids: new Uint8Array(12), expiresAt: 0 });
  for (const [place, key] of ['user:ann', 'user:bob', 'user:ann'].entries()) {
    const [bucket, due] = [{ S: `m#${place}` }, { S: `${place}#${key}` }];
    world.due.set(`${bucket.S} ${due.S}`, { bucket, due, key: { S: key } });
  }
  const [bucket, due] = [{ S: 'm#3' }, { S: '3#user:ann' }];
  world.due.set('m#3 3#user:ann', { bucket, due, keys: { L: [{ S: 'user:ann' }, { S: 'user:bob' }] } });
  world.reports.set('run#1', { pk: { S: 'run#1' }, sk: { S: 'run' } });
  const envelope = anEnvelope([aTrack({ userId: 'ann' }), aTrack({ userId: 'bob' })]);
  world.batches.set('aws/lambda/m/1', aBatch(envelope, aLink('anonymous:d-1', 'user:ann')));
  world.batches.set('aws/lambda/m/2', aBatch([aTrack({ userId: undefined, anonymousId: 'd-1' })]));
  world.batches.set('aws/lambda/m/3', aBatch(aLink('anonymous:d-2', 'user:bob')));
  world.lake = ['user:ann', 'anonymous:d-1', 'user:bob', 'user:ann'].map((key) => ({ table: 'events', key }));
  world.effects = 0;
  return world;
}

/** What Lambda writes of a batch that it gave up. */
const aBatch = (...records: readonly unknown[]): string =>
  JSON.stringify({ version: '1.0', payload: JSON.stringify(aKinesisEvent(records.map((record) => aRecord(record)))) });

const aLink = (child: Key, parent: Key) => {
  const link = { time: 1, messageId: 'm', sourceId: 's', event: 'Identify', why: 'identify' };
  return { v: 1, kind: 'link', child, parent, link };
};

/** The messages and the word that a batch holds. */
const heldIn = (text: string): unknown[] =>
  givenUpRecords(text).map(({ data }) => {
    const { events, kind, child } = JSON.parse(Buffer.from(data).toString());
    return events?.map(({ userId }: { userId: string }) => userId) ?? [kind, child];
  });

/** All that a world holds of Ann, and how much of Bob. */
async function stateOf(world: AWorker) {
  const of = (key: Key) => world.audience.table.in(`profile#${profileIdOf(key)}`).length;
  const members = await Promise.all(['busy', 'seen-twice'].map((segment) => world.audience.members(segment)));
  return {
    keys: [...world.live.store.items.keys()].sort(),
    pages: [...world.live.store.pages.keys()],
    bob: world.live.folded('user:bob').profile?.eventCount,
    bobKnows: [...world.live.folded('user:bob').identity.children.keys()],
    due: [...world.due.values()].flatMap(keysOfDue),
    reports: world.reports.size,
    batches: Array.from(world.batches, ([key, text]) => [key, heldIn(text)]),
    batchVersions: [...world.batchVersions],
    audience: ann.map(of),
    members: members.map((keys) => keys.filter((key) => ann.includes(key))),
    counts: await Promise.all(['busy', 'seen-twice'].map((segment) => world.audience.lists.countMembers(segment))),
    lake: world.lake.map(({ key }) => key),
    audited: [...world.audited.values()].map(({ action, outcome, target }) => [
      action,
      outcome,
      target?.split(',').length,
    ]),
    tombstones: [...world.tombstones].map(([key, { suppress }]) => [key, suppress]).sort(),
    receipts: [...world.requests.values()].map(({ state, keys, receipt }) => ({
      state,
      keys,
      removed: receipt?.removed,
    })),
  };
}

async function erased(killAt?: number, moment?: 'before' | 'after') {
  const world = await aWorld();
  world.ask('erasure', ['user:ann']);
  let isKilled = false;
  world.around = (number, now) => {
    if (isKilled || number !== killAt || now !== moment) return;
    isKilled = true;
    throw new Killed();
  };
  for (let runs = 0; !world.isIdle || world.request('request-1').completedAt === undefined; runs += 1) {
    if (runs > 20) throw new Error(`It never ends: ${JSON.stringify(world.logged.slice(-3))}`);
    await world.run().catch(() => undefined);
    // Until whoever died has lost the lease.
    world.live.now += 61_000;
  }
  return { world, state: await stateOf(world) };
}

let expected: Awaited<ReturnType<typeof stateOf>>;
let effects = 0;
beforeAll(async () => {
  const { world, state } = await erased();
  expected = state;
  effects = world.effects;
});

describe('an erasure', () => {
  test('takes every key of the person out of every store, and leaves others as they are', () => {
    expect(expected.keys.filter((key) => ann.includes(key))).toEqual([]);
    expect(expected).toMatchObject({
      bob: 3,
      bobKnows: ['anonymous:d-2'],
      pages: ['user:bob 0'],
      due: ['user:bob', 'user:bob'],
      reports: 0,
      batches: [
        ['aws/lambda/m/1', [['bob']]],
        ['aws/lambda/m/3', [['link', 'anonymous:d-2']]],
      ],
      batchVersions: [],
      audience: [0, 0, 0],
      members: [[], []],
      lake: ['user:bob'],
      tombstones: ann.map((key) => [key, true]).sort(),
      audited: [['erasure.complete', 'done', ann.length]],
    });
  });

  test('counts in its receipt what was there', async () => {
    const world = await aWorld();
    const transitions = [...world.live.transitions().values()].flat().filter(({ key }) => ann.includes(key)).length;
    const members = (await Promise.all(ann.map((key) => membershipsOf(world, key)))).flat().length;
    expect(expected.receipts).toEqual([
      {
        state: 'done',
        keys: [],
        removed: [
          { store: 'audience', what: 'members', count: members },
          { store: 'audience', what: 'transitions', count: transitions },
          { store: 'batches set aside', what: 'messages', count: 2 },
          { store: 'due', what: 'entries', count: 3 },
          { store: 'events', what: 'rows', count: 3 },
          { store: 'profiles', what: 'items', count: 3 },
          { store: 'profiles', what: 'pages of message ids', count: 1 },
          { store: 'reports', what: 'runs of anybody', count: 1 },
        ],
      },
    ]);
  });

  test('has some dozens of effects', () => {
    expect(effects).toBeGreaterThan(40);
  });

  test.each(['before', 'after'] as const)(
    'killed %s any effect, it ends the same, with the same receipt',
    async (moment) => {
      for (let killAt = 1; killAt <= effects; killAt += 1) {
        const { state } = await erased(killAt, moment);
        expect(state, `killed ${moment} effect ${killAt}`).toEqual(expected);
      }
    },
  );

  test('of somebody whom nobody knows is done, and its receipt is empty', async () => {
    const world = await aWorld();
    world.reports.clear();
    const id = world.ask('erasure', ['user:nobody']);
    await world.run();
    expect(world.request(id)).toMatchObject({ state: 'done', keys: [], receipt: { removed: [], remaining: [] } });
    expect(world.live.store.items.has('user:nobody')).toBe(false);
  });

  test('says in its receipt what could not be looked into', async () => {
    const world = await aWorld();
    world.unread = { 'inbox/': 2 };
    const id = world.ask('erasure', ['user:ann']);
    await world.run();
    expect(world.request(id).receipt?.remaining).toContainEqual({
      store: 'inbox/: 2 files too large or damaged to look into',
    });
  });

  test('by another key of the person finds all of them, and two for one person end alike', async () => {
    const world = await aWorld();
    const [first, second] = [world.ask('erasure', ['email:ann@x.org'], false), world.ask('erasure', ['anonymous:d-1'])];
    await world.run();
    const { removed } = world.request(first).receipt ?? {};
    expect(removed).toEqual(expected.receipts[0]?.removed);
    expect(world.request(second).receipt?.removed).toEqual(removed);
    expect(world.asked).toHaveLength(1);
    expect(world.tombstones.get('user:ann')?.suppress).toBe(true);
  });

  test('asked for again while the first one runs is done after it', async () => {
    const world = await aWorld();
    world.ask('erasure', ['user:ann']);
    let second = '';
    world.around = (number) => {
      if (number === 20) second ||= world.ask('erasure', ['user:ann']);
    };
    await world.run();
    expect(world.request(second)).toMatchObject({ state: 'done', receipt: { removed: [] } });
    expect(world.request('request-1').receipt?.removed).toEqual(expected.receipts[0]?.removed);
  });

  test('waits for keys that turn up while it begins', async () => {
    const world = await aWorld();
    world.ask('erasure', ['user:ann']);
    world.around = async () => {
      if (world.request('request-1').step !== 'note' || world.live.store.items.has('anonymous:d-9')) return;
      world.live.send(aTrack({ userId: undefined, anonymousId: 'd-9' }));
      world.live.send(anIdentify({ userId: 'ann', anonymousId: 'd-9', traits: {} }));
      await world.hear();
    };
    await world.run();
    expect(world.tombstones.has('anonymous:d-9')).toBe(true);
    expect(world.live.store.items.has('anonymous:d-9')).toBe(false);
  });

  test('lets nothing that was on its way bring a key back', async () => {
    const world = await aWorld();
    world.ask('erasure', ['user:ann']);
    await world.run();
    const link = { time: world.live.now, messageId: 'm', sourceId: 's', event: 'Identify', why: 'identify' } as const;
    world.live.publish({ v: 1, kind: 'link', child: 'anonymous:d-1', parent: 'user:ann', link });
    world.live.publish({ v: 1, kind: 'link', child: 'email:ann@x.org', parent: 'user:bob', link });
    const items = [{ key: 'user:ann', tracks: {} }];
    world.live.publish({ v: 1, kind: 'backfill', job: 'j', segments: [{ id: 'busy', version: 1 }], items });
    world.live.publish({ v: 1, kind: 'tick', at: world.live.now, keys: [...ann] });
    world.live.publish({ v: 1, kind: 'rebuilt', keys: [...ann] });
    await world.hear();
    expect(ann.filter((key) => world.live.store.items.has(key))).toEqual([]);
  });

  test('puts another barrier when one was never passed', async () => {
    const world = await aWorld();
    world.ask('erasure', ['user:ann']);
    let isLost = false;
    world.around = () => {
      // The batch in which the barrier lay was set aside.
      if (isLost || world.request('request-1').step !== 'hear') return;
      isLost = true;
      for (const shard of world.live.shards.keys()) world.live.giveUp(shard, 1_000);
    };
    for (let runs = 0; world.request('request-1').completedAt === undefined && runs < 10; runs += 1) {
      await world.run();
      world.live.now += 61_000;
    }
    expect(isLost).toBe(true);
    expect(world.request('request-1').state).toBe('done');
    expect(ann.filter((key) => world.live.store.items.has(key))).toEqual([]);
  });

  test('that does not suppress ends with a tombstone for what was before alone', async () => {
    const world = await aWorld();
    world.ask('erasure', ['user:ann'], false);
    await world.run();
    const { completedAt: at } = world.request('request-1');
    expect(world.tombstones.get('user:ann')).toEqual({ requestId: 'request-1', at, suppress: false });
  });

  test('tells of an archive that an export of the person has made', async () => {
    const world = await aWorld();
    const id = world.ask('export', ['user:ann']);
    await world.run();
    expect(world.request(id)).toMatchObject({ state: 'done', keys: [], archive: `privacy/exports/${id}.json.gz` });
    world.ask('erasure', ['anonymous:d-1']);
    await world.run();
    expect(world.asked[0]?.[0]?.exports).toEqual([id]);
  });
});

describe('an export that fails', () => {
  test('is begun anew, ever later', async () => {
    const world = await aWorld();
    const id = world.ask('export', ['user:ann']);
    const before = world.live.now;
    world.failingExports = 4;
    await world.run();
    expect(world.request(id)).toMatchObject({ state: 'done', archive: `privacy/exports/${id}.json.gz` });
    expect(world.live.now - before).toBeGreaterThanOrEqual(15_000);
    expect(world.logged.map(({ code }) => code)).toContain('privacy_export_again');
  });

  test('is given up at last, says so, and holds up nobody else', async () => {
    const world = await aWorld();
    const id = world.ask('export', ['user:ann']);
    const other = world.ask('export', ['user:bob']);
    world.failingExports = 11;
    for (let run = 0; run < 5; run += 1) await world.run();
    expect(world.request(id)).toMatchObject({ state: 'failed', keys: [], failure: expect.any(String) });
    expect(world.request(other).state).toBe('done');
    expect(
      Array.from(world.audited.values(), ({ action, outcome, requestId }) => [action, outcome, requestId]),
    ).toEqual([
      ['export.complete', 'failed', id],
      ['export.complete', 'done', other],
    ]);
    expect(world.logged.find(({ code }) => code === 'privacy_export_failed')).toMatchObject({
      request: id,
      error: 'Error',
    });
  });
});

const membershipsOf = async (world: AWorker, key: Key) =>
  world.live.store.items.has(key) ? [...world.live.folded(key).audience.memberships.keys()] : [];
