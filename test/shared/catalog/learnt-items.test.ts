import { expect, test } from 'vitest';
import type { LearntItem, StoredItem } from '../../../schemas/catalog.ts';
import { changedItems, learntItemsOf } from '../../../shared/catalog/learnt-items.ts';

const row = (id: string | null, ...fields: (string | null)[]) => [
  id,
  ...fields,
  ...Array(7 - fields.length).fill(null),
];

const stored = (itemId: string, learnt: StoredItem['learnt']): StoredItem => {
  return { itemId, given: { title: 'Given' }, learnt, updatedAt: 1 };
};

test('makes items of rows', () => {
  expect(
    learntItemsOf([
      ['p-1', ' Mug ', 'Kitchen>Cups', 'Clay', '3.5000', 'EUR', 'https://shop.example/m.webp', 'http://shop.example/m'],
      row('p-2'),
    ]),
  ).toEqual([
    {
      itemId: 'p-1',
      title: 'Mug',
      category: 'Kitchen > Cups',
      brand: 'Clay',
      price: 3.5,
      currency: 'EUR',
      image: 'https://shop.example/m.webp',
      url: 'http://shop.example/m',
    },
    { itemId: 'p-2' },
  ]);
});

test.each<[string, (string | null)[], Partial<LearntItem>]>([
  ['a path without a host', row('p', null, null, null, null, null, '/m.webp', 'shop/m'), {}],
  ['an address that runs', row('p', null, null, null, null, null, null, 'javascript:alert(1)'), {}],
  ['a currency that is none', row('p', null, null, null, '3.5', 'COINS'), {}],
  ['a price without a currency', row('p', null, null, null, '3.5', null), {}],
  ['a currency without a price', row('p', null, null, null, null, 'EUR'), {}],
  ['a brand that is too long', row('p', null, null, 'x'.repeat(201)), {}],
  ['a category of separators', row('p', null, ' > > '), {}],
  ['the end of a title that is too long', row('p', `${'x'.repeat(499)}🫖`), { title: `${'x'.repeat(499)}\ufffd` }],
])('leaves out %s', (_, given, expected) => {
  expect(learntItemsOf([given])).toEqual([{ itemId: 'p', ...expected }]);
});

test('leaves out rows whose id no item can have, and all but the first of ids that differ in spaces', () => {
  expect(learntItemsOf([row('x'.repeat(257)), row(' '), row(null), row('p-1', 'One'), row('p-1 ', 'Two')])).toEqual([
    { itemId: 'p-1', title: 'One' },
  ]);
});

test('finds the items of which something new is told', () => {
  const scanned = [
    stored('same', { title: 'Mug', price: 3, currency: 'EUR' }),
    stored('other', { title: 'Mug', brand: 'Clay', price: 3, currency: 'EUR' }),
    stored('silent', { title: 'Jug' }),
  ];
  const told = [{ itemId: 'same', title: 'Mug' }, { itemId: 'other', title: 'Blue mug' }, { itemId: 'new' }];
  expect(changedItems(scanned, told)).toEqual([
    { itemId: 'other', title: 'Blue mug', brand: 'Clay', price: 3, currency: 'EUR' },
    { itemId: 'new' },
  ]);
});

test('never mixes the currency of one price with another price', () => {
  const scanned = [stored('p', { price: 3, currency: 'EUR' })];
  expect(changedItems(scanned, [{ itemId: 'p', price: 4, currency: 'USD' }])).toEqual([
    { itemId: 'p', price: 4, currency: 'USD' },
  ]);
});

test('finds nothing new in what it has just found', () => {
  const told = [{ itemId: 'p', title: 'Mug', price: 3, currency: 'EUR' }, { itemId: 'q' }];
  const scanned = changedItems([stored('p', { brand: 'Clay' })], told).map(({ itemId, ...learnt }) =>
    stored(itemId, learnt),
  );
  expect(changedItems(scanned, told)).toEqual([]);
});
