import { createHash } from 'node:crypto';
import type { CleanEvent } from '../../../schemas/event/clean-event.ts';
import type { Profile } from '../../../schemas/profile.ts';
import type {
  Condition,
  EventCondition,
  LifecycleCondition,
  PropertyTest,
  RfmCondition,
  SegmentDefinition,
  Selector,
  TagRule,
  ValueTest,
  Window,
} from '../../../schemas/segment/definition.ts';
import { aProfile } from '../../fixtures/profiles.ts';

/**
 * The meaning of definitions, written down once more: from all events of a person, for one moment, in the plainest way.
 * It knows no tracks, no shared predicates and no due times.
 */
export function membershipsOf(
  definitions: readonly SegmentDefinition[],
  events: readonly CleanEvent[],
  key: string,
  asOf: number,
): Set<string> {
  const found = new Set<string>();
  const byId = new Map(definitions.map((definition) => [definition.id, definition]));
  for (const definition of definitions) {
    if (definition.tags !== undefined) {
      if (isCandidate(events, definition))
        for (const value of tagsOf(definition.tags, events, asOf)) found.add(`${definition.id}:${value}`);
    } else if (isMember(definition, { events, key, asOf, byId })) found.add(definition.id);
  }
  return found;
}

interface Person {
  readonly events: readonly CleanEvent[];
  readonly key: string;
  readonly asOf: number;
  readonly byId: ReadonlyMap<string, SegmentDefinition>;
}

const profiles = new WeakMap<readonly CleanEvent[], Profile>();

function profileOf(events: readonly CleanEvent[]): Profile {
  const profile = profiles.get(events) ?? aProfile(events);
  profiles.set(events, profile);
  return profile;
}

const DAY = 86_400_000;
const dayOf = (time: number) => Math.floor(time / DAY);

function isCandidate(events: readonly CleanEvent[], { includeBots }: SegmentDefinition): boolean {
  return events.some(({ visit }) => includeBots || !visit.isBot);
}

const isMember = (definition: SegmentDefinition, person: Person): boolean =>
  isCandidate(person.events, definition) && holds(definition.condition as Condition, person);

function holds(condition: Condition, person: Person): boolean {
  const { events, asOf, key } = person;
  switch (condition.type) {
    case 'all':
      return condition.conditions.every((each) => holds(each, person));
    case 'any':
      return condition.conditions.some((each) => holds(each, person));
    case 'not':
      return !holds(condition.condition, person);
    case 'segment':
      return isMember(person.byId.get(condition.id) as SegmentDefinition, person);
    case 'trait': {
      const [name = '', ...rest] = condition.name.split('.');
      return passes(condition, dig(profileOf(events).traits.get(name)?.value, rest), asOf);
    }
    case 'computed': {
      const value = computedOf(condition, events);
      const isInstant = condition.name.endsWith('At') && typeof value === 'number';
      return passes(condition as ValueTest, isInstant ? new Date(value).toISOString() : value, asOf);
    }
    case 'event':
      return eventHolds(condition, events, asOf);
    case 'sequence': {
      const within = ms(condition.within);
      const follow = (step: number, after: number): boolean => {
        const selector = condition.steps[step];
        if (selector === undefined) return true;
        return selected(selector, events, asOf).some(
          ({ eventTime }) => eventTime > after && eventTime <= after + within && follow(step + 1, eventTime),
        );
      };
      const first = condition.steps[0] as Selector;
      return selected(first, events, asOf).some(
        ({ eventTime }) => isInWindow(condition.window, eventTime, asOf) && follow(1, eventTime),
      );
    }
    case 'notFollowed': {
      const within = ms(condition.within);
      const followers = selected(condition.by, events, asOf);
      return selected(condition.event, events, asOf).some(
        ({ eventTime: time }) =>
          isInWindow(condition.window, time, asOf) &&
          time + within <= asOf &&
          !followers.some(({ eventTime }) => eventTime > time && eventTime <= time + within),
      );
    }
    case 'frequency': {
      const today = dayOf(asOf);
      const days = daysOf(condition.event, events).filter((day) => day <= today && day > today - condition.of);
      return days.length >= condition.days;
    }
    case 'lifecycle': {
      const stage = stageOf(condition, events, asOf);
      return stage !== undefined && condition.in.includes(stage);
    }
    case 'rfm':
      return rfmHolds(condition, events, asOf);
    case 'share': {
      const bound = Math.floor((condition.percent / 100) * 2 ** 32);
      const digest = createHash('md5').update(`${condition.salt}\n${key}`).digest('hex');
      return Number.parseInt(digest.slice(0, 8), 16) < bound;
    }
    case 'consent': {
      const choice = profileOf(events).consent.get(condition.purpose);
      return condition.is === (choice === undefined ? 'unknown' : choice.granted ? 'granted' : 'denied');
    }
  }
}

