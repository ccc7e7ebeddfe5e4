import {
  categoryPath,
  itemId,
  type LearntFields,
  type LearntItem,
  learntFields,
  type StoredItem,
  webAddress,
} from '../../schemas/catalog.ts';
import { currencyCodes } from '../../schemas/event/currencies.ts';

const MAX_TITLE = 500;
const MAX_BRAND = 200;
const MAX_CATEGORY = 1_000;

/**
 * Items of the rows of `learntQuery`. What no request could give (an id that is too long, an address of another kind) is
 * left out, and a title that is too long is cut.
 */
export function learntItemsOf(rows: Iterable<readonly (string | null)[]>): LearntItem[] {
  const items = new Map<string, LearntItem>();
  for (const [id, title, category, brand, price, currency, image, url] of rows) {
    const { data } = itemId.safeParse(id);
    // Ids that differ in outer spaces alone are one item: the first has more events.
    if (data === undefined || items.has(data)) continue;
    const amount = price ? Number(price) : undefined;
    const isPrice = amount !== undefined && Number.isFinite(amount) && currencyCodes.includes(currency ?? '');
    const fields: { readonly [Name in keyof LearntFields]: LearntFields[Name] | undefined } = {
      title: textOf(title)?.slice(0, MAX_TITLE).toWellFormed(),
      category: shorter(categoryPath(category ?? ''), MAX_CATEGORY),
      brand: shorter(textOf(brand), MAX_BRAND),
      price: isPrice ? amount : undefined,
      currency: isPrice ? (currency ?? undefined) : undefined,
      image: addressOf(image),
      url: addressOf(url),
    };
    items.set(data, { itemId: data, ...known(fields) });
  }
  return [...items.values()];
}

/**
 * The items of which events tell something new, with all that they tell: what is not told any more stays as it was.
 * `scanned` is the whole catalog.
 */
export function changedItems(scanned: Iterable<StoredItem>, learnt: readonly LearntItem[]): LearntItem[] {
  const news = new Map(learnt.map((item) => [item.itemId, item]));
  const changed: LearntItem[] = [];
  for (const stored of scanned) {
    const item = news.get(stored.itemId);
    if (item === undefined) continue;
    news.delete(stored.itemId);
    const { price, currency, ...before } = stored.learnt;
    const after: LearntItem = {
      ...before,
      ...(item.price === undefined && known({ price, currency })),
      ...item,
    };
    if (learntFields.some((name) => after[name] !== stored.learnt[name])) changed.push(after);
  }
  return [...changed, ...news.values()];
}

const textOf = (given: string | null | undefined): string | undefined => given?.trim() || undefined;

const shorter = (given: string | undefined, most: number): string | undefined =>
  given !== undefined && given.length <= most ? given : undefined;

const addressOf = (given: string | null | undefined): string | undefined => webAddress.safeParse(given).data;

const known = <T extends object>(fields: { readonly [Name in keyof T]: T[Name] | undefined }): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
