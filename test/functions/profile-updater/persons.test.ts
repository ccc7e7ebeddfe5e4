import { describe, expect, it } from 'vitest';
import type { ControlRecord, Transition } from '../../../schemas/stream/control.ts';
import { profileIdOf } from '../../../shared/profile/new-profile.ts';
import { controlOf } from '../../../shared/stream/read-stream.ts';
import { ARRIVAL, anAlias, anIdentify, anOrder, aTrack, type Message } from '../../fixtures/events.ts';
import { someSegments } from './scenarios.ts';
import { World } from './world.ts';

const HOUR = 3_600_000;
const by = (anonymousId: string, over: Message = {}): Message => aTrack({ userId: undefined, anonymousId, ...over });
const identify = (userId: string | undefined, anonymousId: string, over: Message = {}): Message =>
  anIdentify({ userId, anonymousId, traits: {}, ...over });
const at = (ms: number) => ({ timestamp: new Date(ARRIVAL + ms).toISOString() });

const keysOf = (world: World) => world.persons().map(({ keys }) => keys);
const segmentsOf = (world: World, home: string) => world.persons().find((person) => person.home === home)?.segments;
const told = (world: World, key: string) =>
  (world.transitions().get(profileIdOf(key)) ?? []).map(
    ({ segmentId, to, cause }) => `${to} ${segmentId} (${cause.type})`,
  );

function recordsOf<K extends ControlRecord['kind']>(world: World, kind: K): Extract<ControlRecord, { kind: K }>[] {
  const controls = world.shards.flat().flatMap((record) => controlOf(record) ?? []);
  return controls.filter((control): control is Extract<ControlRecord, { kind: K }> => control.kind === kind);
}

