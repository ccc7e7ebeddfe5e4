import { expect } from 'vitest';
import type { ReplayRequest } from '../../../schemas/replay.ts';
import { decodeProfile, encodeProfile } from '../../../shared/profile/state.ts';
import { expectEqualProfiles } from '../../shared/profile/equal-profiles.ts';
import { type Happening, someSegments } from '../profile-updater/scenarios.ts';
import type { PersonAtEnd } from '../profile-updater/world.ts';
import { ReplayWorld } from './a-world.ts';

export const HOUR = 3_600_000;
export const everybody = {
  kind: 'profiles',
  days: { from: '2026-01-01', to: '2026-12-31' },
  isDry: false,
} as const satisfies ReplayRequest;

/** Lets happenings happen: all is taken in before time passes. */
export async function play(world: ReplayWorld, happenings: readonly Happening[]): Promise<void> {
  for (const happening of happenings) {
    if ('send' in happening) world.live.send(happening.send);
    else if ('overtake' in happening) {
      world.live.now += happening.overtake;
      world.live.sweep();
    } else {
      await world.drain();
      await world.live.pass(happening.pass);
    }
  }
}

/** Spoils what is stored of a key's events, as a fold with a fault would have. */
export function spoil(world: ReplayWorld, key: string): void {
  const item = world.live.store.items.get(key);
  const folded = item && decodeProfile(item);
  if (item === undefined || folded?.profile === undefined) return;
  folded.profile.eventCount += 7;
  folded.profile.counters.clear();
  folded.profile.traits.clear();
  folded.tracks.clear();
  const { textBytes: _, ...encoded } = encodeProfile(folded);
  world.live.store.items.set(key, { ...item, ...encoded, version: item.version + 1, token: 'spoilt' });
}

export function expectSamePersons(found: readonly PersonAtEnd[], expected: readonly PersonAtEnd[]): void {
  expect(found.map(({ profile: _, ...person }) => person)).toEqual(expected.map(({ profile: _, ...person }) => person));
  for (const [at, { profile }] of found.entries()) {
    expectEqualProfiles(profile, (expected[at] as PersonAtEnd).profile);
  }
}

/** The end of a day on which everything was taken in and has come about. */
export async function end(world: ReplayWorld): Promise<ReplayWorld> {
  await world.drain();
  await world.live.pass(5 * HOUR);
  await world.drain();
  return world;
}

export async function aWorld(happenings: readonly Happening[]): Promise<ReplayWorld> {
  const world = new ReplayWorld(someSegments);
  await play(world, happenings);
  await world.drain();
  return world;
}
