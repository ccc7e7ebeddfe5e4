import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReceivedRecord } from '../../../shared/clean/cleaned-record.ts';
import { controlOf } from '../../../shared/stream/read-stream.ts';
import { anIdentify } from '../../fixtures/events.ts';
import { type Happening, joinedPersons, someSegments } from './scenarios.ts';
import { World } from './world.ts';

const HOUR = 3_600_000;

async function play(world: World, happenings: readonly Happening[]): Promise<void> {
  for (const happening of happenings) {
    if ('send' in happening) world.send(happening.send);
    if ('pass' in happening) await world.pass(happening.pass);
  }
  await world.drain();
}

const speaksTo = (key: string) => (record: ReceivedRecord) => {
  const control = controlOf(record);
  return control?.kind === 'part' && control.to === key;
};
const outline = (world: World) => world.persons().map(({ home, keys, segments }) => ({ home, keys, segments }));

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

  it('leads to the same persons in the same segments, whichever shard is ahead of others', async () => {
    const run = fc.record({
      before: joinedPersons,
      after: joinedPersons,
      sizes: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 }),
      turns: fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 7 }),
    });
    await fc.assert(
      fc.asyncProperty(run, async ({ before, after, sizes, turns }) => {
        const world = new World(someSegments);
        await play(world, before);
        const moment = world.backUp();
        await play(world, after);
        await world.pass(6 * HOUR);
        const expected = outline(world);

        world.restore(moment);
        await world.drain(sizes, turns);
        await world.pass(6 * HOUR);

        expect(outline(world)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });
});
