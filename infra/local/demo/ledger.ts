import { DAY, dayOf, HOUR } from './calendar.ts';
import type { Delivery } from './deliveries.ts';
import type { Message, Origin, Truth } from './message.ts';
import type { PersonTruth } from './people-truth.ts';

type Counts = Record<string, number>;

/** Amounts by currency, as integers of 1/10,000 unit. `none`: the event names no currency. */
export type Amounts = Record<string, number>;

/**
 * The exact truth about the demo store, known by the generator alone.
 *
 * Event names are canonical: e-commerce v2 names for tracks, and `Page Viewed`, `Screen Viewed`, `Identify`, `Group`,
 * `Alias`. An order's revenue is its `total`, or its `revenue` where no total is given; a refund's amount is the
 * `total` of Order Refunded. A cancelled order stays in the revenue. Crawlers' events are counted everywhere.
 */
export interface Ledger {
  readonly window: { readonly from: string; readonly to: string };
  readonly requests: { total: number; accepted: number; refused: number };
  /** Messages on the wire: every copy of every message, malformed and refused ones too. */
  readonly messages: { sent: number; resent: number; failed: number; refused: number };
  /** Distinct messages that become rows of `events`. */
  accepted: number;
  readonly byType: Counts;
  readonly byName: Counts;
  /** UTC day of the true time, then event name. Without the undetermined ones. */
  readonly byDay: Record<string, Counts>;
  /** Events of broken clocks: counted, and their time is set to the arrival. */
  readonly undetermined: { readonly messageIds: string[]; readonly byName: Counts };
  /** Events of devices whose clocks are off while their `sentAt` is off as much: their true time can be known. */
  readonly skewed: { overAnHour: number; readonly beyondAYear: string[] };
  /** Distinct orders completed. */
  orders: number;
  readonly revenue: Amounts;
  refundedOrders: number;
  readonly refunds: Amounts;
  readonly cancelledOrders: string[];
  readonly unitsByProduct: Counts;
  readonly profiles: Record<string, ProfileTruth>;
  /** Visits and their events by where the visit came from; `none` has the events outside visits. */
  readonly origins: Record<Origin, { visits: number; events: number }>;
  /** First page or screen of each visit: messageId to origin. */
  readonly entries: Record<string, Origin>;
  readonly bots: { events: number; readonly profileKeys: string[] };
  /** Rows of `failed_events` by reason; messageIds where the item has one. */
  readonly failed: Record<string, { count: number; readonly messageIds: string[] }>;
  /** Messages of refused requests by reason. */
  readonly refused: Counts;
  /** Soiled events by kind of dirt. */
  readonly dirt: Counts;
  readonly people: readonly PersonTruth[];
}

export interface ProfileTruth {
  events: number;
  readonly byName: Counts;
  orders: number;
  readonly revenue: Amounts;
  readonly refunds: Amounts;
  /** True times; null where only a broken clock tells them. */
  firstSeen: string | null;
  lastSeen: string | null;
}

const add = (counts: Counts, key: string, amount = 1): void => {
  counts[key] = (counts[key] ?? 0) + amount;
};

export const messageIdOf = (message: Message): string => String((message.body as { messageId?: unknown }).messageId);

/** Writes the ledger of what is sent. */
export function keepLedger(
  deliveries: readonly Delivery[],
  facts: { window: { from: number; to: number }; dirt: Counts; people: readonly PersonTruth[] },
): Ledger {
  const ledger = emptyLedger(facts);
  const counted = new Set<string>();
  for (const delivery of deliveries) {
    ledger.requests.total += 1;
    ledger.requests[delivery.expected === 200 ? 'accepted' : 'refused'] += 1;
    ledger.messages.sent += delivery.messages.length;
    for (const message of delivery.messages) {
      if (message.resent) ledger.messages.resent += 1;
      const { fate } = message;
      if (fate.kind === 'refused') {
        ledger.messages.refused += 1;
        add(ledger.refused, fate.reason);
      } else if (fate.kind === 'failed') {
        countFailed(ledger, message, fate.reason);
      } else {
        const id = messageIdOf(message);
        if (!counted.has(id)) countAccepted(ledger, message, id, fate.truth);
        counted.add(id);
      }
    }
  }
  return ledger;
}

