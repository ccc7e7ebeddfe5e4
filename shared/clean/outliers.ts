import type { Commerce, Product } from '../../schemas/event/clean-event.ts';
import type { Money } from '../../schemas/event/money.ts';
import type { EventFlag } from '../../schemas/event/vocabulary.ts';
import { MONEY_SCALE } from '../../schemas/event/vocabulary.ts';
import { noteFlag } from './step.ts';

/** Above these, a value is more likely an error of a unit than a sale. */
export const outlierLimits = { price: 100_000 * MONEY_SCALE, quantity: 1000, amount: 1_000_000 * MONEY_SCALE } as const;

const AMOUNTS = ['value', 'revenue', 'total', 'subtotal', 'shipping', 'tax', 'discount'] as const;

/** Flags what is out of bounds, and leaves it as it is. */
export function flagOutliers(flags: EventFlag[], commerce: Commerce): void {
  if (commerce.product !== undefined) flagProduct(flags, commerce.product);
  if (commerce.products !== undefined) for (const product of commerce.products) flagProduct(flags, product);
  for (const field of AMOUNTS) {
    if (isBeyond(commerce[field], outlierLimits.amount)) noteFlag(flags, 'amount_outlier');
  }
}

function flagProduct(flags: EventFlag[], { price, quantity }: Product): void {
  if (isBeyond(price, outlierLimits.price)) noteFlag(flags, 'price_outlier');
  if (quantity === undefined) return;
  if (quantity <= 0 || quantity > outlierLimits.quantity || !Number.isInteger(quantity)) {
    noteFlag(flags, 'quantity_outlier');
  }
}

const isBeyond = (money: Money | undefined, limit: Money): boolean =>
  money !== undefined && (money < 0 || money > limit);
