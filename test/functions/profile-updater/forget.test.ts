import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Profile } from '../../../schemas/profile.ts';
import type { ForgetRecord, Key, PartRecord } from '../../../schemas/stream/control.ts';
import { encodeProfile } from '../../../shared/profile/state.ts';
import { controlOf } from '../../../shared/stream/read-stream.ts';
import { anIdentify, aTrack } from '../../fixtures/events.ts';
import { type Happening, joinedPersons, someSegments } from './scenarios.ts';
import { World } from './world.ts';

const DAY_MS = 86_400_000;
const ann: readonly Key[] = ['user:ann', 'anonymous:d-1', 'email:ann@x.org'];

const forget = (before: number, ...keys: readonly Key[]): ForgetRecord => ({ v: 1, kind: 'forget', before, keys });

/** Ann on two ids and with an address, and Bob, whom nobody has seen for 30 days. */
async function aWorld(dieAfter = Number.POSITIVE_INFINITY): Promise<World> {
  const world = new World(someSegments);
  world.send(aTrack({ userId: undefined, anonymousId: 'd-1' }), aTrack({ userId: 'ann' }), aTrack({ userId: 'ann' }));
  world.send(anIdentify({ userId: 'ann', anonymousId: 'd-1', traits: { plan: 'pro', email: 'ann@x.org' } }));
  world.send(aTrack({ userId: 'bob' }));
  await world.drain();
  await world.pass(30 * DAY_MS);
  world.dieAfter = world.effects + dieAfter;
  return world;
}

const track = (world: World, ids: object) => aTrack({ ...ids, timestamp: new Date(world.now).toISOString() });
const weekAgo = (world: World) => world.now - 7 * DAY_MS;
const identitiesOf = (world: World) =>
  world.shards.flat().flatMap((record) => {
    const control = controlOf(record);
    return control?.kind === 'identities' ? control.items : [];
  });

/** What the lake and the audience hear of it, each once. */
const saidOf = (world: World) => ({
  transitions: [...world.transitions()].map(([id, all]) => [id, all.map(({ n, segmentId, to }) => [n, segmentId, to])]),
  separated: new Set(identitiesOf(world).map((change) => JSON.stringify({ ...change, messageId: undefined }))),
});

