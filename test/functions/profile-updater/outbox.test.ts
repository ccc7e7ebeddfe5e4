import { describe, expect, it } from 'vitest';
import type { Transition } from '../../../schemas/stream/control.ts';
import { ARRIVAL, anEnvelope, anIdentify, aRecord, aTrack } from '../../fixtures/events.ts';
import { aKinesisEvent, anUpdater, MemoryControlStream, MemoryProfileStore } from '../../fixtures/profiles.ts';
import { someSegments } from './scenarios.ts';
import { World } from './world.ts';

/** A world of one shard for events, and one for ticks, in which ann has sent an event. */
function aWorld(): World {
  const world = new World(someSegments, 1);
  world.send(aTrack({ userId: 'ann' }));
  return world;
}

/** Number of ann's first transition: the hundredth of a second of her first event. */
const FIRST = ARRIVAL / 10;

/** The numbers of ann's transitions, counted from her first. */
const numbersOf = (transitions: readonly Transition[]) => transitions.map(({ n }) => n - FIRST + 1);
const numbers = (world: World) => numbersOf(world.published());

describe('what an item has to say', () => {
  it('is said once, and not again by the next write', async () => {
    const world = aWorld();
    await world.drain();
    world.send(aTrack({ userId: 'ann' }));
    await world.drain();
    expect(numbers(world)).toEqual([1, 2, 3]);
  });

  it('is not said again by a sandbox that comes new to a later batch', async () => {
    const world = aWorld();
    await world.drain();
    world.restart();
    world.send(aTrack({ userId: 'ann' }));
    await world.drain();
    expect(numbers(world)).toEqual([1, 2, 3]);
  });

  it('is said by whoever is about to replace it, if the writer died before', async () => {
    const world = aWorld();
    world.dieAfter = 2;
    await world.step(0);
    expect(numbers(world)).toEqual([]);
    expect(world.folded('user:ann').audience.transitions).toBe(FIRST + 1);

    // The shard was split meanwhile: the consumer of another one is first to write the item again.
    await world.deliverOn('shardId-000000000007', {
      v: 1,
      kind: 'tick',
      at: world.now + 2 * 3_600_000,
      keys: ['user:ann'],
    });
    expect(numbers(world)).toEqual([1, 2, 3]);
    expect(world.folded('user:ann').outbox).toMatchObject({ shardId: 'shardId-000000000007' });
    await world.drain();
    world.transitions();
  });

  it('is said by the next batch of the shard, if the writer died before and its batch was given up', async () => {
    const world = aWorld();
    world.dieAfter = 2;
    await world.step(0);
    expect(world.folded('user:ann').audience.transitions).toBe(FIRST + 1);
    world.giveUp(0, 1);

    world.send(aTrack({ userId: 'ann' }));
    await world.drain();
    expect(numbers(world)).toEqual([1, 2, 3]);
    world.transitions();
  });

  it('is not said again by a sandbox that has said it, whichever shard it reads next', async () => {
    const stream = new MemoryControlStream();
    const readBody = async () => someSegments;
    const update = anUpdater(new MemoryProfileStore(), { stream, catalog: { readRevision: async () => 1, readBody } });
    for (const shardId of ['shardId-000000000001', 'shardId-000000000002']) {
      await update(aKinesisEvent([aRecord(anEnvelope([aTrack({ userId: 'ann' })]), { shardId })]));
    }
    const items = stream.records.flatMap((record) => (record.kind === 'transitions' ? record.items : []));
    expect(numbersOf(items)).toEqual([1, 2, 3]);
  });

  it('comes to rest though each batch is read by a new sandbox, and keys speak to each other', async () => {
    const world = new World(someSegments);
    for (const userId of ['ann', 'bob'])
      world.send(anIdentify({ userId, anonymousId: 'd-1', traits: { plan: 'pro' } }));
    for (const [previousId, userId] of ['ann bob', 'bob ann', 'ann ann'].map((ids) => ids.split(' '))) {
      world.send({ messageId: `alias-${previousId}-${userId}`, type: 'alias', previousId, userId });
    }
    for (let rounds = 0; world.shards.some((_, shard) => world.hasBacklog(shard)); rounds += 1) {
      expect(rounds).toBeLessThan(100);
      for (const shard of world.shards.keys()) {
        world.restart();
        await world.step(shard);
      }
    }
    world.transitions();
  });

  it('brings the batch back when it cannot be said', async () => {
    const world = aWorld();
    world.send(aTrack({ userId: 'bob' }));
    world.onPublish = () => {
      throw new Error('throttled');
    };
    await world.step(0);
    expect(world.hasBacklog(0)).toBe(true);
    world.onPublish = () => undefined;
    await world.drain();
    expect(world.transitions().size).toBe(2);
  });

  it('is said though another item of the batch cannot be written', async () => {
    const world = aWorld();
    world.send(aTrack({ userId: 'bob' }));
    world.store.onWrite = (id) => (id === 'user:bob' ? 'refused' : 'none');
    await world.step(0);
    expect(numbers(world)).toEqual([1, 2]);
    world.store.onWrite = () => 'none';
    await world.drain();
    expect(world.transitions().size).toBe(2);
  });

  it('goes out in several writes when a batch links very many keys', async () => {
    const world = new World();
    const devices = Array.from({ length: 90 }, (_, n) => `d-${n}`);
    world.sendTogether(devices.map((anonymousId) => anIdentify({ userId: 'ann', anonymousId, traits: {} })));
    await world.drain();
    expect(world.persons()).toMatchObject([{ home: 'user:ann', profile: { eventCount: 90 } }]);
    expect(world.persons()[0]?.keys).toHaveLength(91);
  });
});

