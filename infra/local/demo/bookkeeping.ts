import { DAY, dayOf, HOUR } from './calendar.ts';
import type { Delivery } from './deliveries.ts';
import { noteIdentity, personsOf } from './identities.ts';
import type { Counts, Ledger, ProfileTruth } from './ledger.ts';
import type { Message, Origin, Truth } from './message.ts';
import type { PersonTruth } from './people-truth.ts';

const add = (counts: Counts, key: string, amount = 1): void => {
  counts[key] = (counts[key] ?? 0) + amount;
};

const messageIdOf = (message: Message): string => String((message.body as { messageId?: unknown }).messageId);

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
  return { ...ledger, persons: personsOf(ledger) };
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
  noteIdentity(ledger.identities, message, truth);
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
    identities: {},
    persons: {},
    origins: Object.fromEntries(origins.map((origin) => [origin, { visits: 0, events: 0 }])) as Ledger['origins'],
    entries: {},
    bots: { events: 0, profileKeys: [] },
    failed: {},
    refused: {},
    dirt: facts.dirt,
    people: facts.people,
  };
}
