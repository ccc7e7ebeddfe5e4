import type { CleanEvent } from '../../schemas/event/clean-event.ts';
import type { Money } from '../../schemas/event/money.ts';
import type { Order, Orders, OrderTotals, Profile } from '../../schemas/profile.ts';
import { eventValue, NO_CURRENCY } from './counters.ts';
import { fits, limits } from './limits.ts';
import { textHash } from './message-hash.ts';
import { drop } from './new-profile.ts';
import { keepTop } from './top.ts';

const orderEvents = new Set(['Order Completed', 'Order Updated', 'Order Cancelled', 'Order Refunded']);

/**
 * Folds an order event: each order id counts once, whatever number of messages tells of it, and the totals are the sum
 * over orders of what `contributionOf` says. So the result is the same in any order of arrival, for as long as the order
 * is among the `limits.orders` latest; of an older one, a second Order Completed counts as a new order.
 */
export function applyOrder(profile: Profile, event: CleanEvent): void {
  if (!orderEvents.has(event.event)) return;
  const { orders } = profile;
  const id = orderKey(event);
  if (id === undefined) {
    drop(profile, 'order_events_without_order_id');
    return;
  }

  const known = orders.known.get(id);
  const order = known === undefined ? newOrder() : { ...known };
  update(order, event);
  if (known !== undefined) countOrder(orders, known, -1);
  countOrder(orders, order, 1);
  if (event.event === 'Order Completed') {
    if (orders.firstAt === 0 || event.eventTime < orders.firstAt) orders.firstAt = event.eventTime;
    if (event.eventTime > orders.lastAt) orders.lastAt = event.eventTime;
  }
  orders.known.set(id, order);
  keepTop(orders.known, limits.orders, ({ seenAt }) => seenAt);
}

/** An order completed without an order id is an order of its own; other events need the id. */
function orderKey({ commerce, event, sourceId, messageId }: CleanEvent): string | undefined {
  if (commerce.orderId !== undefined) return textHash(commerce.orderId);
  return event === 'Order Completed' ? textHash(`message\n${sourceId}\n${messageId}`) : undefined;
}

const newOrder = (): Order => ({
  placedAt: 0,
  seenAt: 0,
  amount: 0,
  currency: '',
  amountAt: 0,
  cancelled: false,
  refunded: 0,
  refundCurrency: '',
  refundedWhole: false,
});

function update(order: Order, event: CleanEvent): void {
  const time = event.eventTime;
  const amount = amountOf(event);
  const currency = currencyOf(event);
  order.seenAt = Math.max(order.seenAt, time);
  if (event.event === 'Order Cancelled') {
    order.cancelled = true;
  } else if (event.event === 'Order Refunded') {
    if (amount === undefined) order.refundedWhole = true;
    else order.refunded += Math.abs(amount);
    if (order.refundCurrency === '' || currency < order.refundCurrency) order.refundCurrency = currency;
  } else {
    if (event.event === 'Order Completed') {
      order.placedAt = order.placedAt === 0 ? time : Math.min(order.placedAt, time);
    }
    if (amount !== undefined && isLaterAmount(order, time, amount, currency)) {
      order.amount = amount;
      order.currency = currency;
      order.amountAt = time;
    }
  }
}

/** Of amounts of one moment the larger wins, so that the order of arrival decides nothing. */
export function isLaterAmount(order: Order, time: number, amount: Money, currency: string): boolean {
  if (time !== order.amountAt) return time > order.amountAt;
  return amount === order.amount ? currency > order.currency : amount > order.amount;
}

/** What was paid for the order, or paid back. */
function amountOf(event: CleanEvent): Money | undefined {
  const amount = eventValue(event);
  return amount === undefined || Math.abs(amount) > limits.amount ? undefined : amount;
}

function currencyOf({ commerce }: CleanEvent): string {
  const { currency } = commerce;
  return currency !== undefined && fits(currency, limits.detailBytes) ? currency : NO_CURRENCY;
}

/**
 * What one order adds to the totals, by currency. Refunds count as they are, in their own currency, as they do in the
 * lake: they may be more than the order says it was paid. One that names no amount pays back the whole; a cancellation
 * takes back what was not refunded. Of an order that was never seen completed, only refunds that name an amount count.
 */
function contributionsOf(order: Order): [currency: string, OrderTotals][] {
  const isPlaced = order.placedAt !== 0;
  const currency = order.currency || order.refundCurrency || NO_CURRENCY;
  const refundCurrency = ['', NO_CURRENCY].includes(order.refundCurrency) ? currency : order.refundCurrency;
  const revenue = isPlaced ? order.amount : 0;
  const whole = isPlaced && order.refundedWhole ? Math.max(revenue, 0) : 0;
  const refunded = Math.max(order.refunded, whole);
  const cancelled = isPlaced && order.cancelled ? Math.max(revenue - refunded, 0) : 0;
  return [
    [currency, { revenue, refunded: 0, cancelled }],
    [refundCurrency, { revenue: 0, refunded, cancelled: 0 }],
  ];
}

/** Adds an order to the totals or, by -1, takes it out of them. */
export function countOrder(orders: Orders, order: Order, sign: 1 | -1): void {
  if (order.placedAt !== 0) {
    orders.count += sign;
    if (order.cancelled) orders.cancelledCount += sign;
  }
  for (const [currency, change] of contributionsOf(order)) {
    if (change.revenue === 0 && change.refunded === 0 && change.cancelled === 0) continue;
    const bucket = totalsCurrency(orders, currency);
    const totals = orders.totals.get(bucket) ?? { revenue: 0, refunded: 0, cancelled: 0 };
    totals.revenue += sign * change.revenue;
    totals.refunded += sign * change.refunded;
    totals.cancelled += sign * change.cancelled;
    orders.totals.set(bucket, totals);
  }
}

/** Past `limits.orderCurrencies`, further currencies are summed under `XXX`. */
function totalsCurrency(orders: Orders, currency: string): string {
  const hasRoom = orders.totals.size < limits.orderCurrencies || orders.totals.has(currency);
  return hasRoom ? currency : NO_CURRENCY;
}