describe('an anonymous visitor who identifies', () => {
  it('becomes one person with the user, who is in segments for both', async () => {
    const world = new World(someSegments);
    world.send(by('d-1'), anOrder({ userId: undefined, anonymousId: 'd-1' }));
    await world.drain();
    expect(segmentsOf(world, 'anonymous:d-1')).toEqual(['buyer', 'fresh', 'seen-twice']);

    world.send(identify('ann', 'd-1', { traits: { plan: 'pro' } }));
    await world.drain();
    expect(keysOf(world)).toEqual([['anonymous:d-1', 'user:ann']]);
    expect(world.persons()[0]).toMatchObject({
      home: 'user:ann',
      profile: { eventCount: 3, orders: { count: 1 } },
      segments: ['busy', 'buyer', 'fresh', 'pro', 'seen-twice'],
    });
    expect(told(world, 'anonymous:d-1').slice(-3).sort()).toEqual([
      'exited buyer (merge)',
      'exited fresh (merge)',
      'exited seen-twice (merge)',
    ]);
    const [onEvent, onMerge] = [told(world, 'user:ann').slice(0, 3), told(world, 'user:ann').slice(3)];
    expect(onEvent.sort()).toEqual(['entered fresh (event)', 'entered not-buyer (event)', 'entered pro (event)']);
    expect(onMerge.sort()).toEqual([
      'entered busy (merge)',
      'entered buyer (merge)',
      'entered seen-twice (merge)',
      'exited not-buyer (merge)',
    ]);
  });

  it('is told to the lake, with why', async () => {
    const world = new World();
    world.send(identify('ann', 'd-1', { messageId: 'm-7' }));
    await world.drain();
    expect(recordsOf(world, 'identities').flatMap(({ items }) => items)).toMatchObject([
      {
        profileKey: 'anonymous:d-1',
        parentKey: 'user:ann',
        moves: Math.floor(world.now / 60_000),
        why: 'identify',
        messageId: 'm-7',
      },
    ]);
  });

  it('counts for the person with events that come late under the old id', async () => {
    const world = new World(someSegments);
    world.send(identify('ann', 'd-1'));
    await world.drain();
    expect(segmentsOf(world, 'user:ann')).not.toContain('buyer');
    world.send(anOrder({ userId: undefined, anonymousId: 'd-1', messageId: 'late', ...at(-HOUR) }));
    await world.drain();
    expect(segmentsOf(world, 'user:ann')).toContain('buyer');
    expect(segmentsOf(world, 'anonymous:d-1')).toBeUndefined();
    const entered = world.published().find(({ segmentId }) => segmentId === 'buyer');
    expect(entered).toMatchObject({
      key: 'user:ann',
      to: 'entered',
      cause: { type: 'event', messageId: 'late', event: 'Order Completed', time: ARRIVAL - HOUR },
    });
  });

  it('has the history of a shared device only if nobody identified on it before', async () => {
    const world = new World();
    world.send(
      by('tablet', at(-4 * HOUR)),
      identify('bob', 'tablet', at(-2 * HOUR)),
      identify('ann', 'tablet', at(-3 * HOUR)),
    );
    await world.drain();
    world.send(by('tablet', at(-HOUR)));
    await world.drain();
    expect(keysOf(world)).toEqual([['anonymous:tablet', 'user:ann'], ['user:bob']]);
    expect(world.persons().map(({ profile }) => profile.eventCount)).toEqual([3, 1]);
  });

  it('is found over an e-mail address before the user id is known', async () => {
    const world = new World(someSegments);
    const email = { traits: { email: 'ann@example.org' } };
    world.send(identify(undefined, 'd-1', email), identify(undefined, 'd-2', email));
    await world.drain();
    expect(keysOf(world)).toEqual([['anonymous:d-1', 'anonymous:d-2', 'email:ann@example.org']]);
    expect(segmentsOf(world, 'email:ann@example.org')).toContain('seen-twice');
    world.send(anIdentify({ userId: 'ann', anonymousId: undefined, traits: { email: 'ann@example.org' } }));
    await world.drain();
    expect(world.persons()).toMatchObject([
      { home: 'user:ann', keys: ['anonymous:d-1', 'anonymous:d-2', 'email:ann@example.org', 'user:ann'] },
    ]);
    expect(segmentsOf(world, 'user:ann')).toContain('busy');
    world.transitions();
  });

  it('is merged, and not just active, if an event follows at once under the old id', async () => {
    const world = new World(someSegments, 1);
    world.send(anOrder({ userId: undefined, anonymousId: 'd-1' }));
    await world.drain();
    world.send(identify('ann', 'd-1'));
    await world.step(0);
    // The link and the event reach the device in one batch.
    world.send(by('d-1'));
    await world.drain();
    expect(told(world, 'user:ann')).toContain('entered buyer (merge)');
  });

  it('costs one record a batch, which names the first time, if it identifies often before the device knows', async () => {
    const world = new World();
    world.sendTogether([3, 1, 2].map((ms) => identify('ann', 'd-1', { messageId: `m-${ms}`, ...at(ms) })));
    await world.drain();
    expect(recordsOf(world, 'link')).toMatchObject([{ link: { messageId: 'm-1' } }]);
  });

  it('stays what it is for both when another writer was faster', async () => {
    const world = new World(someSegments);
    world.send(anOrder({ userId: undefined, anonymousId: 'd-1' }), identify('ann', 'd-1'));
    await world.drain();
    const before = told(world, 'user:ann');
    world.store.onWrite = (id) => {
      world.store.onWrite = () => 'none';
      const item = world.store.items.get(id);
      if (item !== undefined) world.store.items.set(id, { ...item, version: item.version + 1 });
      return 'none';
    };
    world.send(aTrack({ userId: 'ann' }));
    await world.drain();
    expect(told(world, 'user:ann')).toEqual([...before, 'entered busy (event)']);
  });

  it('has the person written for what changes their segments, and not for each event under the old id', async () => {
    const world = new World(someSegments);
    world.send(by('d-1'), by('d-1'), anOrder({ userId: 'ann' }), identify('ann', 'd-1'));
    await world.drain();
    const version = () => world.store.items.get('user:ann')?.version;
    const before = version();
    for (let n = 0; n < 5; n += 1) {
      world.send(by('d-1'));
      await world.drain();
    }
    expect(version()).toBe(before);
    expect(world.persons()[0]?.profile.eventCount).toBe(9);
  });

  it('costs no record when it identifies again and again', async () => {
    const world = new World();
    world.send(identify('ann', 'd-1', at(0)));
    await world.drain();
    const before = world.shards.flat().length;
    for (let n = 1; n <= 5; n += 1) world.send(identify('ann', 'd-1', at(n)));
    await world.drain();
    expect(world.shards.flat().length - before).toBe(5);
  });
});

