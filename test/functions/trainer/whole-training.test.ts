import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { anOrder, aTrack, type Message } from '../../fixtures/events.ts';
import { aShop } from './a-shop.ts';

let shop: Awaited<ReturnType<typeof aShop>>;

beforeAll(async () => {
  shop = await aShop();
});
afterAll(async () => {
  await shop[Symbol.asyncDispose]();
});
beforeEach(() => shop.clear());

const kinds = ['camping', 'kitchen', 'garden'];

/** A product that somebody looked at, `minute` minutes after the first. */
const viewed = (person: number, item: string, minute: number): Message =>
  aTrack({
    userId: `person-${person}`,
    timestamp: new Date(Date.parse('2026-02-20T08:00:00Z') + minute * 60_000).toISOString(),
    properties: { product_id: item, name: `The ${item}`, category: item.split('-')[0], price: 10, currency: 'USD' },
  });

const bought = (person: number, item: string): Message =>
  anOrder({
    userId: `person-${person}`,
    properties: {
      order_id: `order-${person}-${item}`,
      revenue: 10,
      currency: 'USD',
      products: [{ product_id: item, name: `The ${item}`, price: 10, quantity: 1 }],
    },
  });

/** People who keep to one kind of goods, each to some of its ten items. */
const habits = (people: number): Message[] =>
  Array.from({ length: people }, (_, person) => {
    const kind = kinds[person % kinds.length] as string;
    const items = Array.from(
      { length: 5 },
      (_, n) => `${kind}-${(Math.floor(person / 3) + n * (1 + (person % 2))) % 10}`,
    );
    return [...items.map((item, n) => viewed(person, item, person * 10 + n)), bought(person, items[0] as string)];
  }).flat();

test('what people did becomes a model that is served', async () => {
  await shop.land(habits(120));
  const { training } = await shop.train();

  expect(training).toMatchObject({ state: 'published', trained: { items: 30, people: 120 } });
  const head = (await shop.models.head())?.current;
  expect(head?.version).toBe(training?.version);
  const items = await shop.models.items(head?.version ?? '');
  expect(items?.ids).toHaveLength(30);
  const neighbours = await shop.models.neighbours(
    head?.version ?? '',
    Array.from({ length: 30 }, (_, n) => n),
  );
  expect(neighbours.size).toBe(30);
  const kindOf = (index: number) => items?.ids[index]?.split('-')[0];
  for (const [item, { collaborative, content }] of neighbours) {
    expect(collaborative.items.length).toBeGreaterThan(2);
    expect(new Set([...collaborative.items].map(kindOf))).toEqual(new Set([kindOf(item)]));
    expect(kindOf(content.items[0] ?? -1)).toBe(kindOf(item));
  }
  const { quality, baseline, validated } = training?.trained ?? {};
  expect(validated).toBeGreaterThan(0);
  expect(quality?.ndcg).toBeGreaterThan(baseline?.popularity.ndcg ?? 1);

  expect((await shop.catalog.read(['camping-1'])).get('camping-1')).toMatchObject({
    title: 'The camping-1',
    price: 10,
  });
  expect(await shop.query('SELECT count(*) FROM items')).toEqual([['30']]);
  expect(await readdir(path.join(shop.lake, 'training'))).not.toContain('training_trials');

  const again = await shop.train();
  expect(again.training).toMatchObject({ state: 'published', before: training?.version });
  expect((await shop.models.attempts()).map(({ outcome }) => outcome)).toEqual(['published', 'published']);
});

test('by EASE, items that people had together are neighbours above 0, and likeness stands beside them', async () => {
  await shop.land(habits(120));
  const { training } = await shop.train({ settings: { tolerance: 1, tuningSeconds: 2, method: 'ease' } });

  expect(training).toMatchObject({ state: 'published', trained: { items: 30, people: 120 } });
  const { quality, baseline, validated, parameters } = training?.trained ?? {};
  expect(parameters?.ease?.lambda).toBeGreaterThan(0);
  expect(validated).toBeGreaterThan(0);
  expect(quality?.ndcg).toBeGreaterThan(baseline?.popularity.ndcg ?? 1);

  const version = training?.version ?? '';
  const ids = (await shop.models.items(version))?.ids ?? [];
  const neighbours = await shop.models.neighbours(version, [...ids.keys()]);
  expect(neighbours.size).toBe(30);
  const kindOf = (index: number) => ids[index]?.split('-')[0];
  for (const [item, { collaborative, content }] of neighbours) {
    const liked = [...collaborative.items].filter((_, at) => (collaborative.scores[at] ?? 0) > 0);
    expect(new Set(liked.map(kindOf))).toEqual(new Set([kindOf(item)]));
    expect(kindOf(content.items[0] ?? -1)).toBe(kindOf(item));
  }
  // Files that no engine reads are hidden from it.
  expect(
    await shop.query(`SELECT kind, count(*) FROM training_neighbours WHERE run = '${version}' GROUP BY 1`),
  ).toEqual([['content', '30']]);
});

test('a handful of people make a version by default parameters, of which nothing is known', async () => {
  await shop.land(habits(6));
  const { training } = await shop.train({ settings: { tolerance: 0.1, tuningSeconds: 0 } });
  expect(training).toMatchObject({ state: 'published', trained: { people: 6, validated: 0 } });
});

test('a lake without interactions makes no version', async () => {
  const before = await shop.models.head();
  await shop.land([aTrack({ event: 'Signed Up', properties: { plan: 'free' } })]);
  const { training } = await shop.train();
  expect(training?.state).toBe('nothing');
  expect(await shop.models.head()).toEqual(before);
});
