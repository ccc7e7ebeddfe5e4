import type { CatalogItem } from '../../schemas/catalog.ts';
import { isForSale, itemOf } from '../../shared/catalog/item.ts';
import type { CatalogStore } from '../adapters/catalog-store.ts';
import { Kept } from './kept.ts';

/** Age up to which an item's stock counts: so late does an answer know that something is sold out. */
export const FRESH_MS = 15_000;
/** Age up to which its category does, where many items are looked through. */
export const SETTLED_MS = 600_000;

/** Age up to which a catalog counts as empty: as soon as it is not, no answer is. */
const EMPTY_MS = 500;

const MOST_ITEMS = 25_000;
/** Items of the catalog that are kept for whom no model ranks. */
const MOST_LATEST = 5_000;

interface Known {
  /** Undefined: the catalog does not know it. */
  readonly item: CatalogItem | undefined;
  readonly readAt: number;
}

interface Latest {
  readonly items: readonly CatalogItem[];
  /** Whether there are no others. */
  readonly whole: boolean;
  readonly readAt: number;
}

/** The catalog as a sandbox remembers it. */
export class Shelf {
  readonly #store: Pick<CatalogStore, 'read' | 'scan'>;
  readonly #clock: () => number;
  readonly #known = new Kept<string, Known>(MOST_ITEMS);
  #latest: Latest | undefined;

  constructor(store: Pick<CatalogStore, 'read' | 'scan'>, clock: () => number) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * What the catalog says of items, by id, at most `age` milliseconds old; those that it does not know are left out.
   *
   * @param soon ids that will be asked for next, at `SETTLED_MS`: read along, where something is read.
   */
  async read(
    ids: readonly string[],
    age: number,
    soon: readonly string[] = [],
  ): Promise<ReadonlyMap<string, CatalogItem>> {
    const now = this.#clock();
    const found = new Map<string, CatalogItem>();
    const missing: string[] = [];
    for (const id of ids) {
      const known = this.#known.get(id);
      if (known === undefined || now - known.readAt > age) missing.push(id);
      else if (known.item) found.set(id, known.item);
    }
    if (missing.length === 0) return found;
    const wanted = new Set(missing);
    for (const id of soon) {
      const known = this.#known.get(id);
      if (known === undefined || now - known.readAt > SETTLED_MS) wanted.add(id);
    }
    const read = await this.#store.read([...wanted]);
    for (const id of wanted) this.#known.set(id, { item: read.get(id), readAt: now });
    for (const id of missing) {
      const item = read.get(id);
      if (item) found.set(id, item);
    }
    return found;
  }

  /** Up to `most` items for sale that pass, those changed last first: all there is to go by without a model. */
  async latest(passes: (item: CatalogItem) => boolean, most: number): Promise<readonly CatalogItem[]> {
    const now = this.#clock();
    const age = this.#latest?.items.length === 0 ? EMPTY_MS : FRESH_MS;
    if (this.#latest === undefined || now - this.#latest.readAt > age) {
      const { items, whole } = await this.#scan(() => true, MOST_LATEST);
      this.#latest = { items, whole, readAt: now };
    }
    const found = this.#latest.items.filter(passes);
    if (found.length > 0 || this.#latest.whole) return found.slice(0, most);
    return (await this.#scan(passes, most)).items;
  }

  async #scan(passes: (item: CatalogItem) => boolean, most: number): Promise<Omit<Latest, 'readAt'>> {
    const items: CatalogItem[] = [];
    let whole = true;
    for await (const page of this.#store.scan()) {
      items.push(...page.map(itemOf).filter((item) => isForSale(item) && passes(item)));
      if (items.length < most) continue;
      whole = false;
      break;
    }
    items.sort((one, other) => other.updatedAt - one.updatedAt || (one.itemId < other.itemId ? -1 : 1));
    return { items, whole };
  }
}