function countFailed(ledger: Ledger, message: Message, reason: string): void {
  ledger.messages.failed += 1;
  const entry = ledger.failed[reason] ?? { count: 0, messageIds: [] };
  entry.count += 1;
  const id = (message.body as { messageId?: unknown } | null)?.messageId;
  if (typeof id === 'string') entry.messageIds.push(id);
  ledger.failed[reason] = entry;
}

function countAccepted(ledger: Ledger, message: Message, id: string, truth: Truth): void {
  ledger.accepted += 1;
  add(ledger.byType, truth.type);
  add(ledger.byName, truth.name);
  const profile = profileIn(ledger, truth.profileKey);
  profile.events += 1;
  add(profile.byName, truth.name);
  if ('stuckAt' in message.clock) {
    ledger.undetermined.messageIds.push(id);
    add(ledger.undetermined.byName, truth.name);
  } else {
    const day = dayOf(message.at);
    const skew = Math.abs(message.clock.skewMs);
    if (skew > HOUR) ledger.skewed.overAnHour += 1;
    if (skew > 365 * DAY) ledger.skewed.beyondAYear.push(id);
    const today = ledger.byDay[day] ?? {};
    add(today, truth.name);
    ledger.byDay[day] = today;
    const at = new Date(message.at).toISOString();
    if (profile.firstSeen === null || at < profile.firstSeen) profile.firstSeen = at;
    if (profile.lastSeen === null || at > profile.lastSeen) profile.lastSeen = at;
  }
  const origin = ledger.origins[truth.origin];
  origin.events += 1;
  if (truth.entry) {
    origin.visits += 1;
    ledger.entries[id] = truth.origin;
  }
  if (truth.origin === 'bot') {
    ledger.bots.events += 1;
    if (!ledger.bots.profileKeys.includes(truth.profileKey)) ledger.bots.profileKeys.push(truth.profileKey);
  }
  countOrder(ledger, profile, truth);
}

function countOrder(ledger: Ledger, profile: ProfileTruth, { name, order }: Truth): void {
  if (order === undefined) return;
  if (name === 'Order Completed') {
    ledger.orders += 1;
    profile.orders += 1;
    add(ledger.revenue, order.currency, order.amount);
    add(profile.revenue, order.currency, order.amount);
    for (const { productId, quantity } of order.units) add(ledger.unitsByProduct, productId, quantity);
  } else if (name === 'Order Refunded') {
    ledger.refundedOrders += 1;
    add(ledger.refunds, order.currency, order.amount);
    add(profile.refunds, order.currency, order.amount);
  } else {
    ledger.cancelledOrders.push(order.orderId);
  }
}

function profileIn(ledger: Ledger, key: string): ProfileTruth {
  const known = ledger.profiles[key];
  if (known !== undefined) return known;
  const fresh = { events: 0, byName: {}, orders: 0, revenue: {}, refunds: {}, firstSeen: null, lastSeen: null };
  ledger.profiles[key] = fresh;
  return fresh;
}

function emptyLedger(facts: {
  window: { from: number; to: number };
  dirt: Counts;
  people: readonly PersonTruth[];
}): Ledger {
  const origins: Origin[] = [
    'paid',
    'email',
    'social',
    'organic',
    'referral',
    'on_site',
    'direct',
    'app',
    'bot',
    'none',
  ];
  return {
    window: { from: new Date(facts.window.from).toISOString(), to: new Date(facts.window.to).toISOString() },
    requests: { total: 0, accepted: 0, refused: 0 },
    messages: { sent: 0, resent: 0, failed: 0, refused: 0 },
    accepted: 0,
    byType: {},
    byName: {},
    byDay: {},
    undetermined: { messageIds: [], byName: {} },
    skewed: { overAnHour: 0, beyondAYear: [] },
    orders: 0,
    revenue: {},
    refundedOrders: 0,
    refunds: {},
    cancelledOrders: [],
    unitsByProduct: {},
    profiles: {},
    origins: Object.fromEntries(origins.map((origin) => [origin, { visits: 0, events: 0 }])) as Ledger['origins'],
    entries: {},
    bots: { events: 0, profileKeys: [] },
    failed: {},
    refused: {},
    dirt: facts.dirt,
    people: facts.people,
  };
}
