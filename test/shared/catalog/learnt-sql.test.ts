import { expect, test } from 'vitest';
import { learntColumns, learntQuery } from '../../../shared/catalog/learnt-sql.ts';
import { goldenLake, table } from '../../schemas/views/golden.ts';
import { order, track } from '../../schemas/views/history.ts';
import { trinoGrammar } from '../../schemas/views/trino-grammar.ts';

const { happened, show } = goldenLake();

const GOOGLEBOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
const mug = { product_id: 'p-1', name: 'Mug', category: 'Kitchen', brand: 'Clay', price: 3, currency: 'EUR' };

const learnt = (columns = '*') => show(`SELECT ${columns} FROM (${learntQuery()}) ORDER BY item_id`);

test('takes the latest value of each field, from products of events and of their lists', async () => {
  await happened(
    track('ada', '09:00', 'Product Viewed', {
      ...mug,
      image_url: 'https://shop.example/mug.webp',
      url: 'https://shop.example/mug',
    }),
    track('ada', '09:05', 'Product Viewed', { ...mug, name: 'Blue mug', price: 4 }),
    track('ada', '09:02', 'Product Clicked', { ...mug, name: 'Old mug', brand: 'Earth', price: 2 }),
    track('ada', '09:06', 'Product List Viewed', {
      category: 'All',
      currency: 'USD',
      products: [
        { product_id: 'p-1', category: 'Cups' },
        { product_id: 'p-2', name: 'Jug', brand: 'Clay', price: 9.5 },
      ],
    }),
    track('ada', '09:07', 'Products Searched', { query: 'mug' }),
  );
  expect(await learnt()).toEqual(
    table(`
      item_id | title    | category | brand | price | currency | image                         | url
      p-1     | Blue mug | Kitchen  | Clay  | 4     | EUR      | https://shop.example/mug.webp | https://shop.example/mug
      p-2     | Jug      | All      | Clay  | 9.5   | USD      |                               |
    `),
  );
});

test('takes the price and its currency from one event, and no price below nothing', async () => {
  await happened(
    track('ada', '09:00', 'Product Viewed', { product_id: 'p-1', price: 9, currency: 'USD' }),
    track('ada', '09:00', 'Product Viewed', { product_id: 'p-1', price: 8, currency: 'EUR' }),
    track('ada', '09:05', 'Product Viewed', { product_id: 'p-1', price: -3, currency: 'GBP' }),
    track('ada', '09:06', 'Product Viewed', { product_id: 'p-1', name: 'Mug' }),
    order('ada', '09:07', 'o-1', 0, { currency: 'EUR', products: [{ product_id: 'p-2', price: 0, quantity: 1 }] }),
  );
  expect(await learnt('item_id, title, price, currency')).toEqual(
    table(`
      item_id | title | price | currency
      p-1     | Mug   | 9     | USD
      p-2     |       | 0     | EUR
    `),
  );
});

test('of several values of one moment the greatest counts, whatever comes first', async () => {
  const names = ['Mug', 'Zug', 'Bug'];
  for (const order of [names, names.toReversed()]) {
    await happened(...order.map((name) => track('ada', '09:00', 'Product Viewed', { ...mug, name })));
    expect(await learnt('title')).toEqual([['title'], ['Zug']]);
  }
});

test('leaves robots out', async () => {
  await happened(
    track('ada', '09:00', 'Product Viewed', mug),
    track('bot', '09:05', 'Product Viewed', { ...mug, name: 'Spam' }, { context: { userAgent: GOOGLEBOT } }),
  );
  expect(await learnt('title')).toEqual([['title'], ['Mug']]);
});

test('looks only at days from one on, when told so', async () => {
  await happened(
    track('ada', '03-01 09:00', 'Product Viewed', mug),
    track('ada', '09:00', 'Product Viewed', { product_id: 'p-2', name: 'Jug' }),
  );
  expect(await show(learntQuery('2026-03-02'))).toEqual([[...learntColumns], ['p-2', 'Jug', '', '', '', '', '', '']]);
});

test("refuses what is no day: it becomes part of the query's text", () => {
  expect(() => learntQuery("2026-03-02' OR '1' = '1")).toThrow(RangeError);
});

test('is written in the grammar of Trino', async () => {
  const read = await trinoGrammar();
  expect(read(learntQuery('2026-03-02'))).toMatchObject({ errors: [], refused: [] });
});
