import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createProfileApi } from '../../../functions/profile-api/profile-api.ts';
import type { ProfileView } from '../../../schemas/profile.ts';
import { compileCatalog } from '../../../shared/segments/compile-catalog.ts';
import { type ALake, aLake } from '../../fixtures/a-lake.ts';
import { ARRIVAL, anIdentify, anOrder, aTrack } from '../../fixtures/events.ts';
import { AnAuditLog } from '../an-audit-log.ts';
import { aContext, anHttpEvent, answerOf } from '../http-event.ts';
import { joinedPersons, someSegments } from '../profile-updater/scenarios.ts';
import { World } from '../profile-updater/world.ts';
import { settingsKeys } from '../settings-keys.ts';
import { ASnapshot, beat, Killed } from './a-snapshot.ts';

let lake: ALake;
beforeAll(async () => {
  lake = await aLake();
});
afterAll(() => lake[Symbol.asyncDispose]());
beforeEach(() => lake.clear());

const DAY = 86_400_000;

/** Some people of one and of several keys. */
async function aWorld(people = 12): Promise<World> {
  const world = new World(someSegments);
  for (let person = 0; person < people; person += 1) {
    const anonymousId = `device-${person}`;
    world.send(
      aTrack({ userId: undefined, anonymousId }),
      ...(person % 2 ? [anIdentify({ userId: `user-${person}`, anonymousId, traits: { plan: 'pro' } })] : []),
      ...(person % 3 ? [] : [anOrder({ userId: undefined, anonymousId })]),
    );
  }
  await world.drain();
  return world;
}

/** What the API answers for a person, at a moment. */
async function shown(world: World, id: string, now: number): Promise<ProfileView> {
  const handler = createProfileApi({
    store: world.store,
    lists: { listTransitions: async () => ({ items: [], nextCursor: null }) },
    catalog: async () => compileCatalog(world.catalog.entries),
    stream: { publish: async () => undefined },
    put: async (records) => records.map(() => undefined),
    clock: () => now,
    newId: () => 'id',
    apiKeys: settingsKeys({ local: 'sk_local' }),
    audit: new AnAuditLog(),
  });
  const event = anHttpEvent('GET /v1/profiles/{id}', { headers: { authorization: 'Bearer sk_local' }, params: { id } });
  return answerOf(await handler(event, aContext())).body as ProfileView;
}

const cellOf = (time: string | null | undefined) => time?.replace('T', ' ').replace('Z', '') ?? null;
const keyOf = (row: Record<string, string | null>) => row.person_key;

test('shows each person as the API does, whatever has happened to them', async () => {
  await fc.assert(
    fc.asyncProperty(joinedPersons, async (happenings) => {
      await lake.clear();
      const world = new World(someSegments);
      for (const happening of happenings) {
        if ('send' in happening) world.send(happening.send);
        else await world.pass('pass' in happening ? happening.pass : happening.overtake);
      }
      await world.drain();
      const snapshot = new ASnapshot(world, lake);
      const at = snapshot.now;
      await snapshot.run();

      const rows = await snapshot.rows();
      expect(rows.map(keyOf)).toEqual(world.persons().map(({ home }) => home));
      for (const { home, keys, profile } of world.persons()) {
        const row = rows.find(({ person_key }) => person_key === home) as Record<string, string | null>;
        const view = await shown(world, home.replace(/^user:/, ''), at);
        expect(JSON.parse(row.computed ?? '')).toEqual(view.computed);
        expect(JSON.parse(row.traits ?? '')).toEqual(view.traits);
        expect(JSON.parse(row.segments ?? '')).toEqual(view.segments.map(({ id }) => id));
        expect(JSON.parse(row.keys ?? '').sort()).toEqual([...keys].sort());
        const money = profile.orders.totals.get('USD')?.revenue ?? 0;
        expect(row).toMatchObject({
          profile_id: view.profileId,
          user_id: view.userId,
          first_seen_at: cellOf(view.firstSeen),
          last_seen_at: cellOf(view.lastSeen),
          event_count: String(view.computed.eventCount),
          orders: String(view.computed.orders.count),
          revenue: (money / 10_000).toFixed(4),
          currency: 'USD',
          last_touch_channel: view.computed.channels.lastTouch?.channel ?? null,
        });
      }
    }),
    { numRuns: 12 },
  );
});

test('shows the snapshot before, whole, until the new one is whole, wherever the sandbox is killed', async () => {
  const world = await aWorld(4);
  const dry = new ASnapshot(world, lake);
  await dry.run();
  await dry.run();
  const effects = dry.effects;
  for (let dieAfter = 1; dieAfter <= effects; dieAfter += 1) {
    await lake.clear();
    const snapshot = new ASnapshot(world, lake);
    snapshot.dieAfter = dieAfter;
    const people = world.persons().map(({ home }) => home);
    const once = async () => {
      const rows = await snapshot.rows();
      const moments = new Set(rows.map(({ snapshot_at }) => snapshot_at));
      expect(moments.size).toBeLessThanOrEqual(1);
      expect([[], people]).toContainEqual(rows.map(keyOf));
      return [...moments][0];
    };
    const before: (string | null | undefined)[] = [];
    for (let call = 0; call < 2; call += 1) {
      await snapshot.run().catch((error: unknown) => expect(error).toBeInstanceOf(Killed));
      before.push(await once());
      snapshot.now += 10 * 60_000;
    }
    await snapshot.run();
    const last = await once();
    expect(last).toBeDefined();
    expect(before).not.toContain(last);
  }
});

