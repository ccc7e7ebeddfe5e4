import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Key } from '../../../schemas/stream/control.ts';
import type { ReceivedRecord } from '../../../shared/clean/cleaned-record.ts';
import { keysOf } from '../../../shared/identity/subtree.ts';
import { controlOf } from '../../../shared/stream/read-stream.ts';
import { anAlias, anIdentify, aTrack } from '../../fixtures/events.ts';
import { type Happening, joinedPersons, someSegments } from './scenarios.ts';
import { World } from './world.ts';

const HOUR = 3_600_000;

/** What a history makes of the world; each message by itself, so that a key is told of them as often as can be. */
async function play(world: World, happenings: readonly Happening[]): Promise<void> {
  for (const happening of happenings) {
    if ('send' in happening) world.send(happening.send);
    await world.drain();
    if ('pass' in happening) await world.pass(happening.pass);
  }
}

/** Begins with a name in the middle: what it says of itself and of its devices is told to the name after it. */
const renamedPersons = joinedPersons.map((happenings): Happening[] => [
  { send: anAlias({ userId: 'ann', previousId: 'bob', messageId: 'renamed' }) },
  ...happenings,
]);

const speaksTo = (key: string) => (record: ReceivedRecord) => {
  const control = controlOf(record);
  return control?.kind === 'part' && control.to === key;
};
const outline = (world: World) =>
  world.persons().map(({ home, keys, segments }) => ({ home, keys, known: knownAt(world, home), segments }));
/** The keys of a person by what the home was told. */
const knownAt = (world: World, home: Key) => [...keysOf(world.folded(home).identity, home)].sort();

describe('a stream that is read again after items went back to a moment', () => {
  it('has a person looked at again whose other key was not there yet when its report of the first time came', async () => {
    const world = new World(someSegments);
    world.send(anIdentify({ userId: undefined, anonymousId: 'd-2', traits: { email: 'ann@example.org' } }));
    await world.drain();
    const expected = outline(world);
    expect(expected).toMatchObject([{ home: 'email:ann@example.org', segments: ['fresh', 'not-buyer'] }]);

    world.restore(new Map());
    const [home = 0] = [0, 1, 2].filter((shard) => world.shards[shard]?.some(speaksTo('email:ann@example.org')));
    await world.step(home);
    await world.drain();

    expect(outline(world)).toEqual(expected);
  });

  it('has a name in the middle be heard that is told of a device, though it said less than the first time', async () => {
    const world = new World(someSegments);
    const identify = (anonymousId: string) => anIdentify({ userId: 'bob', anonymousId, traits: {} });
    world.send(identify('d-1'), anAlias({ userId: 'ann', previousId: 'bob' }));
    await world.drain();
    const moment = world.backUp();
    for (let count = 0; count < 5; count += 1) {
      world.send(aTrack({ userId: 'bob' }));
      await world.drain();
    }
    world.send(identify('d-2'));
    await world.drain();

    world.restore(moment);
    await world.drain();
    world.send(identify('d-3'));
    await world.drain();

    const keys = ['anonymous:bob', 'anonymous:d-1', 'anonymous:d-2', 'anonymous:d-3', 'user:ann', 'user:bob'];
    expect(outline(world)).toMatchObject([{ home: 'user:ann', keys, known: keys }]);
  });

  it('leads to the same persons in the same segments, whichever shard is ahead of others', async () => {
    const run = fc.record({
      before: fc.oneof(joinedPersons, renamedPersons),
      after: joinedPersons,
      later: joinedPersons,
      sizes: fc.array(fc.constantFrom(1, 2, 6, 100), { minLength: 1, maxLength: 3 }),
      turns: fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 7 }),
    });
    await fc.assert(
      fc.asyncProperty(run, async ({ before, after, later, sizes, turns }) => {
        const undisturbed = new World(someSegments);
        for (const part of [before, after, later]) await play(undisturbed, part);
        await undisturbed.pass(6 * HOUR);

        const world = new World(someSegments);
        await play(world, before);
        const moment = world.backUp();
        await play(world, after);
        world.restore(moment);
        await world.drain(sizes, turns);
        await play(world, later);
        await world.pass(6 * HOUR);

        expect(outline(world)).toEqual(outline(undisturbed));
      }),
      { numRuns: 60 },
    );
  });
});
