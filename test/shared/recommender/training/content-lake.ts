import type { CatalogItem } from '../../../../schemas/catalog.ts';
import { CATALOG_SNAPSHOT } from '../../../../schemas/lake/catalog-table.ts';
import { snapshotFile, snapshotKey, snapshotMark } from '../../../../shared/catalog/snapshot.ts';
import { contentNeighboursSelect } from '../../../../shared/recommender/training/content-sql.ts';
import type { ALake } from '../../../fixtures/a-lake.ts';

const AT = Date.parse('2026-03-02T10:00:00Z');

/** A neighbour by the ids of both items. */
export type Likeness = readonly [item: string, neighbour: string, score: number];

/** Makes a list of items the catalog that the view `items` shows. */
export async function putCatalog(lake: ALake, items: readonly CatalogItem[]): Promise<void> {
  await lake.put(snapshotKey(AT, 0), snapshotFile(items, AT));
  await lake.mark(CATALOG_SNAPSHOT, snapshotMark(AT));
}

/** What the query answers for a run in which the items have their places in the list as numbers, best first. */
export async function likenesses(lake: ALake, items: readonly CatalogItem[]): Promise<Likeness[]> {
  await putCatalog(lake, items);
  const rows = items.map(({ itemId }, index) => `('r-1', ${index}, '${itemId}')`);
  const more = `('r-2', ${items.length}, '${items[0]?.itemId}')`;
  const run = `training_items AS (SELECT * FROM (VALUES ${[...rows, more].join(', ')}) AS listed (run, item_index, item_id))`;
  const select = contentNeighboursSelect('r-1').replace(/^WITH/, `WITH ${run},`);
  const found = await lake.rows(`SELECT * FROM (${select}) ORDER BY item_index, score DESC, neighbour_index`);
  return found.map(([item, neighbour, score]) => [idAt(items, item), idAt(items, neighbour), Number(score)]);
}

const idAt = (items: readonly CatalogItem[], index: string | null | undefined): string =>
  items[Number(index)]?.itemId ?? 'nobody';
