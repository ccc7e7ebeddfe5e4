import { LEVELS } from '../../schemas/catalog.ts';
import type { ModelUsed, RecommendedItem } from '../../schemas/recommendation.ts';
import type { Variant } from '../../schemas/stream/answered.ts';
import { diversify, likenessOf, traitsOf } from '../../shared/recommender/diversity.ts';
import type { ItemIndex } from '../../shared/recommender/model.ts';
import type { HistoryItem } from '../../shared/recommender/score.ts';
import { ofAnyCategory, ofCategory } from './category.ts';
import type { Model } from './models.ts';
import { type Picked, pick } from './pick.ts';
import type { Shelf } from './shelf.ts';
import { newest, shown } from './shown.ts';
import type { Somebody } from './somebody.ts';

/** What is asked for. */
export type Wanted = {
  readonly n: number;
  readonly category?: string | undefined;
  /** 0 to 1: how much the items of the answer should differ. */
  readonly diversity: number;
};

/** Items, and the model that they are by. */
export interface ItemsOfModel {
  readonly items: RecommendedItem[];
  readonly model: ModelUsed;
}

/** And who chose them. */
export interface Chosen extends ItemsOfModel {
  readonly variant: Variant;
}

/** What every choice is made with. */
export interface Choice {
  readonly shelf: Shelf;
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
  readonly model: Model | undefined;
  /** Whether a later version could not answer. */
  readonly isFallback: boolean;
  /** Whether no answer has the item of an id. */
  readonly isLeftOut: (itemId: string) => boolean;
}

/** How long an answer may go on looking for more of what it has some of. */
const LOOK_MS = 1_000;
/** Items beyond those asked for that a varied list is chosen from: twice as many, up to this. */
const MOST_SPARE = 50;
/** How far down the popular items of somebody's categories are looked for: below, they aren't popular. */
const FURTHEST_POPULAR = 1_000;

const noNeighbours = () => undefined;
const never = () => false;

/** Items for a person. Who is of the holdout gets popular ones, where the model would have chosen. */
export async function chooseFor(
  choice: Choice,
  somebody: Somebody,
  wanted: Wanted,
  isHoldout: boolean,
): Promise<Chosen> {
  const { model } = choice;
  const history = model ? historyOf(model, somebody) : [];
  if (model === undefined || history.length === 0) {
    return { ...(await choosePopular(choice, wanted, somebody.categories)), variant: 'popular' };
  }
  if (isHoldout) return { ...(await choosePopular(choice, wanted)), variant: 'holdout' };
  const counting = history.slice(0, model.head.parameters.history.items);
  const related = await model.neighbours(counting.map(({ item }) => item));
  const isOut = indexTest(model, choice.isLeftOut);
  const picked = await pick(choice.shelf, choice.clock, {
    model,
    rank: (most) => model.scorer.score(counting, (item) => related.get(item), isOut, most),
    fits: fitsOf(wanted),
    want: wanted.n + Math.min(2 * wanted.n, MOST_SPARE),
    deadline: choice.clock() + LOOK_MS,
  });
  if (picked.length === 0) return { ...(await chooseNewest(choice, wanted)), variant: 'model' };
  const reasons = { categories: listOf(wanted.category), hasBought: somebody.hasBought };
  const varied = diversify(withTraits(picked), wanted.n, wanted.diversity, (one, other) =>
    likenessOf(one.traits, other.traits),
  );
  const items = await shown(choice, varied, reasons);
  return { items, variant: 'model', model: used(choice) };
}

