import type { Blend, ItemIndex, ItemNeighbours, ModelHead, ModelItems } from '../../shared/recommender/model.ts';
import { Scorer } from '../../shared/recommender/score.ts';
import type { ModelStore, PublishedModels } from '../adapters/model-store.ts';
import { Kept } from './kept.ts';
import { KeptNeighbours } from './kept-neighbours.ts';

/** A version of the model, ready to answer. */
export interface Model {
  readonly version: string;
  readonly head: ModelHead;
  readonly items: ModelItems;
  readonly indexOf: ReadonlyMap<string, ItemIndex>;
  readonly scorer: Scorer;
  /** The same without popularity: what is like one item, and not what everybody likes. */
  readonly likeness: Scorer;
  /** What is known to be related, by item; items without any are left out. Throws when it cannot be read. */
  neighbours(indexes: readonly ItemIndex[]): Promise<ReadonlyMap<ItemIndex, ItemNeighbours>>;
}

/** Why a version did not answer. */
export type ModelFailure = (version: string, error: unknown) => void;

/** How long a published version may go unnoticed. */
const HEAD_MS = 5_000;
/** How long a version that could not be read is left alone. */
const BAD_MS = 10_000;
/** Bytes of the neighbours that a version keeps, twice as many at most: 7,500 items of 500 neighbours each. */
const NEIGHBOURS_BYTES = 30_000_000;
/** The one that answers; one that it takes the place of is kept beside it. */
const MOST_MODELS = 1;

/** A version whose parts do not fit together. */
export class DamagedModelError extends Error {
  override readonly name = 'DamagedModelError';
}

/** Versions of the model as a sandbox remembers them. */
export class Models {
  readonly #store: Pick<ModelStore, 'head' | 'items' | 'neighbours'>;
  readonly #clock: () => number;
  readonly #failed: ModelFailure;
  readonly #ready = new Kept<string, Model>(MOST_MODELS);
  readonly #badUntil = new Map<string, number>();
  #looking: Promise<void> | undefined;
  #published: { readonly models: PublishedModels | undefined; readonly readAt: number } | undefined;

  constructor(store: Pick<ModelStore, 'head' | 'items' | 'neighbours'>, clock: () => number, failed: ModelFailure) {
    this.#store = store;
    this.#clock = clock;
    this.#failed = failed;
  }

  /**
   * Answers by the latest version that can, older ones in the place of those that cannot, and by none when no version can.
   * `isPrevious`: the latest could not.
   */
  async answer<T>(by: (model: Model | undefined, isPrevious: boolean) => Promise<T>): Promise<T> {
    const published = await this.#heads();
    for (const [place, head] of published.entries()) {
      const { version } = head;
      if ((this.#badUntil.get(version) ?? 0) > this.#clock()) continue;
      let model: Model;
      try {
        model = await this.#open(head);
      } catch (error) {
        this.#leave(version, error);
        continue;
      }
      try {
        return await by(model, place > 0);
      } catch (error) {
        if (!(error instanceof NeighboursError)) throw error;
        this.#leave(version, error.cause);
      }
    }
    return await by(undefined, published.length > 0);
  }

  /** Looks what is published, if that was not done lately: to be begun while something else is waited for. Never throws. */
  async look(): Promise<void> {
    const now = this.#clock();
    if (this.#published !== undefined && now - this.#published.readAt <= HEAD_MS) return;
    this.#looking ??= this.#readHead(now).finally(() => {
      this.#looking = undefined;
    });
    await this.#looking;
  }

  async #readHead(now: number): Promise<void> {
    try {
      this.#published = { models: await this.#store.head(), readAt: now };
    } catch (error) {
      this.#failed('none', error);
      this.#published = { models: this.#published?.models, readAt: now };
    }
  }

  /** The latest first. */
  async #heads(): Promise<readonly ModelHead[]> {
    await this.look();
    const models = this.#published?.models;
    return models ? [models.current, ...models.previous] : [];
  }

  async #open(head: ModelHead): Promise<Model> {
    const { version } = head;
    const ready = this.#ready.get(version);
    if (ready) return ready;
    const items = await this.#store.items(version);
    if (items === undefined) throw new DamagedModelError(`Items of version ${version} are missing.`);
    checkItems(items, head);
    const neighbours = readNeighbours((indexes) => this.#store.neighbours(version, indexes), items.ids.length);
    const model: Model = {
      version,
      head,
      items,
      indexOf: new Map(items.ids.map((id, index) => [id, index])),
      scorer: new Scorer(items, head.parameters),
      likeness: new Scorer(items, { ...head.parameters, blend: withoutPopularity(head.parameters.blend) }),
      neighbours,
    };
    this.#ready.set(version, model);
    return model;
  }

  #leave(version: string, error: unknown): void {
    this.#badUntil.set(version, this.#clock() + BAD_MS);
    this.#failed(version, error);
  }
}

/** Neighbours of a version could not be read: the version is no good just now. */
class NeighboursError extends Error {
  override readonly name = 'NeighboursError';
}

function readNeighbours(read: Model['neighbours'], items: number): Model['neighbours'] {
  const kept = new KeptNeighbours(NEIGHBOURS_BYTES);
  return async (indexes) => {
    const found = new Map<ItemIndex, ItemNeighbours>();
    const missing: ItemIndex[] = [];
    for (const index of indexes) {
      const known = kept.get(index);
      if (known === undefined) missing.push(index);
      else if (known) found.set(index, known);
    }
    if (missing.length === 0) return found;
    try {
      const all = await read(missing);
      for (const index of missing) {
        const neighbours = all.get(index);
        if (neighbours) found.set(index, checkNeighbours(neighbours, items));
        kept.set(index, neighbours ?? null);
      }
      return found;
    } catch (cause) {
      throw new NeighboursError('Neighbours could not be read.', { cause });
    }
  };
}

/** Where a version goes by popularity alone, both kinds of neighbours count the same. */
function withoutPopularity({ collaborative, content }: Blend): Blend {
  const sum = collaborative + content;
  if (sum === 0) return { collaborative: 0.5, content: 0.5, popularity: 0 };
  return { collaborative: collaborative / sum, content: content / sum, popularity: 0 };
}

function checkItems({ ids, popularity, trend }: ModelItems, head: ModelHead): void {
  if (ids.length === head.items && popularity.length === ids.length && trend.length === ids.length) return;
  const found = `${ids.length} ids, ${popularity.length} popularities and ${trend.length} trends`;
  throw new DamagedModelError(`Version ${head.version} should have ${head.items} items, and has ${found}.`);
}

function checkNeighbours(neighbours: ItemNeighbours, items: number): ItemNeighbours {
  for (const { items: others, scores } of [neighbours.collaborative, neighbours.content]) {
    let last = 0;
    for (let at = 0; at < others.length; at += 1) last = Math.max(last, others[at] as number);
    if (others.length !== scores.length || (last >= items && others.length > 0)) {
      throw new DamagedModelError(`Neighbours name items beyond the ${items} of the version.`);
    }
  }
  return neighbours;
}