const ms = ({
  days = 0,
  hours = 0,
  minutes = 0,
}: {
  days?: number | undefined;
  hours?: number | undefined;
  minutes?: number | undefined;
}) => days * DAY + hours * 3_600_000 + minutes * 60_000;

function isInWindow(window: Window | undefined, time: number, asOf: number): boolean {
  if (window?.last !== undefined) return time > asOf - ms(window.last) && time <= asOf;
  const since = window?.since === undefined ? Number.NEGATIVE_INFINITY : Date.parse(window.since);
  const until = window?.until === undefined ? Number.POSITIVE_INFINITY : Date.parse(window.until);
  return time >= since && time < until && time <= asOf;
}

const isNamed = ({ event }: CleanEvent, names: string | readonly string[]) =>
  names === '*' || [names].flat().includes(event);

/** Selected events up to asOf, by time, then row id. */
function selected({ event, where = [] }: Selector, events: readonly CleanEvent[], asOf: number): CleanEvent[] {
  return events
    .filter((each) => !each.visit.isBot && each.eventTime <= asOf && isNamed(each, event))
    .filter((each) => where.every((test) => passesTest(test, each)))
    .sort((one, other) => one.eventTime - other.eventTime || (rowId(one) < rowId(other) ? -1 : 1));
}

const rowId = ({ sourceId, messageId }: CleanEvent) =>
  createHash('md5').update(`${sourceId}\n${messageId}`).digest('hex').slice(0, 8);

function daysOf(selector: Selector, events: readonly CleanEvent[]): number[] {
  const days = selected(selector, events, Number.POSITIVE_INFINITY).map(({ eventTime }) => dayOf(eventTime));
  return [...new Set(days)].sort((one, other) => one - other);
}

const passesTest = (test: PropertyTest, event: CleanEvent) => passes(test, readValue(test, event), Number.NaN);

function readValue(
  { field, property }: { field?: string | undefined; property?: string | undefined },
  event: CleanEvent,
): unknown {
  if (property !== undefined) return dig(event.properties, property.split('.'));
  const { commerce, visit } = event;
  const units = (money: number | undefined) => (money === undefined ? undefined : money / 10_000);
  const set = (values: (string | undefined)[] = []) => {
    const present = values.filter((value) => value !== undefined);
    return present.length === 0 ? undefined : present;
  };
  switch (field) {
    case 'event':
      return event.event;
    case 'category':
      return commerce.product?.category ?? commerce.category;
    case 'brand':
      return commerce.product?.brand;
    case 'price':
      return units(commerce.product?.price);
    case 'quantity':
      return commerce.product?.quantity;
    case 'total':
      return units(commerce.total);
    case 'value':
      return units(commerce.value);
    case 'channel':
      return visit.channel;
    case 'products.category':
      return set(commerce.products?.map(({ category }) => category));
    case 'products.product_id':
      return set(commerce.products?.map(({ productId }) => productId));
    default:
      throw new Error(`The reference reads no field ${field}.`);
  }
}

function dig(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner) && Object.hasOwn(inner, key)
        ? (inner as Record<string, unknown>)[key]
        : undefined,
    value,
  );
}

function instant(value: unknown): number {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{3})?Z)?$/.test(value)) return Number.NaN;
  const time = Date.parse(value);
  const isReal = !Number.isNaN(time) && new Date(time).toISOString().startsWith(value.slice(0, 10));
  return isReal && !value.startsWith('0000') ? time : Number.NaN;
}

