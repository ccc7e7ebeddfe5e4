import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../fixtures/events.ts';
import { expectEqualProfiles } from '../../shared/profile/equal-profiles.ts';
import { joinedPersons, someSegments } from './scenarios.ts';
import { World } from './world.ts';

const idOf = (message: Message): string => String(message.userId ?? message.anonymousId);

/** The messages in another order, in which those of one id keep theirs: as other shards would bring them. */
const reordered = (messages: readonly Message[]) =>
  fc.shuffledSubarray([...messages], { minLength: messages.length }).map((shuffled) => {
    const queues = Map.groupBy(messages, idOf);
    return shuffled.map((message) => queues.get(idOf(message))?.shift() as Message);
  });

async function play(messages: readonly Message[], sizes: readonly number[], turns: readonly number[]): Promise<World> {
  const world = new World(someSegments);
  for (const [place, message] of messages.entries()) {
    world.send(message);
    if (place % 3 === 2) await world.step((turns[place % turns.length] ?? 0) % 3, sizes[0]);
  }
  await world.drain(sizes, turns);
  await world.pass(6 * 3_600_000);
  world.transitions();
  return world;
}

describe('the order in which shards are read', () => {
  it('decides neither who is one person, nor what is known of them, nor which segments they are in at last', async () => {
    const run = joinedPersons
      .map((happenings) => happenings.flatMap((happening): Message[] => ('send' in happening ? [happening.send] : [])))
      .chain((messages) =>
        fc.record({
          messages: fc.constant(messages),
          other: reordered(messages),
          sizes: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 }),
          turns: fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 7 }),
        }),
      );
    await fc.assert(
      fc.asyncProperty(run, async ({ messages, other, sizes, turns }) => {
        const expected = (await play(messages, [1_000], [0, 1, 2])).persons();
        const persons = (await play(other, sizes, turns)).persons();
        const outline = (all: typeof persons) => all.map(({ home, keys, segments }) => ({ home, keys, segments }));
        expect(outline(persons)).toEqual(outline(expected));
        for (const [place, { profile }] of persons.entries()) {
          expectEqualProfiles(profile, (expected[place] as (typeof expected)[number]).profile);
        }
      }),
      { numRuns: 120 },
    );
  });
});
