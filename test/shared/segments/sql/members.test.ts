import { afterAll, beforeAll, expect, test } from 'vitest';
import { manyMembersSql, membersSql, previewSql } from '../../../../shared/segments/sql/members.ts';
import { rfmQuintilesSql } from '../../../../shared/segments/sql/rfm-quintiles.ts';
import { ARRIVAL, aCleanEvent, aMoney } from '../../../fixtures/events.ts';
import { aLake, type TestLake } from './a-lake.ts';
import { aSegment, aTagSegment } from './a-segment.ts';

let lake: TestLake;
beforeAll(async () => {
  lake = await aLake();
});
afterAll(() => lake[Symbol.asyncDispose]());

const asOf = ARRIVAL;
const DAY = 86_400_000;
const viewers = aSegment({ type: 'event', event: 'Product Viewed' }, { id: 'viewers' });
const buyers = aSegment({ type: 'event', event: 'Order Completed' }, { id: 'buyers' });
const lookers = aSegment(
  {
    type: 'all',
    conditions: [
      { type: 'segment', id: 'viewers' },
      { type: 'not', condition: { type: 'segment', id: 'buyers' } },
    ],
  },
  { id: 'lookers' },
);

test('members are persons, whatever keys they are known by', async () => {
  const events = [
    aCleanEvent({ anonymousId: 'a-1' }),
    aCleanEvent({ userId: 'ada', event: 'Order Completed' }),
    aCleanEvent({ userId: 'bob' }),
  ];
  await lake.write(events, new Map([['anonymous:a-1', 'user:ada']]));

  expect((await lake.rows(membersSql([viewers], 'viewers', { asOf }).sql)).sort()).toEqual([
    ['user:ada'],
    ['user:bob'],
  ]);
  expect(await lake.rows(membersSql([viewers, buyers, lookers], 'lookers', { asOf }).sql)).toEqual([['user:bob']]);
});

test('a person of whom only bots are known is a member where the definition says so', async () => {
  await lake.write([aCleanEvent({ userId: 'crawler', visit: { isBot: true } })]);
  const condition = { type: 'computed', name: 'eventCount', op: 'greater', value: 0 };

  const without = aSegment(condition);
  const withBots = aSegment(condition, { includeBots: true });

  expect(await lake.rows(membersSql([without], 'segment', { asOf }).sql)).toEqual([]);
  expect(await lake.rows(membersSql([withBots], 'segment', { asOf }).sql)).toEqual([['user:crawler']]);
});

test('a preview tells how many members there are, and some of them', async () => {
  await lake.write(Array.from({ length: 50 }, (_, at) => aCleanEvent({ userId: `${at}` })));

  const rows = await lake.rows(previewSql([viewers], 'viewers', { asOf }).sql);
  const none = await lake.rows(previewSql([buyers], 'buyers', { asOf }).sql);

  expect(rows).toHaveLength(20);
  expect(new Set(rows.map(([, members]) => members))).toEqual(new Set(['50']));
  expect(new Set(rows.map(([key]) => key)).size).toBe(20);
  expect(none).toEqual([]);
});

const tagger = aTagSegment(
  { event: { event: 'Product Viewed' }, by: 'category', atLeast: 2, last: { days: 7 }, most: 2 },
  { id: 'tagger' },
);

test('a rule of tags has a row for each tag, and its preview counts persons', async () => {
  const view = (category: string, daysAgo = 1) =>
    aCleanEvent({ userId: 'ada', eventTime: ARRIVAL - daysAgo * DAY, commerce: { category } });
  await lake.write([
    ...['b', 'b', 'a', 'a', 'c', 'c', 'c', 'd'].map((category) => view(category)),
    ...['e', 'e', 'e', 'e'].map((category) => view(category, 8)),
    aCleanEvent({ userId: 'bob', commerce: { category: 'a' } }),
  ]);

  const rows = await lake.rows(membersSql([tagger], 'tagger', { asOf }).sql);

  expect(rows.sort()).toEqual([
    ['user:ada', 'a'],
    ['user:ada', 'c'],
  ]);
  expect(await lake.rows(previewSql([tagger], 'tagger', { asOf }).sql)).toEqual([['user:ada', '1']]);
});

test('a definition that names what is not there, tags, or itself is refused', () => {
  const loop = aSegment({ type: 'segment', id: 'loop' }, { id: 'loop' });
  const ofTags = aSegment({ type: 'segment', id: 'tagger' }, { id: 'of-tags' });

  expect(() => membersSql([lookers, buyers], 'lookers', { asOf })).toThrow(
    'lookers names the segment viewers, which is not there',
  );
  expect(() => membersSql([loop], 'loop', { asOf })).toThrow('loop names the segment loop, which leads back to it');
  expect(() => membersSql([ofTags, tagger], 'of-tags', { asOf })).toThrow('whose members have tags');
  expect(() => manyMembersSql([tagger], ['tagger'], { asOf })).toThrow('tagger has tags');
  expect(() => membersSql([], 'nobody', { asOf })).toThrow('There is no segment nobody');
});

test('quintiles cut the customers of a currency into fifths', async () => {
  const orders = Array.from({ length: 10 }, (_, at) =>
    Array.from({ length: at + 1 }, (_, n) =>
      aCleanEvent({
        userId: `${at}`,
        event: 'Order Completed',
        eventTime: ARRIVAL - (10 - at) * DAY,
        commerce: { orderId: `${at}-${n}`, total: aMoney(10), currency: 'EUR' },
      }),
    ),
  ).flat();
  const elsewhere = aCleanEvent({
    userId: 'x',
    event: 'Order Completed',
    commerce: { total: aMoney(1), currency: 'USD' },
  });
  await lake.write([...orders, elsewhere, aCleanEvent({ userId: 'y' })]);

  const [row] = await lake.rows(rfmQuintilesSql('EUR', { asOf }).sql);

  const [customers, recency, frequency, monetary] = (row ?? []).map((cell) => JSON.parse(cell ?? 'null'));
  expect(customers).toBe(10);
  expect(recency).toEqual([2, 4, 6, 8]);
  expect(frequency).toEqual([2, 4, 6, 8]);
  expect(monetary).toEqual([20, 40, 60, 80]);
  expect(await lake.rows(rfmQuintilesSql('CHF', { asOf }).sql)).toEqual([['0', null, null, null]]);
});
