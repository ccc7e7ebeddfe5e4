/** The catalog: what is for sale, as its owner says and as events tell. By `zod/mini`: functions read requests by it. */
import * as z from 'zod/mini';
import { currencyCodes } from './event/currencies.ts';
import { MAX_ID_LENGTH } from './event/vocabulary.ts';
import { storable, strict } from './segment/value-test.ts';

/** Most items of one request. */
export const MAX_ITEMS = 500;
/** Most bytes of one request: 500 items of 4 KB, within what Lambda takes. */
export const MAX_ITEMS_BYTES = 2 * 1024 * 1024;
/** Between the levels of a category path. */
export const LEVELS = ' > ';

const MAX_LEVELS = 10;
const MAX_TAGS = 50;
const MAX_PRICE = 1_000_000_000;
const MAX_STOCK = 1_000_000_000;

const text = (most: number) =>
  storable.check(z.trim(), z.minLength(1, 'is empty'), z.maxLength(most, `is longer than ${most} characters`));

/** Id of an item: the product id that events name. */
export const itemId = text(MAX_ID_LENGTH);

const level = text(100);

/** Levels of a category path, however it was written; empty when it names none. */
const levelsOf = (given: string | readonly string[]): string[] =>
  [given]
    .flat()
    .flatMap((part) => part.split('>'))
    .map((part) => part.trim().replace(/\s+/g, ' '))
    .filter((part) => part !== '');

/** A category path as it is stored: levels joined by ` > `; undefined when it names none. */
export function categoryPath(given: string | readonly string[]): string | undefined {
  const levels = levelsOf(given);
  return levels.length > 0 ? levels.join(LEVELS) : undefined;
}

const category = z.pipe(
  z.union([
    z
      .string('is neither a path such as "Camping > Tents" nor a list of levels')
      .check(z.maxLength(1_100, 'is longer than 1,100 characters')),
    z.array(level, 'is neither a path such as "Camping > Tents" nor a list of levels'),
  ]),
  z.transform((given, context) => {
    const levels = levelsOf(given);
    const issue = (message: string) => context.issues.push({ code: 'custom', message, input: given });
    if (levels.length === 0) issue('names no level: write "Camping > Tents", or null to unset it');
    if (levels.length > MAX_LEVELS) issue(`has more than ${MAX_LEVELS} levels`);
    if (levels.some((each) => each.length > 100)) issue('has a level that is longer than 100 characters');
    if (!given.toString().isWellFormed() || given.toString().includes('\0')) issue('has a NUL or half a character');
    return levels.join(LEVELS);
  }),
);

/** To 1/10,000, as the lake has amounts. */
const price = z.number('is not a number').check(
  z.minimum(0, 'is below 0'),
  z.maximum(MAX_PRICE, 'is above 1,000,000,000'),
  z.overwrite((given) => Math.round(given * 10_000) / 10_000 + 0),
);

const stock = z
  .number('is not a number')
  .check(z.int('is not a whole number'), z.minimum(0, 'is below 0'), z.maximum(MAX_STOCK, 'is above 1,000,000,000'));

const currency = z.string('is not a text').check(
  z.trim(),
  z.toUpperCase(),
  z.refine((code) => currencyCodes.includes(code), 'is no ISO 4217 code such as EUR'),
);

const tags = z.array(text(100), 'is not a list of texts').check(
  z.maxLength(MAX_TAGS, `has more than ${MAX_TAGS} tags`),
  z.overwrite((given) => [...new Set(given)]),
);

/** Of a page or an image. */
export const webAddress = text(2_048).check(
  z.refine(isWebAddress, 'is no address that begins with https:// or http://'),
);

function isWebAddress(given: string): boolean {
  return /^https?:\/\/[^\s]+$/i.test(given) && URL.canParse(given);
}

const field = <T extends z.ZodMiniType>(schema: T, description: string) =>
  z.optional(z.nullable(schema)).check(z.describe(description));

/** What is said of an item: a field that is left out stays as it is, and `null` unsets one. */
export const catalogChange = strict({
  itemId: itemId.check(z.describe('The product id that events name.')),
  title: field(text(500), 'Name that people read.'),
  category: field(
    category,
    'Path from the widest to the closest, levels between `>`: `Camping > Tents`; or a list of levels.',
  ),
  brand: field(text(200), 'Brand.'),
  price: field(price, 'Price of one unit, rounded to 1/10,000.'),
  currency: field(currency, 'ISO 4217 code of the price. Without one it is that of events, else USD.'),
  tags: field(tags, `Up to ${MAX_TAGS} words for what the item is like; the list as a whole.`),
  stock: field(stock, 'Units for sale. With 0 the item is not recommended; without it, there are enough.'),
  hidden: field(z.boolean('is neither true nor false'), 'Whether the item is kept out of recommendations.'),
  image: field(webAddress, 'Address of an image.'),
  url: field(webAddress, 'Address of its page.'),
});

/** Items of one request, each at most once. */
export const catalogChanges = strict({
  items: z
    .array(catalogChange, 'is not a list of items')
    .check(z.maxLength(MAX_ITEMS, `has more than ${MAX_ITEMS} items: send several requests`), z.superRefine(eachOnce)),
});

function eachOnce(items: readonly { readonly itemId: string }[], context: z.core.$RefinementCtx): void {
  const seen = new Map<string, number>();
  for (const [at, { itemId: id }] of items.entries()) {
    const first = seen.get(id);
    if (first === undefined) seen.set(id, at);
    else {
      const message = `is the same as items.${first}.itemId: send each item once, with all that is new`;
      context.addIssue({ code: 'custom', path: [at, 'itemId'], message });
    }
  }
}

/** What may be known of an item. */
export interface CatalogFields {
  readonly title?: string;
  /** Levels joined by ` > `. */
  readonly category?: string;
  readonly brand?: string;
  /** In units of the currency, to 1/10,000. */
  readonly price?: number;
  /** ISO 4217. */
  readonly currency?: string;
  readonly tags?: readonly string[];
  /** Units for sale; absent means enough. */
  readonly stock?: number;
  readonly hidden?: boolean;
  readonly image?: string;
  readonly url?: string;
}

export const catalogFields = [
  'title',
  'category',
  'brand',
  'price',
  'currency',
  'tags',
  'stock',
  'hidden',
  'image',
  'url',
] as const satisfies readonly (keyof CatalogFields)[];

/** Fields that events tell. */
export const learntFields = ['title', 'category', 'brand', 'price', 'currency', 'image', 'url'] as const;

export type LearntFields = Pick<CatalogFields, (typeof learntFields)[number]>;

/** What events tell of an item. */
export interface LearntItem extends LearntFields {
  readonly itemId: string;
}

/** A request's word on one item: absent fields stay, null unsets. */
export type CatalogChange = { readonly itemId: string } & {
  readonly [Name in keyof CatalogFields]?: CatalogFields[Name] | null | undefined;
};

/** An item as the table has it. */
export interface StoredItem {
  readonly itemId: string;
  /** What requests said. */
  readonly given: CatalogFields;
  /** What events tell. */
  readonly learnt: LearntFields;
  /** Latest change of either, in milliseconds since 1970. */
  readonly updatedAt: number;
}

/** An item as everybody sees it: field by field what was given, else what was learnt. */
export interface CatalogItem extends CatalogFields {
  readonly itemId: string;
  /** Milliseconds since 1970. */
  readonly updatedAt: number;
}
