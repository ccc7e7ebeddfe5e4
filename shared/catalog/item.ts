import { type CatalogFields, type CatalogItem, catalogFields, type StoredItem } from '../../schemas/catalog.ts';
import { DEFAULT_CURRENCY } from '../../schemas/event/vocabulary.ts';

/**
 * An item as everybody sees it: field by field what was given wins over what was learnt. A learnt price does not count
 * beside a given currency that is another, and there is no currency without a price.
 */
export function itemOf({ itemId, given, learnt, updatedAt }: StoredItem): CatalogItem {
  const fields: CatalogFields = { ...learnt, ...given };
  const price = given.price ?? (isSame(given.currency, learnt.currency) ? learnt.price : undefined);
  const { price: _, currency, ...others } = fields;
  return {
    itemId,
    ...others,
    ...(price !== undefined && { price, currency: currency ?? DEFAULT_CURRENCY }),
    updatedAt,
  };
}

const isSame = (given: string | undefined, learnt: string | undefined): boolean =>
  given === undefined || given === (learnt ?? DEFAULT_CURRENCY);

/** Names of the fields of an item that are as events tell. */
export const learntNames = (stored: StoredItem): (keyof CatalogFields)[] => {
  const item = itemOf(stored);
  return catalogFields.filter((name) => item[name] !== undefined && stored.given[name] === undefined);
};

/** Whether an item may be recommended: not hidden, and not sold out. */
export const isForSale = ({ hidden, stock }: Pick<CatalogItem, 'hidden' | 'stock'>): boolean =>
  hidden !== true && stock !== 0;
