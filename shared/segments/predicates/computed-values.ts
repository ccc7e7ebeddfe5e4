import { MONEY_SCALE } from '../../../schemas/event/vocabulary.ts';
import type { Profile } from '../../../schemas/profile.ts';
import type { ComputedCondition } from '../../../schemas/segment/definition.ts';
import type { Moment, Reads } from './predicate.ts';

type ComputedName = ComputedCondition['name'];

/** Computed values that are instants, as milliseconds since 1970. */
export const instantNames: ReadonlySet<ComputedName> = new Set<ComputedName>([
  'firstSeenAt',
  'lastSeenAt',
  'firstOrderAt',
  'lastOrderAt',
]);

export const orderEvents = ['Order Completed', 'Order Updated', 'Order Cancelled', 'Order Refunded'] as const;

const everyEvent: Reads = { events: ['*'] };
const orders: Reads = { events: orderEvents };
const visits: Reads = { visits: true };

/** How a computed value is read from a profile, and which events may change it. */
export function computedValue(condition: ComputedCondition): { read: (moment: Moment) => unknown; reads: Reads } {
  const { name } = condition;
  if (name === 'netRevenue') {
    const { currency } = condition;
    return { read: ({ person }) => netRevenue(person.profile, currency), reads: orders };
  }
  const { read, reads } = readers[name];
  return { read: ({ person }) => read(person.profile), reads };
}

const present = (time: number): number | undefined => (time === 0 ? undefined : time);

const readers: Readonly<
  Record<Exclude<ComputedName, 'netRevenue'>, { read: (profile: Profile) => unknown; reads: Reads }>
> = {
  eventCount: { read: ({ eventCount }) => eventCount, reads: everyEvent },
  orderCount: { read: (profile) => orderCount(profile), reads: orders },
  firstSeenAt: { read: ({ firstSeen }) => firstSeen, reads: everyEvent },
  lastSeenAt: { read: ({ lastSeen }) => lastSeen, reads: everyEvent },
  firstOrderAt: { read: ({ orders }) => present(orders.firstAt), reads: orders },
  lastOrderAt: { read: ({ orders }) => present(orders.lastAt), reads: orders },
  mainDevice: { read: ({ devices }) => mainDevice(devices), reads: everyEvent },
  mainChannel: { read: ({ channels }) => most(channels), reads: visits },
  firstChannel: { read: ({ firstTouch }) => firstTouch?.channel, reads: visits },
  lastChannel: { read: ({ lastTouch }) => lastTouch?.channel, reads: visits },
};

/** Orders that were completed and not cancelled. */
export const orderCount = ({ orders }: Profile): number => orders.count - orders.cancelledCount;

/** What a person paid in a currency, after refunds and cancellations, in its units. */
export function netRevenue({ orders }: Profile, currency: string): number {
  const totals = orders.totals.get(currency);
  return totals === undefined ? 0 : (totals.revenue - totals.refunded - totals.cancelled) / MONEY_SCALE;
}

function mainDevice(devices: Profile['devices']): string | undefined {
  const counts = new Map<string, { count: number }>();
  for (const [key, { count }] of devices) {
    const type = key.slice(0, key.indexOf('|'));
    counts.set(type, { count: (counts.get(type)?.count ?? 0) + count });
  }
  return most(counts);
}

/** The key of the greatest count; ties fall to the first by alphabet. */
function most(counts: ReadonlyMap<string, { readonly count: number }>): string | undefined {
  let found: string | undefined;
  let best = 0;
  for (const [key, { count }] of counts) {
    if (count > best || (count === best && found !== undefined && key < found)) {
      found = key;
      best = count;
    }
  }
  return found;
}