describe('a user', () => {
  it('who is renamed keeps everything under the new name', async () => {
    const world = new World(someSegments);
    world.send(anOrder({ userId: 'old' }), by('d-1'), identify('old', 'd-1'));
    await world.drain();
    world.send(anAlias({ userId: 'new', previousId: 'old' }));
    await world.drain();
    expect(world.persons()).toMatchObject([
      {
        home: 'user:new',
        keys: ['anonymous:d-1', 'anonymous:old', 'user:new', 'user:old'],
        profile: { eventCount: 4 },
      },
    ]);
    expect(segmentsOf(world, 'user:new')).toEqual(['busy', 'buyer', 'fresh', 'seen-twice']);
    world.transitions();
  });

  it('who is split from a device stays split, and both are in segments for themselves', async () => {
    const world = new World(someSegments);
    world.send(anOrder({ userId: undefined, anonymousId: 'd-1' }), identify('ann', 'd-1'));
    await world.drain();
    world.publish({
      v: 1,
      kind: 'unlink',
      child: 'anonymous:d-1',
      parent: 'user:ann',
      reason: 'split',
      requestId: 'r-1',
      time: world.now,
    });
    world.send(identify('ann', 'd-1'));
    await world.drain();
    expect(keysOf(world)).toEqual([['anonymous:d-1'], ['user:ann']]);
    expect(segmentsOf(world, 'anonymous:d-1')).toEqual(['buyer', 'fresh']);
    expect(segmentsOf(world, 'user:ann')).toEqual(['fresh', 'not-buyer', 'seen-twice']);
    expect(told(world, 'anonymous:d-1').slice(-2).sort()).toEqual(['entered buyer (split)', 'entered fresh (split)']);
  });
});

describe('a key below others', () => {
  const email = { traits: { email: 'ann@example.org' } };

  it('that becomes a person of its own knows all below it', async () => {
    const world = new World(someSegments);
    world.send(anOrder({ userId: undefined, anonymousId: 'd-1' }), identify(undefined, 'd-1', email));
    world.send(anIdentify({ userId: 'ann', anonymousId: undefined, ...email }));
    await world.drain();
    expect(world.persons()).toMatchObject([{ home: 'user:ann' }]);
    const split = { reason: 'split', requestId: 'r-1', time: world.now } as const;
    world.publish({ v: 1, kind: 'unlink', child: 'email:ann@example.org', parent: 'user:ann', ...split });
    await world.drain();
    expect(world.persons()).toMatchObject([
      { home: 'email:ann@example.org', keys: ['anonymous:d-1', 'email:ann@example.org'] },
      { home: 'user:ann', keys: ['user:ann'] },
    ]);
    expect(segmentsOf(world, 'email:ann@example.org')).toEqual(['buyer', 'fresh', 'seen-twice']);
    expect(segmentsOf(world, 'user:ann')).toEqual(['fresh', 'not-buyer']);
  });

  it('that becomes the home of a ring of names knows all in it', async () => {
    const world = new World(someSegments);
    world.send(anOrder({ userId: 'ann' }), aTrack({ userId: 'bob' }));
    world.send(anAlias({ userId: 'ann', previousId: 'bob', ...at(-2_000) }));
    await world.drain();
    world.send(anAlias({ userId: 'bob', previousId: 'ann', ...at(-1_000) }));
    await world.drain();
    expect(world.persons()).toMatchObject([{ home: 'user:bob', profile: { eventCount: 4 } }]);
    expect(segmentsOf(world, 'user:bob')).toEqual(['busy', 'buyer', 'fresh', 'seen-twice']);
    expect(told(world, 'user:bob').filter((line) => line.startsWith('entered not-buyer'))).toHaveLength(1);
  });
});

