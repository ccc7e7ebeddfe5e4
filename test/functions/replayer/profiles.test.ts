import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProfileItem } from '../../../functions/adapters/profile-store.ts';
import { decodeProfile, encodeProfile } from '../../../shared/profile/state.ts';
import { ARRIVAL, anIdentify, aTrack } from '../../fixtures/events.ts';
import { type Happening, joinedPersons } from '../profile-updater/scenarios.ts';
import { aWorld, end, everybody, expectSamePersons, HOUR, spoil } from './plays.ts';

/** Messages that come again, within the day or after it. */
const withResends = (happenings: fc.Arbitrary<Happening[]>) =>
  fc
    .tuple(happenings, fc.array(fc.tuple(fc.nat(20), fc.constantFrom(0, HOUR, 26 * HOUR)), { maxLength: 3 }))
    .map(([list, resends]) => {
      const sends = list.filter((happening) => 'send' in happening);
      const again = resends.flatMap(([n, pass]): Happening[] => {
        const send = sends[n % Math.max(1, sends.length)];
        return send === undefined ? [] : [{ pass }, send];
      });
      return [...list, ...again];
    });

describe('profiles that are folded anew from raw', () => {
  it('are what they were, with no write and no transition, when nothing was wrong with them', async () => {
    await fc.assert(
      fc.asyncProperty(withResends(joinedPersons), async (happenings) => {
        const world = await aWorld(happenings);
        const before = new Map(world.live.store.items);
        const { state, counts } = await world.replay(everybody);
        expect([state, counts.differs ?? 0, world.pauses]).toEqual(['done', 0, 0]);
        expect([...world.files.keys()].filter((key) => key.startsWith('replays/'))).toEqual([]);
        expect(world.live.store.items).toEqual(before);
        await end(world);
        const other = await end(await aWorld(happenings));
        expectSamePersons(world.live.persons(), other.live.persons());
        expect(world.live.transitions()).toEqual(other.live.transitions());
      }),
      { numRuns: 40 },
    );
  });

  it('are mended, people of one key beside live events, people of several in a pause', async () => {
    await fc.assert(
      fc.asyncProperty(withResends(joinedPersons), fc.array(fc.nat(9), { minLength: 1 }), async (happenings, picks) => {
        const world = await aWorld(happenings);
        const keys = [...world.live.store.items.keys()].sort();
        for (const pick of picks) spoil(world, keys[pick % keys.length] as string);
        const { state } = await world.replay(everybody);
        expect(state).toBe('done');
        expect(world.isEnabled).toBe(true);
        await end(world);
        world.live.transitions();
        expectSamePersons(world.live.persons(), (await end(await aWorld(happenings))).live.persons());
      }),
      { numRuns: 60 },
    );
  });

  it('are none of people who were erased, though the lake still has their messages', async () => {
    const sends = ['ann', 'bob', 'cid'].map((userId) => ({ send: aTrack({ userId }) }));
    const world = await aWorld(sends);
    world.live.store.items.clear();
    const erased = (suppress: boolean) => ({
      erased: { requestId: 'r', at: world.live.now + HOUR, suppress },
      consent: {},
    });
    world.live.register.set('user:ann', erased(true)).set('user:cid', erased(false));
    const { state } = await world.replay(everybody);
    expect(state).toBe('done');
    expect([...world.live.store.items.keys()]).toEqual(['user:bob']);
  });

  it('take in what comes meanwhile, however fast each consumer is', async () => {
    const turns = fc.array(
      fc.tuple(
        fc.constantFrom('updater', 'lake', 'send', 'updater', 'lake', 'send', 'enable'),
        fc.nat(2),
        fc.integer({ min: 1, max: 4 }),
      ),
      {
        maxLength: 60,
      },
    );
    const skew = fc.constantFrom(0, -HOUR);
    await fc.assert(
      fc.asyncProperty(
        joinedPersons,
        joinedPersons,
        turns,
        fc.nat(9),
        skew,
        async (before, during, todo, pick, ahead) => {
          const messages = during.flatMap((happening) => ('send' in happening ? [happening.send] : []));
          const world = await aWorld(before);
          const keys = [...world.live.store.items.keys()].sort();
          spoil(world, keys[pick % keys.length] as string);
          world.skew = ahead;
          const left = [...messages];
          const waiting = [...todo];
          world.onTurn = async () => {
            const [what, shard = 0, size = 1] = waiting.shift() ?? [];
            const next = what === 'send' ? left.shift() : undefined;
            if (next !== undefined) world.live.send(next);
            if (what === 'updater') await world.step(shard, size);
            if (what === 'lake') world.land(shard, size);
            // As by a runtime that starts anew, or somebody who does not know better.
            if (what === 'enable') world.isEnabled = true;
          };
          expect((await world.replay(everybody)).state).toBe('done');
          world.live.send(...left);
          await end(world);
          world.live.transitions();

          const other = await aWorld(before);
          other.live.send(...messages);
          expectSamePersons(world.live.persons(), (await end(other)).live.persons());
        },
      ),
      { numRuns: 60 },
    );
  });

  it('come to the same when the replay is killed after any of its effects, and when it is done twice', async () => {
    await fc.assert(
      fc.asyncProperty(joinedPersons, fc.nat(9), async (happenings, pick) => {
        const expected = (await end(await aWorld(happenings))).live.persons();
        const start = async () => {
          const world = await aWorld(happenings);
          const keys = [...world.live.store.items.keys()].sort();
          spoil(world, keys[pick % keys.length] as string);
          await world.start(everybody);
          return world;
        };
        const whole = await start();
        const { calls } = await whole.run();
        for (let killAt = 1; killAt <= calls; killAt += 3) {
          const world = await start();
          await world.run(killAt);
          for (let runs = 0; (await world.run()).answer?.replay?.state === 'running'; runs += 1)
            expect(runs).toBeLessThan(9);
          const again = await world.replay(everybody);
          expect(again.counts.differs ?? 0, `killed at call ${killAt}`).toBe(0);
          expect(world.isEnabled).toBe(true);
          await end(world);
          world.live.transitions();
          expectSamePersons(world.live.persons(), expected);
        }
      }),
      { numRuns: 6, endOnFailure: true },
    );
  });

  it('wait for a pause when live updates have applied what the lake had not yet', async () => {
    const world = await aWorld([{ send: aTrack({ userId: 'ann' }) }]);
    spoil(world, 'user:ann');
    world.onAnswer = async () => {
      if (world.pauses > 0 || world.queries.size > 1) return;
      world.live.send(aTrack({ userId: 'ann' }));
      await world.live.drain();
    };
    expect((await world.replay(everybody)).counts).toMatchObject({ waiting: 1, differs: 1 });
    expect(world.pauses).toBe(1);
    await world.drain();
    expect(world.live.folded('user:ann').profile?.eventCount).toBe(2);
  });

  it('are told by a dry run, which changes nothing', async () => {
    const world = await aWorld([{ send: aTrack({ userId: 'ann' }) }, { send: aTrack({ userId: 'bob' }) }]);
    spoil(world, 'user:ann');
    const before = new Map(world.live.store.items);
    const { counts } = await world.replay({ ...everybody, isDry: true });
    expect(counts).toMatchObject({ read: 2, same: 1, differs: 1, fewer: 1 });
    expect(world.live.store.items).toEqual(before);
    expect([world.pauses, world.live.shards.some((_, shard) => world.live.hasBacklog(shard))]).toEqual([0, false]);
  });

  it('are those of people of whom something arrived in the days asked for, whole', async () => {
    const world = await aWorld([
      { send: aTrack({ userId: 'ann' }) },
      { send: aTrack({ userId: 'bob' }) },
      { pass: 48 * HOUR },
      // Lands what came of that.
      { pass: 0 },
      { send: aTrack({ userId: 'ann' }) },
    ]);
    for (const key of ['user:ann', 'user:bob']) spoil(world, key);
    const day = new Date(world.live.now).toISOString().slice(0, 10);
    expect((await world.replay({ ...everybody, days: { from: day, to: day } })).counts).toMatchObject({ differs: 1 });
    expect(world.live.folded('user:ann').profile?.eventCount).toBe(2);
    expect(world.live.folded('user:bob').profile?.eventCount).toBe(8);
  });

  it('are emptied when cleaning has come to give their events to others', async () => {
    const world = await aWorld([{ send: aTrack({ userId: 'old' }) }, { send: aTrack({ userId: 'old' }) }]);
    expect(world.live.folded('user:old').audience.memberships.size).toBeGreaterThan(0);
    for (const row of world.lake.rows('raw_landed')) row.payload = String(row.payload).replace('"old"', '"new"');
    expect((await world.replay(everybody)).counts).toMatchObject({ differs: 2 });
    await world.drain();
    expect(world.live.persons().map(({ home, profile }) => [home, profile.eventCount])).toEqual([['user:new', 2]]);
    expect(world.live.folded('user:old').audience.memberships.size).toBe(0);
    world.live.transitions();
  });

  it('keep the rows of definitions that came after the catalog was read', async () => {
    const world = await aWorld([{ send: aTrack({ userId: 'ann' }) }]);
    spoil(world, 'user:ann');
    const item = world.live.store.items.get('user:ann') as ProfileItem;
    const folded = decodeProfile(item);
    folded.tracks.set('0123456789', [[ARRIVAL, 'abcdef01']]);
    const { textBytes: _, ...encoded } = encodeProfile(folded);
    world.live.store.items.set('user:ann', { ...item, ...encoded, version: item.version + 1 });
    await world.replay(everybody);
    expect(world.live.folded('user:ann').tracks.get('0123456789')).toEqual([[ARRIVAL, 'abcdef01']]);
  });
});

