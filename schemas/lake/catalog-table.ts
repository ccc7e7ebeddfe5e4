import { amount, big, type Column, instant, type LakeTable, type LakeView, text, truth } from './column.ts';

/** Names the last whole snapshot of the catalog: the moment it shows, ISO 8601. */
export const CATALOG_SNAPSHOT = 'catalog_snapshot';

const itemColumns = [
  text('item_id', 'Item: the product_id of events.'),
  text('title', 'Name that people read.'),
  text('category', 'Category path from the widest level to the closest, joined by " > ".'),
  text('brand', 'Brand.'),
  amount('price', 'Price of one unit.'),
  text('currency', 'ISO 4217 code of the price.'),
  text('tags', 'What the item is like: JSON array of texts.'),
  big('stock', 'Units for sale; null means enough.'),
  truth('hidden', 'Whether it is kept out of recommendations.'),
  truth('is_for_sale', 'Whether it may be recommended: neither hidden nor sold out.'),
  text('image_url', 'Address of an image.'),
  text('product_url', 'Address of its page.'),
  instant('updated_at', 'Latest change by a request or by what events tell.'),
  instant('snapshot_at', 'Moment that the row shows.'),
] as const;

/** Files are named after their snapshot, so that those of one that is not whole are never seen. */
export const catalogItems = {
  name: 'catalog_items',
  comment: 'The catalog as of each snapshot, whole or not. Query items instead.',
  columns: [text('snapshot', 'Snapshot of the row: the moment it shows, ISO 8601.'), ...itemColumns],
} as const satisfies LakeTable;

export const itemsView: LakeView = {
  name: 'items',
  comment: 'The catalog as of the last training, one row an item, as GET /v1/catalog/items showed it.',
  columns: itemColumns satisfies readonly Column[],
};
