import type { Counter, DayRow, Order, Profile, Touch, Trait, Usage } from '../../schemas/profile.ts';
import { CellReader, CellWriter } from './cells.ts';

/** Writes a profile but for `recent`, which is kept as lines, `consent` and `boughtBefore`, which few have. Times follow as distances from `firstSeen`. */
export function writeProfile(out: CellWriter, profile: Profile): void {
  const { orders } = profile;
  out.add(profile.firstSeen, profile.key, profile.profileId, profile.eventCount, profile.botEventCount);
  out.time(profile.lastSeen);
  out.add(profile.oldestDay, profile.traitBytes);
  writeTraits(out, profile.traits);
  out.map(profile.groups, (at) => out.time(at));
  out.map(profile.counters, (counter) => writeCounter(out, counter));
  out.add(orders.count, orders.cancelledCount);
  out.time(orders.firstAt);
  out.time(orders.lastAt);
  out.map(orders.totals, (totals) => out.add(totals.revenue, totals.refunded, totals.cancelled));
  out.map(orders.known, (order) => writeOrder(out, order));
  out.map(profile.items, (item) => {
    out.add(item.weight, item.orders);
    out.time(item.lastAt);
  });
  out.map(profile.categories, (weight) => out.add(weight));
  out.map(profile.brands, (weight) => out.add(weight));
  out.map(profile.channels, (usage) => writeUsage(out, usage));
  writeTouch(out, profile.firstTouch);
  writeTouch(out, profile.lastTouch);
  out.map(profile.devices, (usage) => writeUsage(out, usage));
  out.map(profile.anonymousIds, (at) => out.time(at));
  out.map(profile.dropped, (count) => out.add(count));
}

/** Reads what `writeProfile` wrote. Throws `CellError` for anything else. */
export function readProfile(from: CellReader, recent: string[]): Profile {
  const firstSeen = from.number();
  from.epoch = firstSeen;
  const time = () => from.time();
  const number = () => from.number();
  // Properties are read in the order in which they were written.
  const profile: Profile = {
    key: from.text(),
    profileId: from.text(),
    firstSeen,
    eventCount: from.number(),
    botEventCount: from.number(),
    lastSeen: from.time(),
    oldestDay: from.number(),
    traitBytes: from.number(),
    traits: readTraits(from),
    groups: from.map(time),
    counters: from.map(() => readCounter(from)),
    orders: {
      count: from.number(),
      cancelledCount: from.number(),
      firstAt: from.time(),
      lastAt: from.time(),
      totals: from.map(() => ({ revenue: from.number(), refunded: from.number(), cancelled: from.number() })),
      known: from.map(() => readOrder(from)),
    },
    items: from.map(() => ({ weight: from.number(), orders: from.number(), lastAt: from.time() })),
    categories: from.map(number),
    brands: from.map(number),
    channels: from.map(() => readUsage(from)),
    ...optional('firstTouch', readTouch(from)),
    ...optional('lastTouch', readTouch(from)),
    devices: from.map(() => readUsage(from)),
    anonymousIds: from.map(time),
    dropped: from.map(number),
    consent: new Map(),
    boughtBefore: new Set(),
    recent,
  };
  return profile;
}

/** A profile that shares nothing with the one given. */
export function copyProfile(profile: Profile): Profile {
  const out = new CellWriter(profile.firstSeen);
  writeProfile(out, profile);
  const copy = readProfile(new CellReader(structuredClone(out.cells)), [...profile.recent]);
  return { ...copy, consent: structuredClone(profile.consent), boughtBefore: new Set(profile.boughtBefore) };
}

const optional = <K extends string, V>(name: K, value: V | undefined) =>
  (value === undefined ? {} : { [name]: value }) as { [P in K]?: V };

function writeUsage(out: CellWriter, { count, lastAt }: Usage): void {
  out.add(count);
  out.time(lastAt);
}

const readUsage = (from: CellReader): Usage => ({ count: from.number(), lastAt: from.time() });

function writeCounter(out: CellWriter, { count, firstAt, lastAt, currencies, values, days }: Counter): void {
  out.add(count);
  out.time(firstAt);
  out.time(lastAt);
  out.list(currencies, (currency) => out.add(currency));
  out.add(...values);
  let before = 0;
  out.list(days, (row) => {
    out.add(row[0] - before);
    for (let column = 1; column < row.length; column += 1) out.add(row[column]);
    before = row[0];
  });
}

function readCounter(from: CellReader): Counter {
  const count = from.number();
  const firstAt = from.time();
  const lastAt = from.time();
  const currencies = from.list(() => from.text());
  const values = currencies.map(() => from.number());
  let day = 0;
  const days = from.list((): DayRow => {
    day += from.number();
    const row: DayRow = [day, from.number()];
    for (let left = currencies.length; left > 0; left -= 1) row.push(from.number());
    return row;
  });
  return { count, firstAt, lastAt, currencies, values, days };
}

const CANCELLED = 1;
const REFUNDED_WHOLE = 2;

function writeOrder(out: CellWriter, order: Order): void {
  out.time(order.placedAt);
  out.time(order.seenAt);
  out.time(order.amountAt);
  out.add(order.amount, order.currency, order.refunded, order.refundCurrency);
  out.add((order.cancelled ? CANCELLED : 0) + (order.refundedWhole ? REFUNDED_WHOLE : 0));
}

function readOrder(from: CellReader): Order {
  const [placedAt, seenAt, amountAt] = [from.time(), from.time(), from.time()];
  const [amount, currency, refunded, refundCurrency] = [from.number(), from.text(), from.number(), from.text()];
  const marks = from.number();
  return {
    placedAt,
    seenAt,
    amount,
    currency,
    amountAt,
    cancelled: (marks & CANCELLED) !== 0,
    refunded,
    refundCurrency,
    refundedWhole: (marks & REFUNDED_WHOLE) !== 0,
  };
}

function writeTouch(out: CellWriter, touch: Touch | undefined): void {
  out.time(touch?.time ?? 0);
  if (touch === undefined) return;
  const { messageId, channel, source = 0, medium = 0, campaign = 0, referrerHost = 0 } = touch;
  out.add(messageId, channel, source, medium, campaign, referrerHost);
}

function readTouch(from: CellReader): Touch | undefined {
  const time = from.time();
  if (time === 0) return undefined;
  const touch: Touch = { time, messageId: from.text(), channel: from.text() };
  for (const name of ['source', 'medium', 'campaign', 'referrerHost'] as const) {
    const text = from.value();
    if (typeof text === 'string') touch[name] = text;
  }
  return touch;
}

/** Traits of one message share its time and id: both are written once. */
function writeTraits(out: CellWriter, traits: Profile['traits']): void {
  const stamps: Trait[] = [];
  const placeOf = (trait: Trait) =>
    stamps.findIndex(({ time, messageId }) => time === trait.time && messageId === trait.messageId);
  for (const trait of traits.values()) if (placeOf(trait) === -1) stamps.push(trait);
  out.list(stamps, ({ time, messageId }) => {
    out.time(time);
    out.add(messageId);
  });
  out.map(traits, (trait) => out.add(trait.value, placeOf(trait)));
}

function readTraits(from: CellReader): Map<string, Trait> {
  const stamps = from.list(() => ({ time: from.time(), messageId: from.text() }));
  return from.map(() => {
    const value = from.value();
    const { time, messageId } = stamps[from.number()] ?? { time: 0, messageId: '' };
    return { value, time, messageId };
  });
}
