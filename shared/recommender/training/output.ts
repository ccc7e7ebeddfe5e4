import type { ItemNeighbours, ModelItems, Neighbours } from '../model.ts';
import { unpacked } from './pack.ts';

/** A row of `training_items`, as its file has it. */
export interface ItemRow {
  readonly index: number;
  readonly id: string;
  readonly popularity: number;
  readonly trend: number;
}

/** A row of `training_neighbours`. */
export interface NeighboursRow {
  readonly index: number;
  readonly kind: string;
  readonly packed: ArrayLike<number>;
}

const none: Neighbours = { items: new Uint32Array(0), scores: new Float32Array(0) };

export const noNeighbours: ItemNeighbours = { collaborative: none, content: none };

/** The item table of rows in any order. Throws a RangeError where one is missing. */
export function modelItems(rows: readonly ItemRow[]): ModelItems {
  const ids = new Array<string>(rows.length);
  const popularity = new Float32Array(rows.length);
  const trend = new Float32Array(rows.length);
  for (const row of rows) {
    if (row.index >= rows.length)
      throw new RangeError(`Item ${row.index} is beyond ${rows.length} items: some are missing.`);
    ids[row.index] = row.id;
    popularity[row.index] = row.popularity;
    trend[row.index] = row.trend;
  }
  return { ids, popularity, trend };
}

/** Adds a row to the neighbours of its item. */
export function addNeighbours(known: ItemNeighbours | undefined, { kind, packed }: NeighboursRow): ItemNeighbours {
  const found = unpacked(packed);
  return kind === 'content'
    ? { collaborative: known?.collaborative ?? none, content: found }
    : { collaborative: found, content: known?.content ?? none };
}
