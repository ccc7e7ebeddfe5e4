import * as z from 'zod';
import { messageType } from './event/clean-event.ts';
import { money } from './event/money.ts';

const time = z.number().int().describe('Milliseconds since 1970, UTC.');
const count = z.number().int().nonnegative();
const currency = z.string().describe('ISO 4217; `XXX` where the event named none.');
const logWeight = z
  .number()
  .int()
  .describe('log2 of a weight that halves every 30 days, seen from 2020-01-01, in 1/100,000: ranks hold at any time.');

/** The latest value by event time, ties by message id. A `null` value is unset: it keeps older values out. */
export const trait = z.object({ value: z.unknown(), time, messageId: z.string() });
export type Trait = z.infer<typeof trait>;

/** `[UTC day since 1970, events, sum of values in currencies[0], in currencies[1], ...]`. */
export const dayRow = z.tuple([z.number().int(), count]).rest(money);
export type DayRow = z.infer<typeof dayRow>;

/** How often an event of one name happened. `values` and the sums of `days` run parallel to `currencies`. */
export const counter = z.object({
  count,
  firstAt: time,
  lastAt: time,
  currencies: z.array(currency).describe('Sorted.'),
  values: z.array(money),
  days: z.array(dayRow).describe('Ascending; the oldest days are left out, the totals keep counting.'),
});
export type Counter = z.infer<typeof counter>;

/** One order, gathered from Order Completed, Updated, Cancelled and Refunded in whatever order they came. */
export const order = z.object({
  placedAt: time.describe('Earliest Order Completed; 0 while none was seen.'),
  seenAt: time.describe('Latest event about the order.'),
  amount: money.describe(
    'What was paid by the latest Order Completed or Updated that says so: total, else revenue, else value.',
  ),
  currency: z.string().describe('Of the amount; empty while there is none.'),
  amountAt: time.describe('Event time of the amount; 0 while there is none.'),
  cancelled: z.boolean(),
  refunded: money.describe('Sum of the refunds that name an amount.'),
  refundCurrency: z.string().describe('Of the refunds; empty while there is none.'),
  refundedWhole: z.boolean().describe('A refund came that names no amount.'),
});
export type Order = z.infer<typeof order>;

export const orderTotals = z.object({ revenue: money, refunded: money, cancelled: money });
export type OrderTotals = z.infer<typeof orderTotals>;

export const orders = z.object({
  count: count.describe('Distinct orders that were completed, cancelled ones included.'),
  cancelledCount: count,
  firstAt: time.describe('Earliest Order Completed; 0 without one.'),
  lastAt: time.describe('Latest Order Completed; 0 without one.'),
  totals: z.map(z.string(), orderTotals).describe('By currency; revenue is before refunds and cancellations.'),
  known: z.map(z.string(), order).describe('The latest orders, by hash of the order id.'),
});
export type Orders = z.infer<typeof orders>;

export const itemInterest = z.object({ weight: logWeight, lastAt: time, orders: count });
export type ItemInterest = z.infer<typeof itemInterest>;

export const usage = z.object({ count, lastAt: time });
export type Usage = z.infer<typeof usage>;

/** How a visit came about. */
export const touch = z.object({
  time,
  messageId: z.string(),
  channel: z.string(),
  source: z.string().optional(),
  medium: z.string().optional(),
  campaign: z.string().optional(),
  referrerHost: z.string().optional(),
});
export type Touch = z.infer<typeof touch>;

/** The latest choice by event time, ties by message id. */
export const consentChoice = z.object({ granted: z.boolean(), time, messageId: z.string() });
export type ConsentChoice = z.infer<typeof consentChoice>;

/** What is known of one person or one anonymous visitor: the fold of their events. Maps are keyed by what users send. */
export const profile = z.object({
  key: z.string().describe('`user:<userId>` or `anonymous:<anonymousId>`.'),
  profileId: z.string().describe('Opaque and stable: says nothing about the person.'),
  firstSeen: time,
  lastSeen: time,
  eventCount: count,
  botEventCount: count.describe('Of eventCount, those whose user agent is a bot. They add to no affinity or channel.'),
  traits: z.map(z.string(), trait),
  traitBytes: count.describe('Size of all traits, kept under a bound.'),
  consent: z.map(z.string(), consentChoice).describe('By purpose.'),
  groups: z.map(z.string(), time).describe('Group id to latest event time.'),
  counters: z.map(z.string(), counter).describe('By event name.'),
  oldestDay: z.number().int().describe('Days before this one were left out of the counters to bound their size.'),
  orders,
  items: z.map(z.string(), itemInterest),
  boughtBefore: z.set(z.string()).describe('Hashes of bought items that are no longer among `items`.'),
  categories: z.map(z.string(), logWeight),
  brands: z.map(z.string(), logWeight),
  channels: z.map(z.string(), usage),
  firstTouch: touch.optional(),
  lastTouch: touch.optional().describe('The latest touch that is not direct; a direct one if there is no other.'),
  devices: z.map(z.string(), usage).describe('By `<type>|<os>|<browser>`.'),
  anonymousIds: z.map(z.string(), time).describe('Anonymous id to latest event time.'),
  recent: z.array(z.string()).describe('Latest events as encoded lines, ascending by time, then message id.'),
  dropped: z.map(z.string(), count).describe('What a bound kept out, by kind.'),
});
export type Profile = z.infer<typeof profile>;

