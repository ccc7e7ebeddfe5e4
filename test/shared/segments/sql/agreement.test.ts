import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Condition, ConditionSegment } from '../../../../schemas/segment/definition.ts';
import { manyMembersSql, membersSql } from '../../../../shared/segments/sql/members.ts';
import { aLake, type TestLake } from './a-lake.ts';
import { segments, tagSegment } from './arbitrary-definition.ts';
import { type History, histories, renamed } from './arbitrary-history.ts';
import { realtime } from './realtime.ts';
import { moments } from './value-pools.ts';

let lake: TestLake;
beforeAll(async () => {
  lake = await aLake();
});
afterAll(() => lake[Symbol.asyncDispose]());

const ROUNDS = 20;
const SEGMENTS = 40;
const HISTORY_SETS = 4;

const historySets = fc
  .array(histories, { minLength: HISTORY_SETS, maxLength: HISTORY_SETS })
  .map((sets) => sets.map((set, at) => set.map((history, place) => renamed(history, `-${at}.${place}`))));

/** How often conditions of a kind held, in a way that shows whether the generated histories put them to the test. */
const verdicts = new Map<Condition['type'] | 'all of them', { held: number; all: number }>();

function note(type: Condition['type'], isMember: boolean): void {
  for (const each of [type, 'all of them'] as const) {
    const known = verdicts.get(each) ?? { held: 0, all: 0 };
    verdicts.set(each, { held: known.held + (isMember ? 1 : 0), all: known.all + 1 });
  }
}

async function land(people: readonly History[]): Promise<void> {
  const personOf = people.flatMap(({ home, events }) => events.map(({ profileKey }) => [profileKey, home] as const));
  await lake.write(
    people.flatMap(({ events }) => events),
    new Map(personOf),
  );
}

/** The segments of each person by home key, from one query. */
async function membersInLake(definitions: readonly ConditionSegment[], asOf: number): Promise<Map<string, string[]>> {
  const ids = definitions.map(({ id }) => id);
  const { sql } = manyMembersSql(definitions, ids, { asOf });
  const rows = await lake.rows(sql);
  return new Map(rows.map(([key, ...is]) => [key ?? '', ids.filter((_, at) => is[at] === 'true')]));
}

/** Leaves out events for as long as the two disagree, so that a report shows those that matter. */
async function fewestEvents(history: History, agree: (history: History) => Promise<boolean>): Promise<History> {
  for (const event of history.events) {
    const fewer = { ...history, events: history.events.filter((each) => each !== event) };
    if (fewer.events.length > 0 && !(await agree(fewer))) return fewestEvents(fewer, agree);
  }
  return history;
}

test('a definition has the same members in realtime and in the lake', async () => {
  let pairs = 0;
  const property = async (definitions: ConditionSegment[], sets: History[][], asOf: number) => {
    await land(sets.flat());
    const members = await membersInLake(definitions, asOf);
    const membershipsOf = realtime(definitions);
    pairs += definitions.length * sets.length;

    for (const person of sets.flat()) {
      const live = membershipsOf(person, asOf);
      for (const { id, condition } of definitions) note(condition.type, live.has(id));
      const inLake = members.get(person.home) ?? [];
      const apart = definitions.find(({ id }) => live.has(id) !== inLake.includes(id));
      if (apart === undefined) continue;
      const { events } = await fewestEvents(person, async (fewer) => {
        await land([fewer]);
        const again = (await membersInLake(definitions, asOf)).get(fewer.home) ?? [];
        return membershipsOf(fewer, asOf).has(apart.id) === again.includes(apart.id);
      });
      expect.fail(
        `${live.has(apart.id) ? 'realtime' : 'the lake'} alone has ${person.home} as of ${new Date(asOf).toISOString()} in
${JSON.stringify(definitions.filter(({ id }) => id === apart.id || id.startsWith('other-')))}
by ${JSON.stringify(events)}`,
      );
    }
  };
  await fc.assert(fc.asyncProperty(segments(SEGMENTS), historySets, fc.constantFrom(...moments), property), {
    numRuns: ROUNDS,
    endOnFailure: true,
  });

  expect(pairs).toBeGreaterThanOrEqual(1_000);
  const { held, all } = verdicts.get('all of them') ?? { held: 0, all: 1 };
  expect(held / all).toBeGreaterThan(0.1);
  expect(held / all).toBeLessThan(0.7);
  const oneSided = [...verdicts].filter(([, { held, all }]) => all > 300 && (held === 0 || held === all));
  expect(oneSided).toEqual([]);
});

test('a rule of tags has the same members by value in realtime and in the lake', async () => {
  let tags = 0;
  await fc.assert(
    fc.asyncProperty(tagSegment, historySets, fc.constantFrom(...moments), async (definition, sets, asOf) => {
      const people = sets.flat();
      await land(people);
      const { sql } = membersSql([definition], definition.id, { asOf });
      const inLake = (await lake.rows(sql)).map(([key, tag]) => `${key} ${definition.id}:${tag}`);
      const membershipsOf = realtime([definition]);
      const live = people.flatMap((person) => [...membershipsOf(person, asOf)].map((id) => `${person.home} ${id}`));
      tags += live.length;

      expect(inLake.sort()).toEqual(live.sort());
    }),
    { numRuns: 20 },
  );
  expect(tags).toBeGreaterThan(0);
});
