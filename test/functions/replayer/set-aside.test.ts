import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anIdentify, anOrder, aTrack } from '../../fixtures/events.ts';
import { joinedPersons } from '../profile-updater/scenarios.ts';
import type { ReplayWorld } from './a-world.ts';
import { aWorld, end, everybody, expectSamePersons, HOUR, play } from './plays.ts';

const setAside = { kind: 'setAside', isDry: false } as const;
const rowsOf = (world: ReplayWorld, table: string) =>
  world.lake
    .rows(table)
    .map((row) => `${row.message_id} ${row.profile_key ?? ''}`)
    .sort();

/** A consumer that gives up a batch. */
const losses = fc.array(
  fc.record({
    consumer: fc.constantFrom('updates' as const, 'landing' as const),
    shard: fc.nat(2),
    size: fc.integer({ min: 1, max: 5 }),
    /** Effects after which the updater died at its last try; 0: it never came to any. */
    effects: fc.nat(6),
  }),
  { minLength: 1, maxLength: 6 },
);

describe('batches that were set aside', () => {
  it('are put back for the consumer that gave them up: profiles and lake are as if nothing had been', async () => {
    await fc.assert(
      fc.asyncProperty(joinedPersons, losses, async (happenings, given) => {
        const world = await aWorld([]);
        await play(
          world,
          happenings.filter((happening) => 'send' in happening),
        );
        for (const { consumer, shard, size, effects } of given) {
          if (consumer === 'updates') await world.dieHalfway(shard, size, effects);
          world.giveUp(consumer, shard, size);
        }
        await world.drain();
        for (let times = 0; times < 2; times += 1) {
          expect(await world.replay(setAside)).toMatchObject({ state: 'done' });
          await world.drain();
        }
        expect(world.setAside.size).toBe(0);
        await end(world);
        world.live.transitions();

        const other = await aWorld(happenings.filter((happening) => 'send' in happening));
        await end(other);
        expectSamePersons(world.live.persons(), other.live.persons());
        for (const table of ['raw_landed', 'events_landed', 'failed_events_landed']) {
          expect(rowsOf(world, table)).toEqual(rowsOf(other, table));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('have an item say what it had to say when its writer died', async () => {
    const world = await aWorld([]);
    world.live.send(aTrack({ userId: 'ann' }), aTrack({ userId: 'ann' }));
    const shard = world.live.shards.findIndex((records) => records.length > 0);
    for (let effects = 1; !world.live.store.items.has('user:ann'); effects += 1) {
      world.live.dieAfter = world.live.effects + effects;
      await world.live.step(shard);
    }
    world.giveUp('updates', shard, 9);
    // Back to the shard of the person's events, where later batches pass for proof that earlier ones were acknowledged.
    for (const [key, object] of world.setAside) {
      world.setAside.set(
        key,
        Buffer.from(object.toString().replaceAll('partitionKey\\":\\"any', 'partitionKey\\":\\"ann')),
      );
    }
    expect(world.live.published()).toEqual([]);
    await world.replay(setAside);
    await world.drain();
    expect(world.live.published().map(({ segmentId }) => segmentId)).toContain('seen-twice');
    world.live.transitions();
  });

  it('that are too old to tell what was counted are counted by folding the profiles anew', async () => {
    const world = await aWorld([]);
    world.live.send(
      anIdentify({ userId: 'ann', anonymousId: 'd-1' }),
      aTrack({ userId: 'ann' }),
      anOrder({ userId: 'bob' }),
    );
    for (const shard of world.live.shards.keys()) world.giveUp('updates', shard, 9);
    await world.drain();
    expect(world.live.persons()).toEqual([]);
    world.live.now += 30 * HOUR;
    expect(await world.replay({ ...setAside, isDry: true })).toMatchObject({
      state: 'done',
      counts: { batches: world.setAside.size },
    });
    const { state, counts } = await world.replay(setAside);
    expect(state).toBe('done');
    expect(counts).toMatchObject({ differs: 2 });
    await world.drain();
    const found = world.live.persons();
    expect(found.map(({ home, keys, profile }) => [home, keys, profile.eventCount])).toEqual([
      ['user:ann', expect.arrayContaining(['anonymous:d-1', 'user:ann']), 2],
      ['user:bob', ['user:bob'], 1],
    ]);
    expect(found.map(({ segments }) => segments)).toEqual([
      expect.arrayContaining(['seen-twice', 'pro']),
      expect.arrayContaining(['buyer']),
    ]);
    expect(await world.replay(everybody)).toMatchObject({ counts: { same: 2 } });
  });

  it('of the lake-writer keep profiles from being folded anew without them', async () => {
    const world = await aWorld([]);
    world.live.send(aTrack({ userId: 'ann' }));
    for (const shard of world.live.shards.keys()) world.giveUp('landing', shard, 9);
    await world.drain();
    expect(await world.replay(everybody)).toMatchObject({
      state: 'failed',
      failure: expect.stringContaining('--set-aside'),
    });
    await world.replay(setAside);
    await world.drain();
    expect(await world.replay(everybody)).toMatchObject({ state: 'done', counts: { same: 1 } });
  });

  it('that nobody can read are named, and left', async () => {
    const world = await aWorld([]);
    world.setAside.set('aws/lambda/notes.txt', Buffer.from('hello'));
    expect(await world.replay(setAside)).toMatchObject({
      state: 'failed',
      failure: expect.stringContaining('notes.txt'),
    });
    expect(world.setAside.size).toBe(1);
  });
});
