import { MONEY_SCALE } from '../../../schemas/event/vocabulary.ts';
import { NO_CURRENCY } from '../../profile/counters.ts';
import { limits } from '../../profile/limits.ts';
import type { PersonQuery } from './person-query.ts';
import { quote } from './quote.ts';

/** Distinct orders that were completed and not cancelled. */
export function orderCount(query: PersonQuery): string {
  const { row, isPlaced, isCancelled } = orderColumns(query);
  return query.people.add(`count_if(${row} = 1 AND ${isPlaced} AND NOT ${isCancelled})`, 'order_count');
}

/** As `orderCount`, of those that were paid for in the currency. */
export function orderCountIn(query: PersonQuery, currency: string): string {
  const { row, isPlaced, isCancelled, orderCurrency } = orderResults(query);
  const isCounted = `${row} = 1 AND ${isPlaced} AND NOT ${isCancelled} AND ${orderCurrency} = ${quote(currency)}`;
  return query.people.add(`count_if(${isCounted})`, 'order_count', currency);
}

/** What orders of one currency came to, in units of it, after refunds and cancellations: a double, 0 without one. */
export function netRevenue(query: PersonQuery, currency: string): string {
  const { row, isCancelled, revenue, refunded, orderCurrency, refundCurrency } = orderResults(query);
  const code = quote(currency);
  const kept = `CASE WHEN ${isCancelled} THEN least(${revenue}, ${refunded}) ELSE ${revenue} END`;
  const paid = `CASE WHEN ${row} = 1 AND ${orderCurrency} = ${code} THEN ${kept} ELSE 0 END`;
  const back = `CASE WHEN ${row} = 1 AND ${refundCurrency} = ${code} THEN ${refunded} ELSE 0 END`;
  return query.people.add(`CAST(sum(${paid}) - sum(${back}) AS double)`, 'net_revenue', currency);
}

const key = 'order_key';
const perOrder = `OVER (PARTITION BY person_key, ${key})`;

/**
 * What all events of an order say of it, on each of them, as the profile gathers it: an order counts once, whatever
 * number of events tells of it. `row` is 1 on one event of each order.
 */
function orderColumns(query: PersonQuery) {
  const event = query.column('event');
  const orderKey = keyColumn(query, event);
  const [columns] = query.orders;
  const any = (name: string) => `coalesce(bool_or(${event} = ${quote(name)}) ${perOrder}, false)`;
  const number = `row_number() OVER (PARTITION BY person_key, ${orderKey} ORDER BY event_time)`;
  return {
    row: columns.add(`CASE WHEN ${orderKey} IS NOT NULL THEN ${number} END`, 'order_row'),
    isPlaced: columns.add(any('Order Completed'), 'is_placed'),
    isCancelled: columns.add(any('Order Cancelled'), 'is_cancelled'),
  };
}

/** An order completed without an order id is an order of its own; other events need the id. */
function keyColumn(query: PersonQuery, event: string): string {
  const names = ['Order Completed', 'Order Updated', 'Order Cancelled', 'Order Refunded'].map(quote).join(', ');
  const ownKey = `CASE WHEN ${event} = 'Order Completed' THEN 'message ' || source_id || ' ' || message_id END`;
  const sql = `CASE WHEN ${event} IN (${names}) THEN coalesce('order ' || order_id, ${ownKey}) END`;
  return query.events.add(sql, key);
}

function orderResults(query: PersonQuery) {
  const [gathered, amounts, results] = query.orders;
  const order = orderColumns(query);
  const event = query.column('event');
  const { amount, currency } = paidColumns(query);
  const isPaid = `${event} IN ('Order Completed', 'Order Updated') AND ${amount} IS NOT NULL`;
  const isRefund = `${event} = 'Order Refunded'`;
  const latest = (value: string) =>
    `max_by(${value}, CASE WHEN ${isPaid} THEN ROW(event_time, ${amount}, ${currency}) END) ${perOrder}`;
  const paid = gathered.add(latest(amount), 'paid');
  const paidCurrency = gathered.add(latest(currency), 'paid_currency');
  const named = gathered.add(`sum(CASE WHEN ${isRefund} THEN abs(${amount}) END) ${perOrder}`, 'refund');
  const whole = gathered.add(`coalesce(bool_or(${isRefund} AND ${amount} IS NULL) ${perOrder}, false)`, 'refunds_all');
  const refundIn = gathered.add(`min(CASE WHEN ${isRefund} THEN ${currency} END) ${perOrder}`, 'refund_in');

  const revenue = amounts.add(`CASE WHEN ${order.isPlaced} THEN coalesce(${paid}, 0) ELSE 0 END`, 'revenue_of_order');
  const orderCurrency = amounts.add(`coalesce(${paidCurrency}, ${refundIn}, '${NO_CURRENCY}')`, 'order_currency');

  const all = `CASE WHEN ${whole} THEN greatest(${revenue}, 0) ELSE 0 END`;
  return {
    ...order,
    revenue,
    orderCurrency,
    refunded: results.add(`greatest(coalesce(${named}, 0), ${all})`, 'refunded'),
    refundCurrency: results.add(`coalesce(nullif(${refundIn}, '${NO_CURRENCY}'), ${orderCurrency})`, 'refund_currency'),
  };
}

/** What an event says was paid, or paid back: total, else revenue, else value, up to the profile's bound. */
function paidColumns(query: PersonQuery): { readonly amount: string; readonly currency: string } {
  const value = 'coalesce(total, revenue, value)';
  const bound = limits.amount / MONEY_SCALE;
  const isShort = `length(to_utf8(json_format(CAST(currency AS json)))) <= ${limits.detailBytes}`;
  return {
    amount: query.events.add(`CASE WHEN abs(${value}) <= ${bound} THEN ${value} END`, 'amount'),
    currency: query.events.add(`CASE WHEN ${isShort} THEN currency ELSE '${NO_CURRENCY}' END`, 'amount_currency'),
  };
}
