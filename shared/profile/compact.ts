import type { Counter, ItemInterest, Order, OrderTotals, Profile, Touch, Trait, Usage } from '../../schemas/profile.ts';

/**
 * A profile as nested arrays, for JSON: no field names to pay for, and what users send is never a property name.
 * `recent` is left out; it is kept as lines.
 */
export type CompactProfile = ReturnType<typeof toCompact>;

/** Shares its inner arrays with the profile: write it out before the profile changes again. */
export function toCompact(profile: Profile) {
  const { orders } = profile;
  const stamps: [time: number, messageId: string][] = [];
  return [
    profile.key,
    profile.profileId,
    profile.firstSeen,
    profile.lastSeen,
    profile.eventCount,
    profile.botEventCount,
    profile.oldestDay,
    traitRows(profile.traits, stamps),
    stamps,
    profile.traitBytes,
    [...profile.groups],
    rows(profile.counters, (c) => [c.count, c.firstAt, c.lastAt, c.currencies, c.values, c.days] as const),
    [orders.count, orders.cancelledCount, orders.firstAt, orders.lastAt] as const,
    rows(orders.totals, (t) => [t.revenue, t.refunded, t.cancelled] as const),
    rows(orders.known, orderRow),
    rows(profile.items, (i) => [i.weight, i.lastAt, i.orders] as const),
    [...profile.categories],
    [...profile.brands],
    rows(profile.channels, usageRow),
    touchRow(profile.firstTouch),
    touchRow(profile.lastTouch),
    rows(profile.devices, usageRow),
    [...profile.anonymousIds],
    [...profile.dropped],
  ] as const;
}

/** The profile of a compact form that is the caller's to give away. */
export function fromCompact(compact: CompactProfile, recent: string[]): Profile {
  const [key, profileId, firstSeen, lastSeen, eventCount, botEventCount, oldestDay, ...maps] = compact;
  const [traits, stamps, traitBytes, groups, counters, orderCounts, totals, known, items, ...rest] = maps;
  const [categories, brands, channels, firstTouch, lastTouch, devices, anonymousIds, dropped] = rest;
  const [count, cancelledCount, firstAt, lastAt] = orderCounts;
  const profile: Profile = {
    key,
    profileId,
    firstSeen,
    lastSeen,
    eventCount,
    botEventCount,
    traits: readTraits(traits, stamps),
    traitBytes,
    groups: new Map(groups),
    counters: readRows(counters, ([, c, first, last, currencies, values, days]): Counter => {
      return { count: c, firstAt: first, lastAt: last, currencies, values, days };
    }),
    oldestDay,
    orders: {
      count,
      cancelledCount,
      firstAt,
      lastAt,
      totals: readRows(totals, ([, revenue, refunded, cancelled]): OrderTotals => ({ revenue, refunded, cancelled })),
      known: readRows(known, readOrder),
    },
    items: readRows(items, ([, weight, last, ordered]): ItemInterest => ({ weight, lastAt: last, orders: ordered })),
    categories: new Map(categories),
    brands: new Map(brands),
    channels: readRows(channels, readUsage),
    devices: readRows(devices, readUsage),
    anonymousIds: new Map(anonymousIds),
    recent,
    dropped: new Map(dropped),
  };
  if (firstTouch !== 0) profile.firstTouch = readTouch(firstTouch);
  if (lastTouch !== 0) profile.lastTouch = readTouch(lastTouch);
  return profile;
}

/** A profile that shares nothing with the one given. */
export function copyProfile(profile: Profile): Profile {
  return fromCompact(JSON.parse(JSON.stringify(toCompact(profile))), [...profile.recent]);
}

function rows<V, R extends readonly unknown[]>(map: Map<string, V>, row: (value: V) => R): [string, ...R][] {
  const all: [string, ...R][] = [];
  for (const [key, value] of map) all.push([key, ...row(value)]);
  return all;
}

function readRows<R extends readonly [string, ...unknown[]], V>(
  all: readonly R[],
  read: (row: R) => V,
): Map<string, V> {
  const map = new Map<string, V>();
  for (const row of all) map.set(row[0], read(row));
  return map;
}

const usageRow = ({ count, lastAt }: Usage) => [count, lastAt] as const;
const readUsage = ([, count, lastAt]: readonly [string, number, number]): Usage => ({ count, lastAt });

const orderRow = (o: Order) =>
  [
    o.placedAt,
    o.seenAt,
    o.amount,
    o.currency,
    o.amountAt,
    o.cancelled ? 1 : 0,
    o.refunded,
    o.refundCurrency,
    o.refundedWhole ? 1 : 0,
  ] as const;

function readOrder(row: readonly [string, ...ReturnType<typeof orderRow>]): Order {
  const [, placedAt, seenAt, amount, currency, amountAt, cancelled, refunded, refundCurrency, whole] = row;
  return {
    placedAt,
    seenAt,
    amount,
    currency,
    amountAt,
    cancelled: cancelled === 1,
    refunded,
    refundCurrency,
    refundedWhole: whole === 1,
  };
}

const touchRow = (t: Touch | undefined) =>
  t === undefined
    ? 0
    : ([t.time, t.messageId, t.channel, t.source ?? 0, t.medium ?? 0, t.campaign ?? 0, t.referrerHost ?? 0] as const);

function readTouch(row: Exclude<ReturnType<typeof touchRow>, 0>): Touch {
  const [time, messageId, channel, source, medium, campaign, referrerHost] = row;
  return {
    time,
    messageId,
    channel,
    ...(source !== 0 && { source }),
    ...(medium !== 0 && { medium }),
    ...(campaign !== 0 && { campaign }),
    ...(referrerHost !== 0 && { referrerHost }),
  };
}

/** Traits of one message share its time and id: both are written once. */
function traitRows(traits: Map<string, Trait>, stamps: [time: number, messageId: string][]) {
  const places = new Map<string, number>();
  return Array.from(traits, ([name, { value, time, messageId }]) => {
    const stamp = `${time} ${messageId}`;
    let place = places.get(stamp);
    if (place === undefined) {
      place = stamps.push([time, messageId]) - 1;
      places.set(stamp, place);
    }
    return [name, value, place] as const;
  });
}

function readTraits(
  traits: readonly (readonly [string, unknown, number])[],
  stamps: readonly (readonly [time: number, messageId: string])[],
): Map<string, Trait> {
  const map = new Map<string, Trait>();
  for (const [name, value, place] of traits) {
    const stamp = stamps[place];
    if (stamp !== undefined) map.set(name, { value, time: stamp[0], messageId: stamp[1] });
  }
  return map;
}
