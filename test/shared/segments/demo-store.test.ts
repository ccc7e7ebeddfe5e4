import { afterAll, beforeAll, expect, test } from 'vitest';
import { streamOf } from '../../../infra/local/demo/random.ts';
import { generateStore } from '../../../infra/local/demo/store.ts';
import type { CleanEvent } from '../../../schemas/event/clean-event.ts';
import type { ConditionSegment, SegmentDefinition } from '../../../schemas/segment/definition.ts';
import { cleanRecord } from '../../../shared/clean/clean-record.ts';
import { builtInSegments } from '../../../shared/segments/built-in-segments.ts';
import { manyMembersSql, membersSql } from '../../../shared/segments/sql/members.ts';
import type { Message } from '../../fixtures/events.ts';
import { catalogOf, World } from '../../functions/profile-updater/world.ts';
import { aLake, type TestLake } from './sql/a-lake.ts';
import { withoutRepeats } from './sql/realtime.ts';

const MOMENTS = 10;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Beside the built-in ones, what a marketer of the shop may ask: chains, shares, first events, time without events. */
const asked: readonly ConditionSegment[] = [
  {
    id: 'silent',
    name: 'No visit for three days',
    includeBots: true,
    condition: {
      type: 'not',
      condition: {
        type: 'event',
        event: '*',
        window: { last: { days: 3 } },
        measure: { of: 'count' },
        op: 'greaterOrEqual',
        value: 1,
      },
    },
  },
  {
    id: 'quick',
    name: 'From cart to order within an hour',
    includeBots: false,
    condition: {
      type: 'sequence',
      steps: [{ event: 'Product Added' }, { event: 'Order Completed' }],
      within: { hours: 1 },
      window: { last: { days: 14 } },
    },
  },
  {
    id: 'hesitant',
    name: 'Looked, and put nothing into the cart for a day',
    includeBots: false,
    condition: {
      type: 'notFollowed',
      event: { event: 'Product Viewed' },
      by: { event: 'Product Added' },
      within: { days: 1 },
      window: { last: { days: 5 } },
    },
  },
  {
    id: 'half-of-the-valuable',
    name: 'Half of those with revenue, for a test',
    includeBots: false,
    condition: {
      type: 'all',
      conditions: [
        { type: 'share', percent: 50, salt: 'demo' },
        { type: 'computed', name: 'netRevenue', currency: 'USD', op: 'greater', value: 0 },
        { type: 'not', condition: { type: 'segment', id: 'silent' } },
      ],
    },
  },
  {
    id: 'often',
    name: 'On three of the last ten days',
    includeBots: false,
    condition: { type: 'frequency', event: { event: '*' }, days: 3, of: 10 },
  },
];

let lake: TestLake;
beforeAll(async () => {
  lake = await aLake();
});
afterAll(() => lake[Symbol.asyncDispose]());

/** Memberships by home key, `<segment>` or `<segment>:<tag>`, as the lake tells them. */
async function membersInLake(definitions: readonly SegmentDefinition[], asOf: number): Promise<string[]> {
  const ids = definitions.flatMap(({ id, tags }) => (tags === undefined ? [id] : []));
  const rows = await lake.rows(manyMembersSql(definitions, ids, { asOf }).sql);
  const found = rows.flatMap(([key, ...is]) => ids.flatMap((id, at) => (is[at] === 'true' ? [`${key} ${id}`] : [])));
  for (const { id, tags } of definitions) {
    if (tags === undefined) continue;
    const tagged = await lake.rows(membersSql(definitions, id, { asOf }).sql);
    found.push(...tagged.map(([key, tag]) => `${key} ${id}:${tag}`));
  }
  return found.sort();
}

test('the demo store has the same members in realtime and in the lake, at ten moments of its weeks', async () => {
  const end = Date.UTC(2026, 10, 1, 12);
  const store = generateStore({ seed: 'segments', end: new Date(end), people: 150, days: 45 });
  const definitions = [...builtInSegments, ...asked];
  const random = streamOf('moments');
  const moments = Array.from({ length: MOMENTS - 1 }, () => end - Math.floor(random.between(-10, 40) * DAY_MS));
  moments.push(end + 20 * DAY_MS);
  moments.sort((one, other) => one - other);

  const sent = store.deliveries
    .flatMap(({ messages }) => messages)
    .filter(({ fate, clock }) => fate.kind === 'accepted' && 'skewMs' in clock)
    .map(({ body, at, sendAt, fate }) => ({
      sendAt,
      message: {
        type: fate.kind === 'accepted' ? fate.truth.type : undefined,
        ...(body as object),
        timestamp: new Date(at).toISOString(),
      } as Message,
    }))
    .sort((one, other) => one.sendAt - other.sendAt);

  const world = new World(catalogOf(definitions));
  world.now = Math.min(sent[0]?.sendAt ?? 0, moments[0] ?? 0) - 1;
  const arrived: CleanEvent[] = [];
  const memberships: number[] = [];
  const waiting = sent.values();
  let next = waiting.next().value;
  for (const moment of moments) {
    for (; next !== undefined && next.sendAt < moment; next = waiting.next().value) {
      if (next.sendAt > world.now) await world.pass(next.sendAt - world.now);
      world.send(next.message);
    }
    if (moment > world.now) await world.pass(moment - world.now);

    arrived.length = 0;
    for (const record of world.shards.flat()) {
      for (const { outcome } of cleanRecord(record).items) if (outcome.ok) arrived.push(outcome.event);
    }
    const persons = world.persons();
    await lake.write(
      withoutRepeats(arrived),
      new Map(persons.flatMap(({ home, keys }) => keys.map((key) => [key, home] as const))),
    );
    const live = persons.flatMap(({ home, segments }) => segments.map((id) => `${home} ${id}`)).sort();
    expect(await membersInLake(definitions, world.now)).toEqual(live);
    memberships.push(live.length);
  }
  world.transitions();
  expect(Math.min(...memberships.slice(2))).toBeGreaterThan(100);
  expect(new Set(memberships).size).toBeGreaterThan(MOMENTS / 2);
});
