import { describe, expect, it } from 'vitest';
import { decodeProfile, encodeProfile } from '../../../shared/profile/state.ts';
import { anIdentify, aTrack } from '../../fixtures/events.ts';
import { someSegments } from './scenarios.ts';
import { World } from './world.ts';

/** Takes all events of a key away, as a fold that is no longer believed in. */
function empty(world: World, key: string): void {
  const item = world.store.items.get(key);
  if (item === undefined) throw new Error(`There is no ${key}.`);
  const folded = { ...decodeProfile(item), profile: undefined, tracks: new Map() };
  const { textBytes: _, ...encoded } = encodeProfile(folded);
  world.store.items.set(key, { ...item, ...encoded, version: item.version + 1, token: 'by hand' });
}

describe('a profile that was folded anew', () => {
  it('is looked at again, with a transition for what differs and no other', async () => {
    const world = new World(someSegments);
    world.send(aTrack({ userId: 'ann' }), aTrack({ userId: 'ann' }));
    await world.drain();
    const transitions = () => [...world.transitions().values()].flat();
    const before = transitions();
    world.publish({ v: 1, kind: 'rebuilt', keys: ['user:ann'] });
    await world.drain();
    expect(transitions()).toEqual(before);

    empty(world, 'user:ann');
    world.publish({ v: 1, kind: 'rebuilt', keys: ['user:ann'] });
    await world.drain();
    const exits = transitions().slice(before.length);
    expect(exits.map(({ to, cause }) => [to, cause.type])).toEqual(before.map(() => ['exited', 'rebuild']));
    expect(world.folded('user:ann').audience.memberships.size).toBe(0);
  });

  it('is looked at with all parts of its person, at their home alone', async () => {
    const world = new World(someSegments);
    world.send(aTrack({ userId: undefined, anonymousId: 'd-1' }), aTrack({ userId: 'ann' }));
    world.send(anIdentify({ userId: 'ann', anonymousId: 'd-1', traits: { plan: 'pro' } }));
    await world.drain();
    empty(world, 'anonymous:d-1');
    world.publish({ v: 1, kind: 'rebuilt', keys: ['anonymous:d-1'] });
    await world.drain();
    expect(world.folded('user:ann').audience.memberships.has('busy')).toBe(true);
    world.publish({ v: 1, kind: 'rebuilt', keys: ['user:ann'] });
    await world.drain();
    expect(world.folded('user:ann').audience.memberships.has('busy')).toBe(false);
    expect(world.folded('user:ann').audience.memberships.has('seen-twice')).toBe(true);
    world.transitions();
  });
});