describe('a due time', () => {
  it('is armed before the item that relies on it is written', async () => {
    const world = aWorld();
    const orders: string[] = [];
    const write = world.store.around;
    world.store.around = (bringAbout) => {
      orders.push(world.armed('user:ann').length > 0 ? 'armed' : 'not armed');
      return write(bringAbout);
    };
    await world.drain();
    expect(orders).toEqual(['armed']);
  });

  it('is armed again when the write took so long that the tick may have come before', async () => {
    const world = aWorld();
    const write = world.store.around;
    world.store.around = async (bringAbout) => {
      world.now += 20_000;
      world.lose();
      return write(bringAbout);
    };
    await world.drain();
    expect(world.armed('user:ann')).toHaveLength(1);
  });
});

describe('a barrier', () => {
  it('is marked on each shard once all before it was written and said', async () => {
    const world = new World(someSegments);
    world.send(aTrack({ userId: 'ann' }), aTrack({ userId: 'bob' }));
    world.putBarrier('b-1');
    await world.drain();
    expect(world.marks.sort()).toEqual(['b-1 0', 'b-1 1', 'b-1 2']);
  });

  it('is not marked while something before it is unwritten or unsaid', async () => {
    const world = aWorld();
    world.putBarrier('b-1');
    world.store.onWrite = () => 'refused';
    await world.step(0);
    expect(world.marks).toEqual([]);
    world.store.onWrite = () => 'none';
    world.onPublish = () => {
      throw new Error('throttled');
    };
    await world.step(0);
    expect(world.marks).toEqual([]);
    world.onPublish = () => undefined;
    await world.drain();
    expect(world.marks).toEqual(['b-1 0']);
  });

  it('is marked when what failed lies behind it', async () => {
    const world = aWorld();
    world.putBarrier('b-1');
    world.send(aTrack({ userId: 'bob' }));
    world.store.onWrite = (id) => (id === 'user:bob' ? 'refused' : 'none');
    await world.step(0);
    expect(world.marks).toEqual(['b-1 0']);
    expect(world.hasBacklog(0)).toBe(true);
  });

  it('comes again when it cannot be marked', async () => {
    const world = aWorld();
    world.putBarrier('b-1');
    world.onMark = () => {
      throw new Error('throttled');
    };
    await world.step(0);
    expect(world.hasBacklog(0)).toBe(true);
    world.onMark = () => undefined;
    await world.drain();
    expect(world.marks).toEqual(['b-1 0']);
  });
});
