import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
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
        expect(world.live.store.items).toEqual(before);
        await end(world);
        const other = await end(await aWorld(happenings));
        expectSamePersons(world.live.persons(), other.live.persons());
        expect(world.live.transitions()).toEqual(other.live.transitions());
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
