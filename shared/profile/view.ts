import { isPersonalisation, MONEY_SCALE } from '../../schemas/event/vocabulary.ts';
import type { ComputedView, Counter, OrderTotals, Profile, ProfileView, Touch } from '../../schemas/profile.ts';
import { weightAt } from './affinities.ts';
import { isByDefault } from './consent.ts';
import { dayOf } from './counters.ts';

/** Interests that the API shows of each kind: the strongest. */
const SHOWN = 20;
const USER = 'user:';

/** Since when somebody is in the segments they are in, in milliseconds since 1970. */
type Memberships = ReadonlyMap<string, { readonly since: number }>;

/** A profile, of one key or of a person merged, as the API shows it at `asOf` (milliseconds since 1970). */
export function viewOf(profile: Profile, asOf: number, memberships: Memberships = new Map()): ProfileView {
  const traits = Array.from(profile.traits, ([name, { value }]) => [name, value] as const);
  return {
    profileId: profile.profileId,
    userId: profile.key.startsWith(USER) ? profile.key.slice(USER.length) : null,
    anonymousIds: latestFirst(profile.anonymousIds).map(([id]) => id),
    traits: Object.fromEntries(traits.filter(([, value]) => value !== null)),
    computed: computedOf(profile, asOf),
    segments: Array.from(memberships, ([id, { since }]) => ({ id, since: iso(since) })),
    consent: consentOf(profile),
    firstSeen: iso(profile.firstSeen),
    lastSeen: iso(profile.lastSeen),
  };
}

/** Of the purpose that has two spellings a choice in the other one replaces what was denied by default. */
function consentOf({ consent }: Profile): Record<string, boolean> {
  const shown = [...consent].filter(
    ([purpose, choice]) =>
      !(
        isByDefault(choice) &&
        isPersonalisation(purpose) &&
        [...consent.keys()].some((other) => other !== purpose && isPersonalisation(other))
      ),
  );
  return Object.fromEntries(shown.map(([purpose, { granted }]) => [purpose, granted]));
}

function computedOf(profile: Profile, asOf: number): ComputedView {
  const usages = (map: Profile['channels']) => [...map].sort(([, a], [, b]) => b.count - a.count);
  return {
    eventCount: profile.eventCount,
    botEventCount: profile.botEventCount,
    events: [...profile.counters]
      .sort(([, a], [, b]) => b.count - a.count)
      .map(([event, counter]) => eventView(event, counter, dayOf(asOf))),
    ...orderViews(profile, asOf),
    categories: strongest(profile.categories, (weight) => weight).map(([category, weight]) => {
      return { category, weight: shownWeight(weight, asOf) };
    }),
    brands: strongest(profile.brands, (weight) => weight).map(([brand, weight]) => {
      return { brand, weight: shownWeight(weight, asOf) };
    }),
    items: strongest(profile.items, ({ weight }) => weight).map(([itemId, { weight, lastAt, orders }]) => {
      return { itemId, weight: shownWeight(weight, asOf), lastAt: iso(lastAt), orders };
    }),
    channels: {
      firstTouch: touchView(profile.firstTouch),
      lastTouch: touchView(profile.lastTouch),
      counts: usages(profile.channels).map(([channel, { count, lastAt }]) => ({ channel, count, lastAt: iso(lastAt) })),
    },
    devices: usages(profile.devices).map(([key, { count, lastAt }]) => {
      const [type = '', os = '', browser = ''] = key.split('|');
      return { type, os, browser, count, lastAt: iso(lastAt) };
    }),
    groups: latestFirst(profile.groups).map(([groupId, lastAt]) => ({ groupId, lastAt: iso(lastAt) })),
    dropped: Array.from(profile.dropped, ([what, count]) => ({ what, count })),
  };
}

function eventView(event: string, counter: Counter, today: number): ComputedView['events'][number] {
  const sum = (days: number, column: number) => {
    let total = 0;
    for (const row of counter.days) if (row[0] > today - days && row[0] <= today) total += row[column] ?? 0;
    return total;
  };
  return {
    event,
    total: counter.count,
    last7Days: sum(7, 1),
    last30Days: sum(30, 1),
    firstAt: iso(counter.firstAt),
    lastAt: iso(counter.lastAt),
    values: counter.currencies.map((currency, place) => ({
      currency,
      total: units(counter.values[place] ?? 0),
      last7Days: units(sum(7, 2 + place)),
      last30Days: units(sum(30, 2 + place)),
    })),
  };
}

function orderViews({ orders }: Profile, asOf: number): Pick<ComputedView, 'orders' | 'rfm'> {
  const totals = [...orders.totals].filter(([, t]) => t.revenue !== 0 || t.refunded !== 0 || t.cancelled !== 0);
  const lastAt = orders.lastAt === 0 ? null : iso(orders.lastAt);
  return {
    orders: {
      count: orders.count,
      cancelled: orders.cancelledCount,
      firstAt: orders.firstAt === 0 ? null : iso(orders.firstAt),
      lastAt,
      amounts: totals.map(([currency, t]) => ({
        currency,
        revenue: units(t.revenue),
        refunded: units(t.refunded),
        cancelled: units(t.cancelled),
        net: units(netOf(t)),
      })),
    },
    rfm: {
      lastOrderAt: lastAt,
      daysSinceLastOrder: orders.lastAt === 0 ? null : dayOf(asOf) - dayOf(orders.lastAt),
      orderCount: orders.count - orders.cancelledCount,
      monetary: totals.map(([currency, t]) => ({ currency, amount: units(netOf(t)) })),
    },
  };
}

function touchView(touch: Touch | undefined): ComputedView['channels']['firstTouch'] {
  if (touch === undefined) return null;
  const { time, messageId: _, ...rest } = touch;
  return { at: iso(time), ...rest };
}

const netOf = ({ revenue, refunded, cancelled }: OrderTotals) => revenue - refunded - cancelled;
const iso = (time: number) => new Date(time).toISOString();
const units = (money: number) => money / MONEY_SCALE;
const shownWeight = (weight: number, asOf: number) => Number(weightAt(weight, asOf).toPrecision(4));

const latestFirst = (times: Map<string, number>) => [...times].sort(([, a], [, b]) => b - a);

const strongest = <V>(map: Map<string, V>, weight: (value: V) => number) =>
  [...map].sort(([, a], [, b]) => weight(b) - weight(a)).slice(0, SHOWN);
