import type { Order, Orders } from '../../schemas/profile.ts';
import { countOrder, isLaterAmount } from './orders.ts';

/**
 * The orders of several parts of one person. Totals add up; an order of which several parts know is taken out of each
 * part's totals and put in once, as all of its events together would have made it.
 */
export function mergeOrders(parts: readonly Orders[]): Orders {
  const known = new Map<string, Order>();
  const merged: Orders = { count: 0, cancelledCount: 0, firstAt: 0, lastAt: 0, totals: new Map(), known };
  const shared = new Set<string>();
  for (const part of parts) {
    merged.count += part.count;
    merged.cancelledCount += part.cancelledCount;
    merged.firstAt = earlier(merged.firstAt, part.firstAt);
    merged.lastAt = Math.max(merged.lastAt, part.lastAt);
    addTotals(merged, part.totals, 1);
    for (const [id, order] of part.known) {
      const other = known.get(id);
      known.set(id, other === undefined ? order : combine(other, order));
      if (other !== undefined) shared.add(id);
    }
  }
  if (shared.size > 0) countOnce(merged, parts, shared);
  return merged;
}

function countOnce(merged: Orders, parts: readonly Orders[], shared: ReadonlySet<string>): void {
  for (const part of parts) {
    // In a part, an order may have been summed under the currency of those that found no room: there it is taken out.
    const taken: Orders = { ...part, count: 0, cancelledCount: 0, totals: emptied(part.totals) };
    for (const id of shared) {
      const order = part.known.get(id);
      if (order !== undefined) countOrder(taken, order, 1);
    }
    merged.count -= taken.count;
    merged.cancelledCount -= taken.cancelledCount;
    addTotals(merged, taken.totals, -1);
  }
  for (const id of shared) countOrder(merged, merged.known.get(id) as Order, 1);
}

const emptied = (totals: Orders['totals']): Orders['totals'] =>
  new Map(Array.from(totals.keys(), (currency) => [currency, { revenue: 0, refunded: 0, cancelled: 0 }]));

function addTotals(to: Orders, totals: Orders['totals'], sign: 1 | -1): void {
  for (const [currency, { revenue, refunded, cancelled }] of totals) {
    const sum = to.totals.get(currency);
    to.totals.set(currency, {
      revenue: (sum?.revenue ?? 0) + sign * revenue,
      refunded: (sum?.refunded ?? 0) + sign * refunded,
      cancelled: (sum?.cancelled ?? 0) + sign * cancelled,
    });
  }
}

/** What the events of both made of one order. */
function combine(one: Order, other: Order): Order {
  const [later, before] = isLaterAmount(one, other.amountAt, other.amount, other.currency)
    ? [other, one]
    : [one, other];
  const refundCurrencies = [one.refundCurrency, other.refundCurrency].filter((currency) => currency !== '').sort();
  return {
    placedAt: earlier(one.placedAt, other.placedAt),
    seenAt: Math.max(one.seenAt, other.seenAt),
    amount: later.amount,
    currency: later.currency,
    amountAt: Math.max(later.amountAt, before.amountAt),
    cancelled: one.cancelled || other.cancelled,
    refunded: one.refunded + other.refunded,
    refundCurrency: refundCurrencies[0] ?? '',
    refundedWhole: one.refundedWhole || other.refundedWhole,
  };
}

/** The earlier of two times of which 0 is none. */
const earlier = (one: number, other: number): number => (one === 0 || other === 0 ? one + other : Math.min(one, other));
