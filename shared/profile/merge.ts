import type { ItemInterest, Profile, Usage } from '../../schemas/profile.ts';
import { sumOfWeights } from './affinities.ts';
import { isLaterChoice } from './consent.ts';
import { limits } from './limits.ts';
import { mergeCounters } from './merge-counters.ts';
import { mergeOrders } from './merge-orders.ts';
import { newProfile, profileIdOf } from './new-profile.ts';
import { keepTop } from './top.ts';
import { isEarlierTouch, outranksTouch } from './touches.ts';
import { isLaterTrait, traitBytesOf } from './traits.ts';

type Parts = readonly Profile[];
type Section = Exclude<keyof Profile, 'key' | 'profileId'>;

/** How each property of a profile comes from those of the parts. */
const sections: { readonly [K in Section]-?: (parts: Parts) => Profile[K] } = {
  firstSeen: (parts) => Math.min(...parts.map((part) => part.firstSeen)),
  lastSeen: (parts) => Math.max(...parts.map((part) => part.lastSeen)),
  eventCount: (parts) => total(parts.map((part) => part.eventCount)),
  botEventCount: (parts) => total(parts.map((part) => part.botEventCount)),
  traits: (parts) =>
    latest(
      parts.map((part) => part.traits),
      isLaterTrait,
    ),
  traitBytes: (parts) => total(Array.from(sections.traits(parts), ([name, trait]) => traitBytesOf(name, trait))),
  consent: (parts) =>
    latest(
      parts.map((part) => part.consent),
      isLaterChoice,
    ),
  groups: (parts) =>
    seenLast(
      parts.map((part) => part.groups),
      limits.groups,
    ),
  counters: (parts) => mergeCounters(parts).counters,
  oldestDay: (parts) => mergeCounters(parts).oldestDay,
  orders: (parts) => mergeOrders(parts.map((part) => part.orders)),
  items: (parts) =>
    combined(
      parts.map((part) => part.items),
      sumOfInterests,
    ),
  boughtBefore: (parts) => new Set(parts.flatMap((part) => [...part.boughtBefore])),
  categories: (parts) =>
    combined(
      parts.map((part) => part.categories),
      sumOfWeights,
    ),
  brands: (parts) =>
    combined(
      parts.map((part) => part.brands),
      sumOfWeights,
    ),
  channels: (parts) =>
    combined(
      parts.map((part) => part.channels),
      sumOfUsages,
    ),
  devices: (parts) =>
    combined(
      parts.map((part) => part.devices),
      sumOfUsages,
    ),
  firstTouch: (parts) =>
    best(
      parts.map((part) => part.firstTouch),
      isEarlierTouch,
    ),
  lastTouch: (parts) =>
    best(
      parts.map((part) => part.lastTouch),
      outranksTouch,
    ),
  anonymousIds: (parts) =>
    seenLast(
      parts.map((part) => part.anonymousIds),
      limits.anonymousIds,
    ),
  recent: (parts) =>
    parts
      .flatMap((part) => part.recent)
      .sort(byText)
      .slice(-limits.recentEvents),
  dropped: (parts) =>
    combined(
      parts.map((part) => part.dropped),
      (one, other) => one + other,
    ),
};

/**
 * The profile of the person whose home is `key`: what folding the events of all parts into one profile would give.
 *
 * Neither the order of the parts nor how the events were spread over them decides anything, except where a part has
 * reached a bound: what it left out stays left out, and what several parts keep of traits, names, items, categories,
 * brands, devices, currencies or orders may together be more than one part would. Decayed weights are equal to 1 part in
 * 10,000. Gives a single part of that key as it is, and changes none; a person without events has all zeros.
 */
export function mergeProfiles(key: string, parts: Parts): Profile {
  if (parts.length < 2) return onePart(key, parts[0]);
  const sorted = inOrder(parts);
  const profile: Record<string, unknown> = { key, profileId: profileIdOf(key) };
  for (const name in sections) {
    const value = sections[name as Section](sorted);
    if (value !== undefined) profile[name] = value;
  }
  return profile as Profile;
}

/**
 * As `mergeProfiles`, but merges each property when it is first read, for those who read a few of them. The parts must not
 * change meanwhile.
 */
export function mergeLazily(key: string, parts: Parts): Profile {
  return parts.length < 2 ? onePart(key, parts[0]) : (new LazyProfile(key, inOrder(parts)) as unknown as Profile);
}

class LazyProfile {
  readonly key: string;
  readonly #parts: Parts;
  readonly #made: { [K in Section]?: unknown } = {};

  constructor(key: string, parts: Parts) {
    this.key = key;
    this.#parts = parts;
  }

  get profileId(): string {
    return profileIdOf(this.key);
  }

  read(name: Section): unknown {
    if (!(name in this.#made)) this.#made[name] = sections[name](this.#parts);
    return this.#made[name];
  }
}
for (const name of Object.keys(sections) as Section[]) {
  Object.defineProperty(LazyProfile.prototype, name, {
    get(this: LazyProfile) {
      return this.read(name);
    },
  });
}

const inOrder = (parts: Parts): Parts => parts.toSorted((one, other) => (one.key < other.key ? -1 : 1));

function onePart(key: string, part: Profile | undefined): Profile {
  if (part === undefined) return newProfile(key, 0);
  return part.key === key ? part : { ...part, key, profileId: profileIdOf(key) };
}

const total = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);

/** Code unit order, as lines are kept in a profile. */
const byText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

function combined<V>(maps: readonly ReadonlyMap<string, V>[], combine: (one: V, other: V) => V): Map<string, V> {
  const all = new Map<string, V>();
  for (const map of maps) {
    for (const [key, value] of map) {
      const other = all.get(key);
      all.set(key, other === undefined ? value : combine(other, value));
    }
  }
  return all;
}

const latest = <V>(maps: readonly ReadonlyMap<string, V>[], isLater: (one: V, other: V) => boolean): Map<string, V> =>
  combined(maps, (one, other) => (isLater(other, one) ? other : one));

function seenLast(maps: readonly ReadonlyMap<string, number>[], bound: number): Map<string, number> {
  const times = combined(maps, Math.max);
  while (times.size > bound) keepTop(times, bound, (at) => at);
  return times;
}

function best<T>(found: readonly (T | undefined)[], isBetter: (one: T, other: T) => boolean): T | undefined {
  let chosen: T | undefined;
  for (const one of found) if (one !== undefined && (chosen === undefined || isBetter(one, chosen))) chosen = one;
  return chosen;
}

const sumOfUsages = (one: Usage, other: Usage): Usage => ({
  count: one.count + other.count,
  lastAt: Math.max(one.lastAt, other.lastAt),
});

const sumOfInterests = (one: ItemInterest, other: ItemInterest): ItemInterest => ({
  weight: sumOfWeights(one.weight, other.weight),
  lastAt: Math.max(one.lastAt, other.lastAt),
  orders: one.orders + other.orders,
});
