import { expect, test } from 'vitest';
import type { CatalogItem } from '../../../schemas/catalog.ts';
import { CATALOG_SNAPSHOT } from '../../../schemas/lake/catalog-table.ts';
import { snapshotFile, snapshotKey, snapshotMark } from '../../../shared/catalog/snapshot.ts';
import { goldenLake, table } from './golden.ts';
import { moment } from './history.ts';

const golden = goldenLake();
const { show } = golden;

/** Puts a part of a snapshot; nobody sees it before `mark`. */
const put = (time: string, part: number, ...items: CatalogItem[]) =>
  golden.lake.put(snapshotKey(moment(time), part), snapshotFile(items, moment(time)));
const mark = (time: string) => golden.lake.mark(CATALOG_SNAPSHOT, snapshotMark(moment(time)));

const tent: CatalogItem = {
  itemId: 'p-1',
  title: 'Dome tent',
  category: 'Camping > Tents',
  brand: 'Nordvik',
  price: 249.9,
  currency: 'EUR',
  tags: ['light', 'for "two"'],
  stock: 0,
  image: 'https://shop.example/tent.webp',
  url: 'https://shop.example/tent',
  updatedAt: moment('08:59'),
};
const bare = (itemId: string, more: Partial<CatalogItem> = {}): CatalogItem => {
  return { itemId, updatedAt: moment('08:00'), ...more };
};

test('items are those of the last whole snapshot, with all its parts', async () => {
  await put('09:00', 0, tent, bare('p-2', { hidden: true }));
  await put('09:00', 1, bare('p-3', { stock: 7 }));
  await mark('09:00');
  await put('10:00', 0, bare('p-9'));
  expect(await show('SELECT * FROM items ORDER BY item_id')).toEqual(
    table(`
      item_id | title     | category        | brand   | price | currency | tags                      | stock | hidden | is_for_sale | image_url                      | product_url               | updated_at | snapshot_at
      p-1     | Dome tent | Camping > Tents | Nordvik | 249.9 | EUR      | ["light","for \\"two\\""] | 0     | false  | false       | https://shop.example/tent.webp | https://shop.example/tent | 08:59      | 09:00
      p-2     |           |                 |         |       |          |                           |       | true   | false       |                                |                           | 08:00      | 09:00
      p-3     |           |                 |         |       |          |                           | 7     | false  | true        |                                |                           | 08:00      | 09:00
    `),
  );
  await mark('10:00');
  expect(await show('SELECT item_id FROM items')).toEqual([['item_id'], ['p-9']]);
});

test('there are no items before the first snapshot', async () => {
  expect(await show('SELECT * FROM items')).toEqual([]);
});

test('a part that is written again overwrites itself', async () => {
  for (const _ of [1, 2]) await put('03-01 23:59:59.999', 0, tent);
  await mark('03-01 23:59:59.999');
  expect(await show('SELECT item_id, snapshot_at FROM items')).toEqual(
    table(`
      item_id | snapshot_at
      p-1     | 03-01 23:59:59.999
    `),
  );
});
