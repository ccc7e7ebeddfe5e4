import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Happening, joinedPersons, separatePersons, someSegments } from './scenarios.ts';
import { World } from './world.ts';

interface Play {
  readonly happenings: readonly Happening[];
  /** Sizes of batches, in turn. */
  readonly sizes: readonly number[];
  /** Shards whose consumers run, in turn. */
  readonly turns: readonly number[];
  /** The effect after which the sandbox is killed. */
  readonly dieAfter?: number;
}

/** Plays a scenario to its end, when everything has been taken in and all that was due has come about. */
async function play({ happenings, sizes, turns, dieAfter = Number.POSITIVE_INFINITY }: Play): Promise<World> {
  const world = new World(someSegments);
  world.dieAfter = dieAfter;
  for (const happening of happenings) {
    if ('send' in happening) {
      world.send(happening.send);
    } else if ('overtake' in happening) {
      world.now += happening.overtake;
      world.sweep();
      await world.step((turns[0] ?? 0) % world.shards.length, sizes[0]);
    } else {
      await world.drain(sizes, turns);
      await world.pass(happening.pass);
    }
  }
  await world.drain(sizes, turns);
  await world.pass(5 * 3_600_000);
  return world;
}

const turns = fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 6 });
const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });

describe('a sandbox that is killed after any of its effects', () => {
  it('loses and doubles nothing: each person has the same profile and the same transitions', async () => {
    await fc.assert(
      fc.asyncProperty(fc.record({ happenings: separatePersons, sizes, turns }), async (run) => {
        const expected = await play(run);
        for (let effect = 1; effect <= expected.effects; effect += 1) {
          const world = await play({ ...run, dieAfter: effect });
          expect(world.persons(), `killed after effect ${effect}`).toEqual(expected.persons());
          expect(world.transitions(), `killed after effect ${effect}`).toEqual(expected.transitions());
        }
      }),
      { numRuns: 15 },
    );
  });

  it('leaves no person half joined: keys, profile and segments are the same, and transitions lead there', async () => {
    await fc.assert(
      fc.asyncProperty(fc.record({ happenings: joinedPersons, sizes, turns }), async (run) => {
        const expected = await play(run);
        expected.transitions();
        for (let effect = 1; effect <= expected.effects; effect += 1) {
          const world = await play({ ...run, dieAfter: effect });
          expect(world.persons(), `killed after effect ${effect}`).toEqual(expected.persons());
          world.transitions();
        }
      }),
      { numRuns: 15 },
    );
  });
});