/** The last event of a shard that a profile has applied. Sequence numbers compare within one shard only. */
export const position = z.object({
  shardId: z.string(),
  sequenceNumber: z.string(),
  index: count.describe('Position of the event in its record.'),
});
export type Position = z.infer<typeof position>;

/** An event among the latest of a profile. */
export const recentEvent = z.object({
  messageId: z.string(),
  type: messageType,
  event: z.string(),
  time: z.iso.datetime(),
  itemId: z.string().optional(),
  orderId: z.string().optional(),
  value: z.number().optional(),
  currency: z.string().optional(),
  path: z.string().optional().describe('Path of the page.'),
});
export type RecentEvent = z.infer<typeof recentEvent>;

const isoTime = z.iso.datetime();
const amount = z.number().describe('In currency units.');
const windowed = { total: z.number(), last7Days: z.number(), last30Days: z.number() };
const weighted = z.number().describe('Sum of interactions, each halved every 30 days.');
const touchView = touch.omit({ time: true, messageId: true }).extend({ at: isoTime }).nullable();

/** What is computed from a profile's events. Days are UTC days; today is the last of them. */
export const computedView = z.object({
  eventCount: count,
  botEventCount: count,
  events: z.array(
    z.object({
      event: z.string(),
      ...windowed,
      firstAt: isoTime,
      lastAt: isoTime,
      values: z
        .array(z.object({ currency, ...windowed }))
        .describe('Sums of what the events are worth: total, else revenue, else value.'),
    }),
  ),
  orders: z.object({
    count,
    cancelled: count,
    firstAt: isoTime.nullable(),
    lastAt: isoTime.nullable(),
    amounts: z
      .array(z.object({ currency, revenue: amount, refunded: amount, cancelled: amount, net: amount }))
      .describe(
        'Revenue is what was paid: the total of each order, else its revenue. Net is without refunds and cancellations.',
      ),
  }),
  rfm: z.object({
    lastOrderAt: isoTime.nullable(),
    daysSinceLastOrder: z.number().int().nullable(),
    orderCount: count.describe('Without cancelled orders.'),
    monetary: z.array(z.object({ currency, amount })).describe('Net of refunds and cancellations.'),
  }),
  categories: z.array(z.object({ category: z.string(), weight: weighted })),
  brands: z.array(z.object({ brand: z.string(), weight: weighted })),
  items: z.array(z.object({ itemId: z.string(), weight: weighted, lastAt: isoTime, orders: count })),
  channels: z.object({
    firstTouch: touchView,
    lastTouch: touchView,
    counts: z.array(z.object({ channel: z.string(), count, lastAt: isoTime })),
  }),
  devices: z.array(z.object({ type: z.string(), os: z.string(), browser: z.string(), count, lastAt: isoTime })),
  groups: z.array(z.object({ groupId: z.string(), lastAt: isoTime })),
  dropped: z.array(z.object({ what: z.string(), count })).describe('What a size bound of the profile kept out.'),
});
export type ComputedView = z.infer<typeof computedView>;

/** A profile as the API shows it. */
export const profileView = z.object({
  profileId: z.string(),
  userId: z.string().nullable(),
  anonymousIds: z.array(z.string()).describe('The latest first.'),
  traits: z.record(z.string(), z.unknown()),
  computed: computedView,
  segments: z.array(z.object({ id: z.string(), since: isoTime })),
  consent: z
    .record(z.string(), z.boolean())
    .describe('Whether it was granted, by purpose; empty while none was asked.'),
  firstSeen: isoTime,
  lastSeen: isoTime,
});
export type ProfileView = z.infer<typeof profileView>;

/** A page of a profile's recent events, the newest first. */
export const recentEventsPage = z.object({ items: z.array(recentEvent), nextCursor: z.string().nullable() });
export type RecentEventsPage = z.infer<typeof recentEventsPage>;