function passes(test: ValueTest, value: unknown, asOf: number): boolean {
  const text = typeof value === 'string' ? value : undefined;
  const number = typeof value === 'number' ? value : Number.NaN;
  const list = Array.isArray(value) ? (value as unknown[]) : undefined;
  switch (test.op) {
    case 'equals':
      return value === test.value;
    case 'notEquals':
      return value !== test.value;
    case 'in':
      return test.value.some((each) => each === value);
    case 'notIn':
      return !test.value.some((each) => each === value);
    case 'less':
      return number < test.value;
    case 'lessOrEqual':
      return number <= test.value;
    case 'greater':
      return number > test.value;
    case 'greaterOrEqual':
      return number >= test.value;
    case 'between':
      return number >= test.value[0] && number <= test.value[1];
    case 'exists':
      return value !== undefined && value !== null;
    case 'missing':
      return value === undefined || value === null;
    case 'contains':
      return text !== undefined && text.indexOf(test.value) >= 0;
    case 'startsWith':
      return text !== undefined && text.slice(0, test.value.length) === test.value;
    case 'endsWith':
      return text !== undefined && text.slice(-test.value.length) === test.value;
    case 'matches':
      return text !== undefined && new RegExp(test.value, 'u').test(text);
    case 'hasAny':
      return list !== undefined && test.value.some((each) => list.indexOf(each) >= 0);
    case 'hasAll':
      return list !== undefined && test.value.every((each) => list.indexOf(each) >= 0);
    case 'hasNone':
      return list === undefined || !test.value.some((each) => list.indexOf(each) >= 0);
    case 'before':
      return instant(value) < instant(test.value);
    case 'after':
      return instant(value) > instant(test.value);
    case 'withinLast':
      return instant(value) > asOf - ms(test.value) && instant(value) <= asOf;
    case 'anniversary':
      return hasAnniversary(instant(value), asOf, test.value.inDays);
  }
}

function hasAnniversary(time: number, asOf: number, inDays: number): boolean {
  if (Number.isNaN(time)) return false;
  const [month, date] = [new Date(time).getUTCMonth(), new Date(time).getUTCDate()];
  for (let ahead = 0; ahead <= inDays; ahead += 1) {
    const day = new Date((dayOf(asOf) + ahead) * DAY);
    if (day.getUTCMonth() === month && day.getUTCDate() === date) return true;
    const isCommonYear = new Date(Date.UTC(day.getUTCFullYear(), 1, 29)).getUTCMonth() !== 1;
    if (isCommonYear && month === 1 && date === 29 && day.getUTCMonth() === 2 && day.getUTCDate() === 1) return true;
  }
  return false;
}

function computedOf(condition: Extract<Condition, { type: 'computed' }>, events: readonly CleanEvent[]): unknown {
  const profile = profileOf(events);
  const { orders } = profile;
  const first = (counts: Map<string, number>) =>
    [...counts].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1))[0]?.[0];
  switch (condition.name) {
    case 'eventCount':
      return events.length;
    case 'orderCount':
      return orders.count - orders.cancelledCount;
    case 'netRevenue': {
      const totals = orders.totals.get(condition.currency) ?? { revenue: 0, refunded: 0, cancelled: 0 };
      return (totals.revenue - totals.refunded - totals.cancelled) / 10_000;
    }
    case 'firstSeenAt':
      return Math.min(...events.map(({ eventTime }) => eventTime));
    case 'lastSeenAt':
      return Math.max(...events.map(({ eventTime }) => eventTime));
    case 'firstOrderAt':
      return orders.firstAt || undefined;
    case 'lastOrderAt':
      return orders.lastAt || undefined;
    case 'mainDevice': {
      const known = events.filter(({ visit }) => visit.deviceType !== 'other' || visit.os || visit.browser);
      return first(countBy(known, ({ visit }) => visit.deviceType));
    }
    case 'mainChannel':
      return first(
        countBy(
          events.filter(({ visit }) => !visit.isBot && visit.channel !== 'on_site'),
          ({ visit }) => visit.channel,
        ),
      );
    case 'firstChannel':
      return profile.firstTouch?.channel;
    case 'lastChannel':
      return profile.lastTouch?.channel;
  }
}

function countBy(events: readonly CleanEvent[], key: (event: CleanEvent) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const event of events) counts.set(key(event), (counts.get(key(event)) ?? 0) + 1);
  return counts;
}

const integer = (value: unknown): number | undefined =>
  typeof value === 'number' && Math.abs(value) <= 1e9 ? Math.floor(value * 10_000 + 0.5) : undefined;

