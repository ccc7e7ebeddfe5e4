import type { CatalogItem } from '../../schemas/catalog.ts';
import { MONEY_SCALE } from '../../schemas/event/vocabulary.ts';
import { catalogItems } from '../../schemas/lake/catalog-table.ts';
import { type ColumnReaders, type TableRows, tableRows } from '../lake/column-readers.ts';
import { parquetFile } from '../lake/parquet/parquet-file.ts';
import { isForSale } from './item.ts';

/** Items of one file: of each, some 300 bytes are held. */
export const ITEMS_A_FILE = 20_000;

/** Rows of a part of a snapshot; `snapshotAt` is in milliseconds since 1970. */
export const snapshotRows = (items: readonly CatalogItem[], snapshotAt: number): TableRows =>
  tableRows(catalogItems, readersAt(snapshotAt), items);

/** The Parquet file of a part of a snapshot, to be put under `snapshotKey`. */
export const snapshotFile = (items: readonly CatalogItem[], snapshotAt: number): Uint8Array =>
  parquetFile(snapshotRows(items, snapshotAt));

/** Value of the mark that has the view `items` show a snapshot. */
export const snapshotMark = (snapshotAt: number): string => new Date(snapshotAt).toISOString();

/** Key of a part of a snapshot, from 0: named after what it holds, so that a repeated one overwrites itself. */
export function snapshotKey(snapshotAt: number, part: number): string {
  const [day = '', time = ''] = snapshotMark(snapshotAt).split('T');
  const name = time.replaceAll(/\D/g, '');
  return `${catalogItems.name}/day=${day}/${name}-${String(part).padStart(4, '0')}.parquet`;
}

const readersAt = (snapshotAt: number): ColumnReaders<typeof catalogItems, CatalogItem> => ({
  snapshot: () => snapshotMark(snapshotAt),
  item_id: ({ itemId }) => itemId,
  title: ({ title }) => title,
  category: ({ category }) => category,
  brand: ({ brand }) => brand,
  price: ({ price }) => (price === undefined ? undefined : Math.round(price * MONEY_SCALE)),
  currency: ({ currency }) => currency,
  tags: ({ tags }) => (tags === undefined ? undefined : JSON.stringify(tags)),
  stock: ({ stock }) => stock,
  hidden: ({ hidden }) => hidden === true,
  is_for_sale: (item) => isForSale(item),
  image_url: ({ image }) => image,
  product_url: ({ url }) => url,
  updated_at: ({ updatedAt }) => updatedAt,
  snapshot_at: () => snapshotAt,
});