describe('a person whom nobody has seen', () => {
  it("leaves every segment and goes with all keys, and the lake hears that these are nobody's", async () => {
    const world = await aWorld();
    const members = [...world.folded('user:ann').audience.memberships.keys()].sort();
    expect(members.length).toBeGreaterThan(0);

    world.publish(forget(weekAgo(world), 'user:ann'));
    await world.drain();

    const exits = [...world.transitions().values()].flat().filter(({ cause }) => cause.type === 'retention');
    expect(exits.map(({ segmentId }) => segmentId).sort()).toEqual(members);
    expect([...world.store.items.keys()]).toEqual(['user:bob']);
    const separated = identitiesOf(world).filter(({ why }) => why === 'retention');
    expect(separated.map(({ profileKey, parentKey }) => [profileKey, parentKey]).sort()).toEqual([
      ['anonymous:d-1', null],
      ['email:ann@x.org', null],
    ]);
    for (const { profileKey, moves } of separated) {
      const all = identitiesOf(world).filter((change) => change.profileKey === profileKey);
      expect(Math.max(...all.map((change) => change.moves))).toBe(moves);
    }
  });

  it('who denied marketing takes leave without any campaign', async () => {
    const world = await aWorld();
    const context = { consent: { categoryPreferences: { marketing: false } } };
    world.send({ ...track(world, { userId: 'bob' }), context });
    await world.drain();
    await world.pass(30 * DAY_MS);
    world.publish(forget(weekAgo(world), 'user:ann', 'user:bob'));
    await world.drain();
    const exits = [...world.transitions().values()].flat().filter(({ cause }) => cause.type === 'retention');
    expect(new Set(exits.map(({ key, consent }) => `${key} ${consent?.marketing}`))).toEqual(
      new Set(['user:ann undefined', 'user:bob false']),
    );
  });

  it('is the same when the sandbox is killed after any effect', async () => {
    const expected = await aWorld();
    const before = expected.effects;
    expected.publish(forget(weekAgo(expected), 'user:ann', 'user:bob'));
    await expected.drain();
    expect(expected.store.items.size).toBe(0);
    expect(expected.effects - before).toBeGreaterThan(5);
    for (let effect = 1; effect <= expected.effects - before; effect += 1) {
      const world = await aWorld(effect);
      world.publish(forget(weekAgo(world), 'user:ann', 'user:bob'));
      await world.drain();
      expect(world.store.items.size, `killed after effect ${effect}`).toBe(0);
      expect(saidOf(world), `killed after effect ${effect}`).toEqual(saidOf(expected));
    }
  });

  it.each([{ userId: 'ann' }, { userId: undefined, anonymousId: 'd-1' }])(
    'stays whole when seen since as %o',
    async (ids) => {
      const world = await aWorld();
      const before = weekAgo(world);
      world.send(track(world, ids));
      await world.drain();
      const person = world.persons();
      world.publish(forget(before, 'user:ann'));
      await world.drain();
      expect(world.persons()).toEqual(person);
      expect(ann.every((key) => world.store.items.has(key))).toBe(true);
    },
  );

  it('stays whole when a key is seen between the look and the write', async () => {
    const world = await aWorld();
    let isFirst = true;
    world.store.onWrite = (id) => {
      const item = world.store.items.get('anonymous:d-1');
      if (id !== 'user:ann' || !isFirst || item === undefined) return 'none';
      isFirst = false;
      // Another shard's consumer takes in a visit of the device.
      const folded = world.folded('anonymous:d-1');
      const seen = { ...folded, profile: { ...(folded.profile as Profile), lastSeen: world.now } };
      world.store.items.set(item.id, { ...item, ...encodeProfile(seen), version: item.version + 1 });
      return 'none';
    };
    world.publish(forget(weekAgo(world), 'user:ann'));
    await world.drain();
    expect(isFirst).toBe(false);
    expect(ann.every((key) => world.store.items.has(key))).toBe(true);
    expect(world.folded('user:ann').profile?.eventCount).toBe(3);
  });

  it('is not brought together again by a report of the time before', async () => {
    const world = await aWorld();
    const [report] = world.shards.flat().flatMap((record) => {
      const control = controlOf(record);
      return control?.kind === 'part' && control.child === 'anonymous:d-1' ? control : [];
    });
    world.publish(forget(weekAgo(world), 'user:ann'));
    await world.drain();
    world.publish(report as PartRecord);
    await world.drain();
    expect([...world.store.items.keys()]).toEqual(['user:bob']);

    world.send(track(world, { userId: 'ann' }), track(world, { userId: undefined, anonymousId: 'd-1' }));
    world.send(anIdentify({ userId: 'bob', anonymousId: 'd-1', timestamp: new Date(world.now).toISOString() }));
    await world.drain();
    world.publish(report as PartRecord);
    await world.drain();
    expect(world.persons().find(({ home }) => home === 'user:ann')?.keys).toEqual(['user:ann']);
  });

  it('comes back as somebody new, whose numbers nobody has heard before', async () => {
    const world = await aWorld();
    world.publish(forget(weekAgo(world), 'user:ann'));
    await world.drain();
    world.now += DAY_MS;
    world.send(track(world, { userId: 'ann' }), track(world, { userId: undefined, anonymousId: 'd-1' }));
    await world.drain();

    expect(world.folded('user:ann').profile?.eventCount).toBe(1);
    expect(world.folded('anonymous:d-1').profile?.eventCount).toBe(1);
    expect(world.folded('anonymous:d-1').identity.parent).toBeUndefined();
    world.transitions();

    world.send(anIdentify({ userId: 'ann', anonymousId: 'd-1', timestamp: new Date(world.now).toISOString() }));
    await world.drain();
    expect(world.persons().find(({ home }) => home === 'user:ann')?.profile.eventCount).toBe(3);
    const joined = identitiesOf(world).filter(({ profileKey }) => profileKey === 'anonymous:d-1');
    expect(joined.toSorted((one, other) => one.moves - other.moves).at(-1)?.parentKey).toBe('user:ann');
    world.transitions();
  });

  it('and comes with the same batch is somebody new, too', async () => {
    const world = await aWorld();
    world.publish(forget(weekAgo(world), 'user:bob'));
    world.send(track(world, { userId: 'bob' }));
    await world.drain([100]);
    const count = world.folded('user:bob').profile?.eventCount;
    // Whether the event or the word is taken first, nothing is lost: with it he is not somebody whom nobody has seen.
    expect([1, 2]).toContain(count);
    world.transitions();
  });

  it('leaves no key for good that others have left since: it goes when its item expires', async () => {
    const world = new World(someSegments);
    const email = { traits: { email: 'ann@x.org' } };
    const expiry = () => world.store.items.get('email:ann@x.org')?.expiresAt;
    world.send(anIdentify({ userId: undefined, anonymousId: 'd-1', ...email }));
    await world.drain();
    expect([world.store.items.has('email:ann@x.org'), expiry()]).toEqual([true, undefined]);
    world.send(anIdentify({ userId: 'ann', anonymousId: 'd-1', traits: {} }));
    await world.drain();
    const left = [...world.folded('email:ann@x.org').identity.children.values()];
    expect([left.map(({ keys }) => keys), expiry()]).toEqual([[[]], world.now + 35 * DAY_MS]);

    world.send(anIdentify({ userId: 'ann', anonymousId: 'd-1', ...email }));
    await world.drain();
    expect(expiry()).toBeUndefined();
  });

  it("whom nobody knows leaves nothing behind, and a key of somebody else's home is left alone", async () => {
    const world = await aWorld();
    const keys = [...world.store.items.keys()];
    world.publish(forget(world.now, 'user:nobody', 'anonymous:d-1'));
    await world.drain();
    expect([...world.store.items.keys()]).toEqual(keys);
  });
});

