import { createHash } from 'node:crypto';
import type { Profile } from '../../schemas/profile.ts';

/** The profile of a key before its first event, which is at `time` (milliseconds since 1970). */
export function newProfile(key: string, time: number): Profile {
  return {
    key,
    profileId: profileIdOf(key),
    firstSeen: time,
    lastSeen: time,
    eventCount: 0,
    botEventCount: 0,
    traits: new Map(),
    traitBytes: 0,
    consent: new Map(),
    groups: new Map(),
    counters: new Map(),
    oldestDay: 0,
    orders: { count: 0, cancelledCount: 0, firstAt: 0, lastAt: 0, totals: new Map(), known: new Map() },
    items: new Map(),
    boughtBefore: new Set(),
    categories: new Map(),
    brands: new Map(),
    channels: new Map(),
    devices: new Map(),
    anonymousIds: new Map(),
    recent: [],
    dropped: new Map(),
  };
}

/** An opaque id from the first key of a profile: the same on every run, and no way back to the person's id. */
export function profileIdOf(key: string): string {
  return `p_${createHash('sha256').update(`headwater profile\n${key}`).digest('hex').slice(0, 24)}`;
}

/** Counts something that a bound kept out of the profile. */
export function drop(profile: Profile, what: string, count = 1): void {
  profile.dropped.set(what, (profile.dropped.get(what) ?? 0) + count);
}