describe('time', () => {
  const ofFresh = (world: World): Transition[] =>
    [...world.transitions().values()].flat().filter(({ segmentId }) => segmentId === 'fresh');

  it('takes a person out of a segment by itself, at the very moment that was due', async () => {
    const world = new World(someSegments);
    world.send(aTrack({ userId: 'ann', ...at(-600_000) }));
    await world.pass(HOUR);
    expect(segmentsOf(world, 'user:ann')).toEqual(['not-buyer']);
    const due = ARRIVAL - 600_000 + HOUR;
    const exited = { to: 'exited', at: due, cause: { type: 'time', time: due } };
    expect(ofFresh(world)).toMatchObject([{ to: 'entered' }, exited]);
  });

  it('is caught up with by an event that comes before the tick', async () => {
    const world = new World(someSegments);
    world.send(aTrack({ userId: 'ann', ...at(-600_000) }));
    await world.drain();
    world.now += 3 * HOUR;
    world.send(anOrder({ userId: 'ann', timestamp: new Date(world.now).toISOString() }));
    await world.drain();
    const due = ARRIVAL - 600_000 + HOUR;
    expect(ofFresh(world)).toMatchObject([
      { to: 'entered' },
      { to: 'exited', at: due, cause: { type: 'time', time: due } },
      { to: 'entered', at: world.now },
    ]);
    world.sweep();
    await world.drain();
    expect(ofFresh(world)).toHaveLength(3);
  });

  it('wakes a person once, though many events move the moment on', async () => {
    const world = new World(someSegments);
    for (let n = 0; n < 20; n += 1) {
      world.send(aTrack({ userId: 'ann', ...at(n * 60_000) }));
      world.now += 60_000;
      await world.drain();
    }
    expect(world.armed('user:ann')).toHaveLength(1);
  });

  it('writes nobody whose tick came too soon, and wakes them in time', async () => {
    const world = new World(someSegments);
    world.send(aTrack({ userId: 'ann', ...at(0) }));
    await world.drain();
    world.now += 1_800_000;
    world.send(aTrack({ userId: 'ann', ...at(1_800_000) }));
    await world.drain();
    const version = () => world.store.items.get('user:ann')?.version;
    const before = version();
    await world.pass(1_900_000);
    expect(version()).toBe(before);
    expect(segmentsOf(world, 'user:ann')).toContain('fresh');
    await world.pass(2 * HOUR);
    expect(segmentsOf(world, 'user:ann')).not.toContain('fresh');
  });

  it('has an event wake the person after a tick that came too soon, whatever became of the next one', async () => {
    const world = new World(someSegments);
    world.send(aTrack({ userId: 'ann', ...at(0) }));
    await world.drain();
    world.now += 1_800_000;
    world.send(aTrack({ userId: 'ann', ...at(1_800_000) }));
    await world.drain();
    await world.pass(1_900_000);
    world.lose();
    world.send(aTrack({ userId: 'ann', timestamp: new Date(world.now - 1_000).toISOString() }));
    await world.drain();
    expect(world.armed('user:ann')).not.toEqual([]);
  });

  it('wakes again a person whose tick was lost', async () => {
    const world = new World(someSegments);
    world.send(aTrack({ userId: 'ann' }));
    await world.drain();
    world.lose();
    world.now += 3 * HOUR;
    world.send(aTrack({ userId: 'ann', timestamp: new Date(world.now).toISOString() }));
    await world.pass(2 * HOUR);
    expect(segmentsOf(world, 'user:ann')).not.toContain('fresh');
  });

  it('wakes nobody who has become a part of another person', async () => {
    const world = new World(someSegments);
    world.send(by('d-1'), identify('ann', 'd-1'));
    await world.drain();
    const before = world.folded('anonymous:d-1');
    await world.pass(3 * HOUR);
    expect(world.folded('anonymous:d-1')).toEqual(before);
    expect(segmentsOf(world, 'user:ann')).toEqual(['not-buyer', 'seen-twice']);
  });
});