function eventHolds(condition: EventCondition, events: readonly CleanEvent[], asOf: number): boolean {
  const { event, where = [], pick, window, measure, op, value } = condition;
  let chosen: CleanEvent[];
  if (pick === undefined) {
    chosen = selected({ event, where }, events, asOf);
  } else {
    const all = selected({ event }, events, asOf);
    chosen = (pick === 'first' ? all.slice(0, 1) : all.slice(-1)).filter((each) =>
      where.every((test) => passesTest(test, each)),
    );
  }
  chosen = chosen.filter(({ eventTime }) => isInWindow(window, eventTime, asOf));
  const values = measure.of === 'count' ? [] : chosen.map((each) => readValue(measure, each));
  const numbers = values.map(integer).filter((each) => each !== undefined);
  const sum = numbers.reduce((total, each) => total + each, 0);
  const texts = values.filter((each) => typeof each === 'string');
  const [low, high] = [value].flat() as [number, number | undefined];
  const compare = (measured: number | undefined, toBound: (bound: number) => number): boolean => {
    if (op === 'notEquals') return measured !== toBound(low);
    if (measured === undefined) return false;
    if (op === 'between') return measured >= toBound(low) && measured <= toBound(high as number);
    if (op === 'equals') return measured === toBound(low);
    if (op === 'less') return measured < toBound(low);
    if (op === 'lessOrEqual') return measured <= toBound(low);
    return op === 'greater' ? measured > toBound(low) : measured >= toBound(low);
  };
  const scaled = (bound: number) => integer(bound) as number;
  switch (measure.of) {
    case 'count':
      return compare(chosen.length, (bound) => bound);
    case 'distinct':
      return compare(new Set([...texts, ...numbers]).size, (bound) => bound);
    case 'sum':
      return compare(sum, scaled);
    case 'average':
      return compare(numbers.length === 0 ? undefined : sum, (bound) => scaled(bound) * numbers.length);
    case 'min':
      return compare(numbers.length === 0 ? undefined : Math.min(...numbers), scaled);
    case 'max':
      return compare(numbers.length === 0 ? undefined : Math.max(...numbers), scaled);
  }
}

function rfmHolds(condition: RfmCondition, events: readonly CleanEvent[], asOf: number): boolean {
  const { orders } = profileOf(events);
  const count = orders.count - orders.cancelledCount;
  if (count === 0) return false;
  const money = computedOf(
    { type: 'computed', name: 'netRevenue', currency: condition.currency, op: 'less', value: 0 },
    events,
  );
  const { recencyDays: r, frequency: f, monetary: m } = condition.scale;
  const days = dayOf(asOf) - dayOf(orders.lastAt);
  const recency = days <= r[0] ? 5 : days <= r[1] ? 4 : days <= r[2] ? 3 : days <= r[3] ? 2 : 1;
  const score = (value: number, [a, b, c, d]: readonly [number, number, number, number]) =>
    value >= d ? 5 : value >= c ? 4 : value >= b ? 3 : value >= a ? 2 : 1;
  const isIn = (value: number, range: { from: number; to: number } | undefined) =>
    range === undefined || (value >= range.from && value <= range.to);
  return (
    isIn(recency, condition.recency) &&
    isIn(score(count, f), condition.frequency) &&
    isIn(score(money as number, m), condition.monetary)
  );
}

function stageOf({ days }: LifecycleCondition, events: readonly CleanEvent[], asOf: number) {
  const today = dayOf(asOf);
  const active = daysOf({ event: '*' }, events).filter((day) => day <= today);
  const [first, last] = [active[0], active.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const { firstAt } = profileOf(events).orders;
  if (today - last > days.lapsed) return 'lapsed';
  if (today - last > days.active) return 'atRisk';
  const returns = active.some((day, at) => {
    const before = active[at - 1];
    return before !== undefined && day - before > days.lapsed && today - day <= days.returned;
  });
  if (returns) return 'returned';
  if (firstAt !== 0 && dayOf(firstAt) <= today && today - dayOf(firstAt) <= days.activated) return 'activated';
  return today - first <= days.new ? 'new' : 'active';
}

function tagsOf(rule: TagRule, events: readonly CleanEvent[], asOf: number): string[] {
  const chosen = selected(rule.event, events, asOf).filter(({ eventTime }) => eventTime > asOf - ms(rule.last));
  const counts = new Map<string, number>();
  for (const event of chosen) {
    const value = readValue({ field: rule.by }, event);
    if (typeof value === 'string') counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count >= rule.atLeast)
    .sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1))
    .slice(0, rule.most)
    .map(([value]) => value);
}