/** Popular items; those of `liked` categories first. Without a model, the newest of the catalog. */
export async function choosePopular(
  choice: Choice,
  wanted: Wanted,
  liked: readonly string[] = [],
): Promise<ItemsOfModel> {
  const { model, shelf, clock, isLeftOut } = choice;
  if (model === undefined) return await chooseNewest(choice, wanted);
  const { n, category } = wanted;
  const deadline = clock() + LOOK_MS;
  const popular = async (
    isOut: Choice['isLeftOut'],
    want: number,
    categories: readonly string[],
    furthest?: number,
  ) => {
    const isIndexOut = indexTest(model, isOut);
    const rank = (most: number) => model.scorer.score([], noNeighbours, isIndexOut, most);
    const fits = categories.length === 0 ? undefined : ofAnyCategory(categories);
    const picked = await pick(shelf, clock, { model, rank, fits, want, deadline, ...(furthest && { furthest }) });
    return await shown(choice, picked, { categories, hasBought: never });
  };
  const first = category === undefined && liked.length > 0 ? await popular(isLeftOut, n, liked, FURTHEST_POPULAR) : [];
  const shownFirst = new Set(first.map(({ itemId }) => itemId));
  const rest = (id: string) => shownFirst.has(id) || isLeftOut(id);
  const others = first.length < n ? await popular(rest, n - first.length, listOf(category)) : [];
  if (first.length + others.length === 0) return await chooseNewest(choice, wanted);
  return { items: [...first, ...others], model: used(choice) };
}

/** Items that people see and buy together with one, and those that are like it; then popular ones of its category. */
export async function chooseSimilar(
  choice: Choice,
  { itemId, category }: { readonly itemId: string; readonly category: string | undefined },
  n: number,
): Promise<ItemsOfModel> {
  const { model, shelf, clock } = choice;
  const index = model?.indexOf.get(itemId);
  const close: RecommendedItem[] = [];
  if (model && index !== undefined) {
    const related = await model.neighbours([index]);
    const history: HistoryItem[] = [{ item: index, weight: 1 }];
    const isOut = (item: ItemIndex) => item === index;
    const rank = (most: number) =>
      model.likeness
        .score(history, (item) => related.get(item), isOut, most)
        .filter(({ because }) => because !== undefined);
    const picked = await pick(shelf, clock, { model, rank, want: n, deadline: clock() + LOOK_MS });
    close.push(...(await shown(choice, picked, { categories: [], hasBought: never })));
  }
  if (close.length === n || (close.length > 0 && category === undefined)) return { items: close, model: used(choice) };
  const there = new Set([itemId, ...close.map((each) => each.itemId)]);
  const others = { ...choice, isLeftOut: (id: string) => there.has(id) };
  for (const wider of widerAndWider(category)) {
    const more = await choosePopular(others, { n: n - close.length, category: wider, diversity: 0 });
    if (close.length + more.items.length > 0) return { items: [...close, ...more.items], model: used(choice) };
  }
  return { items: close, model: used(choice) };
}

/** A category, then those above it, at last all: no answer is empty because an item is the only one of its kind. */
function widerAndWider(category: string | undefined): (string | undefined)[] {
  const levels = category?.split(LEVELS) ?? [];
  return [...levels.map((_, at) => levels.slice(0, levels.length - at).join(LEVELS)), undefined];
}

/** Without a model, or when nothing that it knows is for sale: what the catalog has, the latest first. */
async function chooseNewest(choice: Choice, wanted: Wanted): Promise<ItemsOfModel> {
  const fits = fitsOf(wanted) ?? (() => true);
  const items = await choice.shelf.latest((item) => fits(item) && !choice.isLeftOut(item.itemId), wanted.n);
  return { items: items.map(newest), model: used(choice) };
}

function used({ model, isFallback }: Choice): ModelUsed {
  const fallback = model ? 'previous' : 'none';
  return { version: model?.version ?? null, ...(isFallback && { fallback }) };
}

/** What somebody did, as far as the model knows the items, the latest first. */
function historyOf(model: Model, { interests }: Somebody): HistoryItem[] {
  return interests.flatMap(({ itemId, weight }) => {
    const item = model.indexOf.get(itemId);
    return item === undefined ? [] : [{ item, weight }];
  });
}

const withTraits = (picked: readonly Picked[]) =>
  picked.map((item) => ({ ...item, traits: traitsOf(item.known ?? {}) }));

const fitsOf = ({ category }: Wanted) => (category === undefined ? undefined : ofCategory(category));

const listOf = (category: string | undefined): string[] => (category === undefined ? [] : [category]);

const indexTest =
  (model: Model, isOut: Choice['isLeftOut']) =>
  (item: ItemIndex): boolean =>
    isOut(model.items.ids[item] as string);
