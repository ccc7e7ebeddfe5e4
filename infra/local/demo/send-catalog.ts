import type { CatalogItem } from './catalog.ts';

export interface SendCatalogOptions {
  readonly apiUrl: string;
  readonly apiKey: string;
}

/** Most items of one request. */
const AT_ONCE = 500;

/**
 * Sends the shop's items to the catalog, as a shop system does every night; again it does no harm. Answers how many are
 * sold out. Throws an error with the API's answer when that is not 200.
 */
export async function sendCatalog(
  items: readonly CatalogItem[],
  { apiUrl, apiKey }: SendCatalogOptions,
): Promise<{ readonly soldOut: number }> {
  for (let at = 0; at < items.length; at += AT_ONCE) {
    const answer = await fetch(`${apiUrl}/v1/catalog/items`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ items: items.slice(at, at + AT_ONCE).map(entryOf) }),
    });
    if (answer.ok) await answer.arrayBuffer();
    else throw new Error(`PUT /v1/catalog/items answered ${answer.status}: ${await answer.text()}`);
  }
  return { soldOut: items.filter(isSoldOut).length };
}

/** Whether an item is out of stock now: one item of every second shelf. */
export const isSoldOut = ({ itemId }: Pick<CatalogItem, 'itemId'>): boolean => /^p-\d?[02468]17$/.test(itemId);

function entryOf(item: CatalogItem) {
  const { itemId, name, department, category, brand, priceCents, priceBand, popularity, imageUrl, url } = item;
  return {
    itemId,
    title: name,
    category: [department, category],
    brand,
    price: priceCents / 100,
    currency: 'USD',
    tags: [priceBand],
    stock: isSoldOut(item) ? 0 : Math.ceil(popularity * 200),
    image: imageUrl,
    url,
  };
}
