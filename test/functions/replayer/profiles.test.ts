import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReplayRequest } from '../../../schemas/replay.ts';
import { decodeProfile, encodeProfile } from '../../../shared/profile/state.ts';
import { expectEqualProfiles } from '../../shared/profile/equal-profiles.ts';
import { type Happening, joinedPersons, someSegments } from '../profile-updater/scenarios.ts';
import type { PersonAtEnd } from '../profile-updater/world.ts';
import { ReplayWorld } from './a-world.ts';

const HOUR = 3_600_000;
const everybody: ReplayRequest = {
  kind: 'profiles',
  days: { from: '2026-01-01', to: '2026-12-31' },
  isDry: false,
};

/** Lets happenings happen: all is taken in before time passes. */
async function play(world: ReplayWorld, happenings: readonly Happening[]): Promise<void> {
  for (const happening of happenings) {
    if ('send' in happening) world.live.send(happening.send);
    else if ('overtake' in happening) {
      world.live.now += happening.overtake;
      world.live.sweep();
    } else {
      await world.drain();
      await world.live.pass(happening.pass);
    }
  }
}

/** Spoils what is stored of a key's events, as a fold with a fault would have. */
function spoil(world: ReplayWorld, key: string): void {
  const item = world.live.store.items.get(key);
  const folded = item && decodeProfile(item);
  if (item === undefined || folded?.profile === undefined) return;
  folded.profile.eventCount += 7;
  folded.profile.counters.clear();
  folded.profile.traits.clear();
  folded.tracks.clear();
  const { textBytes: _, ...encoded } = encodeProfile(folded);
  world.live.store.items.set(key, { ...item, ...encoded, version: item.version + 1, token: 'spoilt' });
}

function expectSamePersons(found: readonly PersonAtEnd[], expected: readonly PersonAtEnd[]): void {
  expect(found.map(({ profile: _, ...person }) => person)).toEqual(expected.map(({ profile: _, ...person }) => person));
  for (const [at, { profile }] of found.entries()) {
    expectEqualProfiles(profile, (expected[at] as PersonAtEnd).profile);
  }
}

/** The end of a day on which everything was taken in and has come about. */
async function end(world: ReplayWorld): Promise<ReplayWorld> {
  await world.drain();
  await world.live.pass(5 * HOUR);
  await world.drain();
  return world;
}

async function aWorld(happenings: readonly Happening[]): Promise<ReplayWorld> {
  const world = new ReplayWorld(someSegments);
  await play(world, happenings);
  await world.drain();
  return world;
}

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
        const transitions = world.live.transitions();
        const { state, counts } = await world.replay(everybody);
        expect([state, counts.differs ?? 0, world.pauses]).toEqual(['done', 0, 0]);
        expect(world.live.store.items).toEqual(before);
        await end(world);
        const other = await end(await aWorld(happenings));
        expectSamePersons(world.live.persons(), other.live.persons());
        expect([...world.live.transitions().keys()]).toEqual(expect.arrayContaining([...transitions.keys()]));
      }),
      { numRuns: 40 },
    );
  }, 120_000);

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
  }, 120_000);

  it('take in what comes meanwhile, however fast each consumer is', async () => {
    const turns = fc.array(
      fc.tuple(fc.constantFrom('updater', 'lake', 'send'), fc.nat(2), fc.integer({ min: 1, max: 4 })),
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
  }, 120_000);

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
  }, 240_000);
});
