import { describe, expect, it } from 'vitest';
import type { EraseRecord, Key } from '../../../schemas/stream/control.ts';
import { decodeProfile } from '../../../shared/profile/state.ts';
import { anIdentify, aTrack } from '../../fixtures/events.ts';
import { someSegments } from './scenarios.ts';
import { World } from './world.ts';

const ann: readonly Key[] = ['user:ann', 'anonymous:d-1', 'email:ann@x.org'];

const erase = (world: World, key: Key, keys = ann): EraseRecord => {
  world.now += 1;
  return { v: 1, kind: 'erase', key, requestId: 'r-1', at: world.now, keys };
};

/** Ann on two ids, and Bob, whose address hers was until it was heard that she had had it before. */
async function aWorld(dieAfter = Number.POSITIVE_INFINITY): Promise<World> {
  const world = new World(someSegments);
  world.send(anIdentify({ userId: 'bob', anonymousId: 'd-2', traits: { email: 'ann@x.org' } }));
  await world.drain();
  const timestamp = new Date(world.now - 3_600_000).toISOString();
  world.send(aTrack({ userId: undefined, anonymousId: 'd-1' }), aTrack({ userId: 'ann' }), aTrack({ userId: 'ann' }));
  world.send(anIdentify({ userId: 'ann', anonymousId: 'd-1', timestamp, traits: { plan: 'pro', email: 'ann@x.org' } }));
  world.send(aTrack({ userId: 'bob' }), aTrack({ userId: 'bob' }));
  await world.drain();
  world.dieAfter = world.effects + dieAfter;
  return world;
}

const exitsOf = (world: World) =>
  [...world.transitions().values()].flat().filter(({ cause }) => cause.type === 'erasure');

describe('a person who is erased', () => {
  it('leaves every segment, and the items of all keys go', async () => {
    const world = await aWorld();
    const members = [...world.folded('user:ann').audience.memberships.keys()].sort();
    expect(members.length).toBeGreaterThan(0);

    world.publish(...ann.map((key) => erase(world, key)));
    await world.drain();

    expect(
      exitsOf(world)
        .map(({ segmentId }) => segmentId)
        .sort(),
    ).toEqual(members);
    expect(ann.filter((key) => world.store.items.has(key))).toEqual([]);
    expect(world.folded('user:bob').profile?.eventCount).toBe(3);
  });

  it('is the same when the sandbox is killed after any effect', async () => {
    const expected = await aWorld();
    expected.publish(...ann.map((key) => erase(expected, key)));
    const before = expected.effects;
    await expected.drain();
    expect(expected.effects - before).toBeGreaterThan(5);
    for (let effect = 1; effect <= expected.effects - before; effect += 1) {
      const world = await aWorld(effect);
      world.publish(...ann.map((key) => erase(world, key)));
      await world.drain();
      expect([...world.store.items.keys()].sort(), `killed after effect ${effect}`).toEqual(
        [...expected.store.items.keys()].sort(),
      );
      expect(
        exitsOf(world)
          .map(({ id }) => id)
          .sort(),
      ).toEqual(
        exitsOf(expected)
          .map(({ id }) => id)
          .sort(),
      );
    }
  });

  it('is forgotten by the keys of others', async () => {
    const world = await aWorld();
    const others = (): Key[] => [...world.store.items.keys()].filter((key) => !ann.includes(key));
    const mentions = (): Key[] => others().filter((key) => /ann/.test(JSON.stringify([...entriesOf(world, key)])));
    world.publish(...ann.map((key) => erase(world, key)));
    await world.drain();
    expect(mentions()).toEqual(['user:bob']);

    world.publish(erase(world, 'user:bob'));
    await world.drain();

    expect(mentions()).toEqual([]);
    expect(world.folded('user:bob').profile?.eventCount).toBe(3);
    expect(exitsOf(world).every(({ key }) => key === 'user:ann')).toBe(true);
  });

  it('comes back as somebody new, whom a late word of the erasure does not touch', async () => {
    const world = await aWorld();
    const word = erase(world, 'user:ann');
    world.publish(word, erase(world, 'anonymous:d-1'));
    await world.drain();
    const eventTime = new Date(world.now + 1_000).toISOString();
    world.now += 2_000;
    world.send(aTrack({ userId: 'ann', timestamp: eventTime }));
    await world.drain();
    expect(world.folded('user:ann').profile?.eventCount).toBe(1);

    world.publish(word);
    await world.drain();

    expect(world.folded('user:ann').profile?.eventCount).toBe(1);
  });

  it('whom nobody knows leaves nothing behind', async () => {
    const world = await aWorld();
    const items = [...world.store.items.keys()];
    world.publish(erase(world, 'user:nobody', ['user:nobody']));
    await world.drain();
    expect([...world.store.items.keys()]).toEqual(items);
  });
});

const entriesOf = (world: World, key: Key) => {
  const { identity, outbox } = decodeProfile(world.store.items.get(key) as never);
  return [identity.links, identity.blocked, [...identity.children], outbox ?? null];
};