/** Plays a scenario to its end; between its parts days go by, and people are forgotten or not. */
async function play(happenings: readonly Happening[], sizes: number[], turns: number[], forgets: boolean[]) {
  const world = new World(someSegments);
  let part = 0;
  for (const happening of happenings) {
    if ('send' in happening) world.send({ ...happening.send, timestamp: new Date(world.now).toISOString() });
    else if ('overtake' in happening) world.now += happening.overtake;
    else {
      if (part % 2 === 0) await world.drain(sizes, turns);
      await world.pass(happening.pass + 2 * DAY_MS);
      const homes = world.persons().map(({ home }) => home);
      if (homes.length > 0 && forgets[part % forgets.length]) world.publish(forget(world.now - DAY_MS, ...homes));
      part += 1;
    }
  }
  await world.drain(sizes, turns);
  return world;
}

describe('forgetting among all else that happens', () => {
  it('leaves transitions that lead to what everybody is in, and nothing of anybody in the end', async () => {
    const turns = fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 6 });
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });
    const forgets = fc.array(fc.boolean(), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(joinedPersons, sizes, turns, forgets, async (...how) => {
        const world = await play(...how);
        world.transitions();
        await world.pass(2 * DAY_MS);
        const homes = world.persons().map(({ home }) => home);
        if (homes.length > 0) world.publish(forget(world.now - DAY_MS, ...homes));
        await world.drain();
        expect(world.persons()).toEqual([]);
        world.transitions();
      }),
      { numRuns: 60 },
    );
  });
});
