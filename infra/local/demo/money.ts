import type { CatalogItem } from './catalog.ts';
import type { Currency } from './homes.ts';

const rates: Readonly<Record<Currency, number>> = { USD: 1, EUR: 0.92, GBP: 0.79 };

/** Price of an item in hundredths of the customer's currency. */
export const centsIn = (item: CatalogItem, currency: Currency): number => Math.round(item.priceCents * rates[currency]);

/** Hundredths of a currency unit as the number that a tracker sends. */
export const wire = (cents: number): number => cents / 100;

/** Hundredths of a currency unit as the ledger's 1/10,000. */
export const ledgerUnits = (cents: number): number => cents * 100;

export interface Line {
  readonly item: CatalogItem;
  readonly variant: string;
  readonly quantity: number;
}

/** All in hundredths. */
export interface Bill {
  readonly subtotal: number;
  readonly discount: number;
  readonly revenue: number;
  readonly shipping: number;
  readonly tax: number;
  readonly total: number;
}

/** Adds up a basket: the discount comes off first, tax is 8 %, shipping is free from 75. */
export function billFor(lines: readonly Line[], currency: Currency, discountRate: number): Bill {
  const subtotal = lines.reduce((sum, line) => sum + centsIn(line.item, currency) * line.quantity, 0);
  const discount = Math.round(subtotal * discountRate);
  const revenue = subtotal - discount;
  const shipping = revenue >= 7500 ? 0 : 695;
  const tax = Math.round(revenue * 0.08);
  return { subtotal, discount, revenue, shipping, tax, total: revenue + shipping + tax };
}

/** A bill's amounts as an event's properties. */
export const billProperties = (bill: Bill) => ({
  subtotal: wire(bill.subtotal),
  discount: wire(bill.discount),
  revenue: wire(bill.revenue),
  shipping: wire(bill.shipping),
  tax: wire(bill.tax),
  total: wire(bill.total),
});

/** A product as the e-commerce v2 events carry it. */
export function productOf(item: CatalogItem, currency: Currency, more: Record<string, unknown> = {}) {
  return {
    product_id: item.itemId,
    sku: item.sku,
    category: item.category,
    name: item.name,
    brand: item.brand,
    price: wire(centsIn(item, currency)),
    url: item.url,
    image_url: item.imageUrl,
    ...more,
  };
}

export const productsOf = (lines: readonly Line[], currency: Currency) =>
  lines.map((line) => productOf(line.item, currency, { variant: line.variant, quantity: line.quantity }));
