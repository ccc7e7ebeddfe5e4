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

/**
 * The profile of the person whose home is `key`: what folding the events of all parts into one profile would give.
 *
 * Neither the order of the parts nor how the events were spread over them decides anything, except where a part has
 * reached a bound: what it left out stays left out, and what several parts keep of traits, names, items, categories,
 * brands, devices, currencies or orders may together be more than one part would. Decayed weights are equal to 1 part in
 * 10,000. Gives a single part of that key as it is, and changes none; a person without events has all zeros.
 */
export function mergeProfiles(key: string, parts: readonly Profile[]): Profile {
  const [first] = parts;
  if (first === undefined) return newProfile(key, 0);
  if (parts.length === 1) return first.key === key ? first : { ...first, key, profileId: profileIdOf(key) };
  const sorted = parts.toSorted((one, other) => (one.key < other.key ? -1 : 1));
  const traits = latest(
    sorted.map((part) => part.traits),
    isLaterTrait,
  );
  const of = <K extends keyof Profile>(name: K): Profile[K][] => sorted.map((part) => part[name]);
  const profile: Profile = {
    key,
    profileId: profileIdOf(key),
    firstSeen: Math.min(...of('firstSeen')),
    lastSeen: Math.max(...of('lastSeen')),
    eventCount: total(of('eventCount')),
    botEventCount: total(of('botEventCount')),
    traits,
    traitBytes: total(Array.from(traits, ([name, trait]) => traitBytesOf(name, trait))),
    consent: latest(of('consent'), isLaterChoice),
    groups: seenLast(of('groups'), limits.groups),
    ...mergeCounters(sorted),
    orders: mergeOrders(of('orders')),
    items: combined(of('items'), sumOfInterests),
    categories: combined(of('categories'), sumOfWeights),
    brands: combined(of('brands'), sumOfWeights),
    channels: combined(of('channels'), sumOfUsages),
    devices: combined(of('devices'), sumOfUsages),
    anonymousIds: seenLast(of('anonymousIds'), limits.anonymousIds),
    recent: of('recent').flat().sort(byText).slice(-limits.recentEvents),
    dropped: combined(of('dropped'), (one, other) => one + other),
  };
  const firstTouch = best(of('firstTouch'), isEarlierTouch);
  const lastTouch = best(of('lastTouch'), outranksTouch);
  if (firstTouch !== undefined) profile.firstTouch = firstTouch;
  if (lastTouch !== undefined) profile.lastTouch = lastTouch;
  return profile;
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