test('goes on where the time was over', async () => {
  const snapshot = new ASnapshot(await aWorld(30), lake);
  snapshot.onScan = () => {
    snapshot.now += 20_000;
  };
  const at = snapshot.now;
  const first = await snapshot.run({}, 120_000);
  expect(first).toEqual({ state: 'unfinished' });
  expect(await snapshot.rows()).toEqual([]);
  const files = [...snapshot.files];
  expect(files.length).toBeGreaterThan(0);
  snapshot.now += 60_000;

  expect(await snapshot.run(beat)).toEqual({ state: 'done', shown: new Date(at).toISOString() });
  expect((await snapshot.rows()).map(keyOf)).toEqual(snapshot.world.persons().map(({ home }) => home));
  expect([...snapshot.files]).toEqual(expect.arrayContaining(files));
});

test('goes on where a service failed', async () => {
  const snapshot = new ASnapshot(await aWorld(30), lake);
  let scans = 0;
  snapshot.onScan = () => {
    scans += 1;
    if (scans === 9) throw new Error('throttled');
  };
  const at = snapshot.now;
  await expect(snapshot.run()).rejects.toThrow('throttled');
  snapshot.now += 1_000;
  expect(await snapshot.run(beat)).toEqual({ state: 'done', shown: new Date(at).toISOString() });
  expect(await snapshot.rows()).toHaveLength(snapshot.world.persons().length);
});

test('the schedule makes one snapshot a day, after midnight; any other event makes one at once', async () => {
  const snapshot = new ASnapshot(await aWorld(), lake);
  const run = snapshot.sandbox();
  const first = (await run(beat)).shown;
  expect((await run(beat)).shown ?? first).toBe(first);
  snapshot.now += 3_600_000;
  const second = (await run()).shown;
  expect(second).not.toBe(first);
  snapshot.now += 3_600_000;
  expect((await snapshot.run(beat)).shown).toBe(second);
  snapshot.now = (Math.floor(ARRIVAL / DAY) + 1) * DAY;
  const third = (await run(beat)).shown;
  expect(third).toBe(new Date(snapshot.now - 2_000).toISOString());
  expect((await snapshot.rows())[0]?.snapshot_at).toBe(cellOf(third));
});

test('the schedule waits with the first snapshot for the first people', async () => {
  const snapshot = new ASnapshot(await aWorld(0), lake);
  await snapshot.run(beat);
  expect(snapshot.effects).toBe(0);
  snapshot.world.send(aTrack({ userId: 'ada' }));
  await snapshot.world.drain();
  await snapshot.run(beat);
  expect((await snapshot.rows()).map(keyOf)).toEqual(['user:ada']);
});

test('leaves a snapshot to the run that is at it', async () => {
  const snapshot = new ASnapshot(await aWorld(), lake);
  let meanwhile: Promise<unknown> | undefined;
  snapshot.onScan = () => {
    meanwhile ??= snapshot.run();
  };
  await snapshot.run();
  expect(await meanwhile).toEqual({ state: 'busy' });
  expect(await snapshot.rows()).toHaveLength(snapshot.world.persons().length);
});

test('a run that lost its lease stops, and what it wrote is never shown', async () => {
  const snapshot = new ASnapshot(await aWorld(), lake);
  let other: Promise<unknown> | undefined;
  let scans = 0;
  snapshot.onScan = async () => {
    scans += 1;
    if (scans !== 5) return;
    const held = snapshot.state?.etag;
    snapshot.now += 200_000;
    other = snapshot.run();
    while (snapshot.state?.etag === held) await new Promise(setImmediate);
  };
  const lost = await snapshot.run();
  await other;
  expect(lost).toEqual({ state: 'busy' });
  expect(await snapshot.rows()).toHaveLength(snapshot.world.persons().length);
});

test('keeps of each day the last snapshot, and the one before for whoever is reading it', async () => {
  const snapshot = new ASnapshot(await aWorld(), lake);
  const count = () => new Set([...snapshot.files].map((key) => /\/(day=[^/]+\/\d+)-/.exec(key)?.[1])).size - 1;
  for (const shown of [1, 2, 2, 2]) {
    await snapshot.run();
    snapshot.now += 60_000;
    expect(count()).toBe(shown);
  }
  snapshot.now += DAY;
  await snapshot.run();
  snapshot.now += DAY;
  await snapshot.run();
  expect(count()).toBe(3);
});

test('leaves out a profile that is damaged, and says how many', async () => {
  const world = await aWorld();
  const [id, item] = [...world.store.items].find(([key]) => key === 'anonymous:device-0') as [string, never];
  world.store.items.set(id, { ...(item as object), state: Buffer.from('damaged') } as never);
  const snapshot = new ASnapshot(world, lake);
  await snapshot.run();
  expect((await snapshot.rows()).map(keyOf)).not.toContain(id);
  expect(await snapshot.rows()).toHaveLength(11);
  expect(snapshot.logged).toContainEqual(expect.objectContaining({ code: 'profiles_unreadable', profiles: 1 }));
});

test('waits for the deployment that reads a newer profile', async () => {
  const world = await aWorld();
  const [id, item] = [...world.store.items][0] as [string, never];
  world.store.items.set(id, { ...(item as object), format: 99 } as never);
  const snapshot = new ASnapshot(world, lake);
  await expect(snapshot.run()).rejects.toThrow('format 99');
  world.store.items.set(id, item);
  expect(await snapshot.run(beat)).toMatchObject({ state: 'done' });
});
