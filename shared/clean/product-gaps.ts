import type { Commerce, Product } from '../../schemas/event/clean-event.ts';
import type { EcommerceEventName } from '../../schemas/event/ecommerce-names.ts';
import { type Draft, noteChange } from './step.ts';

/** A rule that fills one missing field of a product. */
interface ProductGapRule {
  readonly name: string;
  readonly field: 'quantity' | 'category';
  readonly events: readonly EcommerceEventName[];
  readonly value: (product: Product, commerce: Commerce) => string | number | undefined;
}

export const productGapRules: readonly ProductGapRule[] = [
  {
    name: 'quantity_of_one',
    field: 'quantity',
    events: [
      'Product Added',
      'Product Removed',
      'Cart Viewed',
      'Checkout Started',
      'Order Completed',
      'Order Updated',
      'Order Cancelled',
      'Order Refunded',
      'Wishlist Product Added to Cart',
    ],
    value: () => 1,
  },
  {
    name: 'category_from_list',
    field: 'category',
    events: ['Product List Viewed', 'Product List Filtered'],
    value: (_product, commerce) => commerce.category,
  },
];

const rulesByEvent: ReadonlyMap<string, readonly ProductGapRule[]> = new Map(
  [...new Set(productGapRules.flatMap((rule) => rule.events))].map((event) => [
    event,
    productGapRules.filter((rule) => rule.events.includes(event)),
  ]),
);

/** Fills a product's gaps by the rules of its event, and notes each. */
export function fillProduct(draft: Draft, product: Product, path: string, commerce: Commerce): void {
  const rules = rulesByEvent.get(draft.event);
  if (rules === undefined) return;
  for (const rule of rules) {
    if (product[rule.field] !== undefined) continue;
    const value = rule.value(product, commerce);
    if (value === undefined) continue;
    Object.assign(product, { [rule.field]: value });
    noteChange(draft.changes, `${path}.${rule.field}`, rule.name, undefined, value);
  }
}
