import { afterAll, beforeAll, expect, test } from 'vitest';
import { readTrino, visit } from '../../../../infra/local/services/athena/syntax-tree.ts';
import type { CleanEvent } from '../../../../schemas/event/clean-event.ts';
import type { ConditionSegment } from '../../../../schemas/segment/definition.ts';
import { manyMembersSql, membersSql } from '../../../../shared/segments/sql/members.ts';
import { jsonPath, quote } from '../../../../shared/segments/sql/quote.ts';
import { ARRIVAL, aCleanEvent } from '../../../fixtures/events.ts';
import texts from '../../../vectors/segment-agreement-hostile.json' with { type: 'json' };
import { aLake, type TestLake } from './a-lake.ts';
import { aSegment, aTagSegment } from './a-segment.ts';
import { realtime } from './realtime.ts';

let lake: TestLake;
beforeAll(async () => {
  lake = await aLake();
  await lake.write(people.flatMap(({ events }) => events));
});
afterAll(() => lake[Symbol.asyncDispose]());

const fitsName = (text: string): boolean => text.length <= 100;

/** One who did and said what the text is, everywhere a text may stand. */
function eventsOf(text: string, userId: string): CleanEvent[] {
  const event = fitsName(text) ? text : 'Long';
  const consent = { categoryPreferences: fitsName(text) ? { [text]: true } : {} };
  return [
    aCleanEvent({
      userId,
      event,
      properties: { said: text, all: [text] },
      commerce: { query: text },
      context: { consent },
    }),
    aCleanEvent({ userId, type: 'identify', traits: { said: text, all: [text, 5] } }),
  ];
}

const people = [...texts, 'plain', "plain'"].map((text, at) => ({
  home: `user:${at}`,
  events: eventsOf(text, String(at)),
}));

/** Those who said the text, by each way in which a text gets into a query. */
function segmentOf(text: string, at: number): ConditionSegment {
  const where = [
    { property: 'said', op: 'in', value: [text, `${text}'`] },
    { property: 'said', op: 'contains', value: text },
    { property: 'all', op: 'hasAny', value: [text] },
    { field: 'query', op: 'equals', value: text },
  ];
  const ofName = fitsName(text)
    ? [
        { type: 'consent', purpose: text, is: 'granted' },
        { type: 'not', condition: { type: 'share', percent: 0, salt: text } },
      ]
    : [];
  const conditions = [
    ...ofName,
    { type: 'event', event: fitsName(text) ? text : '*', where },
    { type: 'trait', name: 'said', op: 'equals', value: text },
    { type: 'trait', name: 'said', op: 'matches', value: patternOf(text) },
  ];
  return aSegment({ type: 'all', conditions }, { id: `segment-${at}` });
}

/** A pattern of the text's first characters, each as itself. */
const patternOf = (text: string): string =>
  `^${[...text]
    .slice(0, 50)
    .join('')
    .replace(/[!-/:-@[-`{-~]/g, '\\$&')}`;

const segments = texts.map(segmentOf);
const batches = Array.from({ length: Math.ceil(segments.length / 20) }, (_, at) =>
  segments.slice(at * 20, at * 20 + 20),
);

test('there are at least 200 hostile texts', () => {
  expect(new Set(texts).size).toBeGreaterThanOrEqual(200);
});

test.each(batches.map((batch, at) => [at + 1, batch] as const))(
  'hostile texts find exactly those who said them (part %i)',
  async (_, batch) => {
    const { sql } = manyMembersSql(
      batch,
      batch.map(({ id }) => id),
      { asOf: ARRIVAL },
    );

    const rows = await lake.rows(sql);

    const members = new Map(
      batch.map(({ id }, at) => [id, rows.filter((row) => row[at + 1] === 'true').map(([key]) => key)]),
    );
    for (const { id } of batch) expect([id, members.get(id)]).toEqual([id, [`user:${id.slice('segment-'.length)}`]]);
    const membershipsOf = realtime(batch);
    for (const { id } of batch) {
      const person = people[Number(id.slice('segment-'.length))] as (typeof people)[number];
      expect(membershipsOf(person, ARRIVAL)).toContain(id);
    }
  },
);

/** All text literals and tables of a query, as Trino's reader finds them. */
function partsOf(text: string, at: number) {
  const { sql } = membersSql([segmentOf(text, at)], `segment-${at}`, { asOf: ARRIVAL });
  const parts = { texts: [] as string[], tables: new Set<string>() };
  visit(readTrino(sql), (kind, node) => {
    if (kind === 'literal' && node?.literal_type === 'string') parts.texts.push(node.value);
    if (kind === 'table' && node?.name) parts.tables.add(node.name.name);
  });
  return parts;
}

test('a query holds a hostile text as a text, and has the same shape as with any other', () => {
  const steps = ['events', 'people', 'read_events', 'selections'];
  const [short, long] = ['harmless', 'x'.repeat(400)].map((text) => partsOf(text, 0).texts.length);

  const shapes = texts.map((text, at) => {
    const { texts: literals, tables } = partsOf(text, at);
    return [text, literals.includes(text), literals.length, [...tables].sort()];
  });

  expect(shapes).toEqual(texts.map((text) => [text, true, fitsName(text) ? short : long, steps]));
});

test('tags are what was said, whatever that is', async () => {
  const tags = aTagSegment({ event: { event: '*' }, by: 'query', atLeast: 1, last: { days: 1 } });

  const rows = await lake.rows(membersSql([tags], 'segment', { asOf: ARRIVAL }).sql);

  const short = [...texts, 'plain', "plain'"].filter((text) => [...text].length <= 100);
  expect(rows.map(([, tag]) => tag).sort()).toEqual(short.sort());
});

test.each(['a\0b', '\ud800', 'a\udc00b'])('a text that cannot travel in a query is refused: %j', (text) => {
  expect(() => quote(text)).toThrow(/well-formed Unicode without NUL/);
  expect(() => jsonPath(['a', text])).toThrow(/well-formed Unicode without NUL/);
});
