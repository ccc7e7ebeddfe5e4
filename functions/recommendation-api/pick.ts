import type { CatalogItem } from '../../schemas/catalog.ts';
import { isForSale } from '../../shared/catalog/item.ts';
import type { ItemIndex } from '../../shared/recommender/model.ts';
import type { Scored } from '../../shared/recommender/score.ts';
import type { Model } from './models.ts';
import { FRESH_MS, SETTLED_MS, type Shelf } from './shelf.ts';

/** A scored item with what the catalog says of it, where that knows it. */
export interface Picked extends Scored {
  readonly itemId: string;
  readonly known: CatalogItem | undefined;
}

export interface Walk {
  readonly model: Model;
  /** The best `most` items, the best first. */
  readonly rank: (most: number) => readonly Scored[];
  /** What else an item must be, beside being for sale; none for any. */
  readonly fits?: ((item: CatalogItem) => boolean) | undefined;
  /** How many are wanted. */
  readonly want: number;
  /** How far down to look; all the way by default. */
  readonly furthest?: number;
  /** Moment, in milliseconds since 1970, after which what was found has to do. */
  readonly deadline: number;
}

/** Items that are read at one go. */
const PART = 100;
/** How many more than are wanted are looked at first: most items are for sale. */
const SPARE_SHARE = 0.25;
const NEXT_STEPS = 5;

/**
 * The best items that are for sale and fit, by going down a ranking step by step until there are enough. An item of which
 * the catalog knows nothing is for sale, and fits nothing in particular.
 */
export async function pick(shelf: Shelf, clock: () => number, walk: Walk): Promise<Picked[]> {
  const { model, rank, fits, want, deadline } = walk;
  const furthest = Math.min(model.items.ids.length, walk.furthest ?? Number.POSITIVE_INFINITY);
  const picked: Picked[] = [];
  let seen = 0;
  for (let most = firstOf(walk); ; most *= NEXT_STEPS) {
    const ranked = rank(Math.min(most, furthest));
    picked.push(...(await passing(shelf, walk, ranked.slice(seen))));
    const isOver = ranked.length < most || most >= furthest;
    if (picked.length >= want || isOver || (picked.length > 0 && clock() > deadline)) break;
    seen = ranked.length;
  }
  return fits ? await freshened(shelf, walk, picked) : picked.slice(0, want);
}

/** Of those that must fit, few do. */
const firstOf = ({ fits, want }: Walk): number => (fits ? Math.max(PART, want) : want + Math.ceil(SPARE_SHARE * want));

async function passing(shelf: Shelf, { model, fits }: Walk, ranked: readonly Scored[]): Promise<Picked[]> {
  const idOf = (item: ItemIndex) => model.items.ids[item] as string;
  const ids = ranked.map(({ item }) => idOf(item));
  const causes = new Set(ranked.map(({ because }) => because));
  const named = Array.from(causes, (cause) => (cause === undefined ? [] : [idOf(cause)])).flat();
  const catalog = await shelf.read(ids, fits ? SETTLED_MS : FRESH_MS, named);
  return ranked.flatMap((scored, place) => {
    const itemId = ids[place] as string;
    const known = catalog.get(itemId);
    return passes(known, fits) ? [{ ...scored, itemId, known }] : [];
  });
}

/** Many are looked through by what was known of them some minutes ago: those that are answered, as of now. */
async function freshened(shelf: Shelf, { fits, want }: Walk, picked: readonly Picked[]): Promise<Picked[]> {
  const fresh: Picked[] = [];
  for (let from = 0; from < picked.length && fresh.length < want; from += PART) {
    const some = picked.slice(from, from + PART);
    const ids = some.map(({ itemId }) => itemId);
    const catalog = await shelf.read(ids, FRESH_MS);
    for (const each of some) {
      const known = catalog.get(each.itemId);
      if (passes(known, fits)) fresh.push({ ...each, known });
    }
  }
  return fresh.slice(0, want);
}

function passes(known: CatalogItem | undefined, fits: Walk['fits']): boolean {
  if (known === undefined) return fits === undefined;
  return isForSale(known) && (fits === undefined || fits(known));
}