describe('a pause of live updates', () => {
  const joined = [
    { send: aTrack({ userId: undefined, anonymousId: 'd-1' }) },
    { send: anIdentify({ userId: 'ann', anonymousId: 'd-1' }) },
  ];
  const paused = async () => {
    const world = await aWorld(joined);
    spoil(world, 'user:ann');
    return world;
  };

  it('ends after some minutes though the lake stands still, and the replay says so after some of them', async () => {
    const world = await paused();
    let longest = 0;
    let since: number | undefined;
    world.onTurn = () => {
      world.isLakeStuck = world.pauses > 0;
      since = world.isEnabled ? undefined : (since ?? world.waited);
      longest = Math.max(longest, world.waited - (since ?? world.waited));
    };
    const { state, failure } = await world.replay(everybody);
    expect([state, failure]).toEqual(['failed', expect.stringContaining('lake-writer')]);
    expect([world.isEnabled, world.pauses]).toEqual([true, 10]);
    expect(longest).toBeGreaterThan(500_000);
    expect(longest).toBeLessThan(700_000);
  });

  it('ends when Athena fails', async () => {
    const world = await paused();
    world.failsQuery = () => world.pauses > 0;
    expect(await world.replay(everybody)).toMatchObject({
      state: 'failed',
      failure: expect.stringContaining('Athena'),
    });
    expect(world.isEnabled).toBe(true);
  });

  it('begins anew when somebody ends it before it is over', async () => {
    const world = await paused();
    world.onAnswer = async () => {
      if (world.pauses !== 1) return;
      world.isEnabled = true;
      world.live.send(aTrack({ userId: 'ann' }));
      await world.live.drain();
    };
    expect((await world.replay(everybody)).state).toBe('done');
    await world.drain();
    expect([world.pauses, world.live.folded('user:ann').profile?.eventCount]).toEqual([2, 2]);
  });

  it('is not begun when somebody else has stopped live updates', async () => {
    const world = await paused();
    world.isEnabled = false;
    expect(await world.replay(everybody)).toMatchObject({
      state: 'failed',
      failure: expect.stringContaining('enable'),
    });
    expect(world.isEnabled).toBe(false);
  });
});
