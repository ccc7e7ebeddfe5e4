import type { Commerce, Product } from '../../schemas/event/clean-event.ts';
import type { EcommerceEventName } from '../../schemas/event/ecommerce-names.ts';
import type { Money } from '../../schemas/event/money.ts';
import { DEFAULT_CURRENCY } from '../../schemas/event/vocabulary.ts';
import { amountOf, timesQuantity } from './money.ts';
import { type Draft, noteChange } from './step.ts';

/** A rule that fills one missing amount of an event from what the event says. */
interface GapRule {
  readonly name: string;
  readonly field: 'total' | 'revenue' | 'value';
  readonly events: readonly EcommerceEventName[];
  readonly value: (commerce: Commerce) => Money | undefined;
}

const ORDERS = ['Order Completed', 'Order Updated'] as const;
const WITH_TOTAL = [...ORDERS, 'Order Cancelled', 'Order Refunded', 'Checkout Started'] as const;
const OF_ONE_PRODUCT = [
  'Product Clicked',
  'Product Viewed',
  'Product Added',
  'Product Removed',
  'Product Added to Wishlist',
  'Product Removed from Wishlist',
  'Wishlist Product Added to Cart',
] as const;

/**
 * Applied in order, each to a field that is still missing. An order's total is what the lines cost, with shipping and
 * tax, less the discount; a subtotal or revenue has the discount in it already, unless it equals the sum of the lines.
 */
export const gapRules: readonly GapRule[] = [
  {
    name: 'total_from_subtotal',
    field: 'total',
    events: WITH_TOTAL,
    value: (commerce) => totalFrom(commerce, commerce.subtotal),
  },
  {
    name: 'total_from_revenue',
    field: 'total',
    events: WITH_TOTAL,
    value: (commerce) => totalFrom(commerce, commerce.revenue),
  },
  {
    name: 'total_from_products',
    field: 'total',
    events: WITH_TOTAL,
    value: (commerce) => totalFrom(commerce, sumOfLines(commerce.products)),
  },
  {
    name: 'revenue_from_total',
    field: 'revenue',
    events: [...ORDERS, 'Checkout Started'],
    value: ({ total, shipping = 0, tax = 0 }) => (total === undefined ? undefined : safe(total - shipping - tax)),
  },
  {
    name: 'value_from_price',
    field: 'value',
    events: OF_ONE_PRODUCT,
    value: ({ product }) => (product === undefined ? undefined : costOf(product, 1)),
  },
  {
    name: 'value_from_products',
    field: 'value',
    events: ['Cart Viewed'],
    value: ({ products }) => sumOfLines(products),
  },
  {
    name: 'value_from_total',
    field: 'value',
    events: ['Checkout Started'],
    value: ({ total }) => total,
  },
];

const rulesByEvent: ReadonlyMap<string, readonly GapRule[]> = new Map(
  [...new Set(gapRules.flatMap((rule) => rule.events))].map((event) => [
    event,
    gapRules.filter((rule) => rule.events.includes(event)),
  ]),
);

/** Fills what an event left out, by the rules of its name, and notes each. */
export function fillGaps(draft: Draft, commerce: Commerce): void {
  for (const rule of rulesByEvent.get(draft.event) ?? []) {
    if (commerce[rule.field] !== undefined) continue;
    const value = rule.value(commerce);
    if (value === undefined) continue;
    commerce[rule.field] = value;
    noteChange(draft.changes, `properties.${rule.field}`, rule.name, undefined, amountOf(value));
  }
  if (commerce.currency === undefined && hasAmount(commerce)) fillCurrency(draft, commerce);
}

function fillCurrency(draft: Draft, commerce: Commerce): void {
  const rule = draft.currencyBeside === undefined ? 'default_currency' : 'currency_from_amount';
  commerce.currency = draft.currencyBeside ?? DEFAULT_CURRENCY;
  noteChange(draft.changes, 'properties.currency', rule, undefined, commerce.currency);
}

function totalFrom(commerce: Commerce, base: Money | undefined): Money | undefined {
  if (base === undefined) return undefined;
  const { shipping = 0, tax = 0, discount = 0 } = commerce;
  const isBeforeDiscount = discount !== 0 && base === sumOfLines(commerce.products);
  return safe(base + shipping + tax - (isBeforeDiscount ? discount : 0));
}

/** What all lines cost together; undefined when there is none, or one without price or quantity. */
function sumOfLines(products: readonly Product[] | undefined): Money | undefined {
  if (products === undefined || products.length === 0) return undefined;
  let sum = 0;
  for (const product of products) {
    const cost = product.quantity === undefined ? undefined : costOf(product, product.quantity);
    if (cost === undefined) return undefined;
    sum += cost;
  }
  return safe(sum);
}

const costOf = ({ price, quantity }: Product, otherwise: number): Money | undefined =>
  price === undefined ? undefined : timesQuantity(price, quantity ?? otherwise);

const safe = (money: number): Money | undefined => (Number.isSafeInteger(money) ? money : undefined);

const hasAmount = (commerce: Commerce): boolean =>
  commerce.value !== undefined ||
  commerce.revenue !== undefined ||
  commerce.total !== undefined ||
  commerce.subtotal !== undefined ||
  commerce.shipping !== undefined ||
  commerce.tax !== undefined ||
  commerce.discount !== undefined ||
  commerce.product?.price !== undefined ||
  commerce.products?.some((product) => product.price !== undefined) === true;
