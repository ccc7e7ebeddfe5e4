import { describe, expect, it } from 'vitest';
import type { BackfillItem, Key } from '../../../schemas/stream/control.ts';
import { cleanRecord } from '../../../shared/clean/clean-record.ts';
import { compileCatalog, trackEvent } from '../../../shared/segments/compile-catalog.ts';
import type { Tracks } from '../../../shared/segments/tracks.ts';
import { controlOf } from '../../../shared/stream/read-stream.ts';
import { anIdentify, aTrack, type Message } from '../../fixtures/events.ts';
import { aCatalogBody } from '../../fixtures/profiles.ts';
import { catalogOf, World } from './world.ts';

const seenThrice = {
  id: 'seen-thrice',
  name: 'Seen thrice',
  includeBots: false,
  condition: { type: 'event', event: '*', measure: { of: 'count' }, op: 'greaterOrEqual', value: 3 },
} as const;
const live = catalogOf([seenThrice], 2);
const pending = aCatalogBody([
  { id: seenThrice.id, pending: { ...seenThrice, version: 2 }, createdAt: 0, updatedAt: 0 },
]);
const by = (anonymousId: string): Message => aTrack({ userId: undefined, anonymousId });

/** What the lake would answer: the rows of each key with events. */
function lakeRows(world: World): BackfillItem[] {
  const catalog = compileCatalog(pending.entries);
  const byKey = new Map<Key, Tracks>();
  for (const record of world.shards.flat().filter((each) => controlOf(each) === undefined)) {
    for (const { outcome } of cleanRecord(record).items) {
      if (!outcome.ok) continue;
      const tracks = byKey.get(outcome.event.profileKey) ?? new Map();
      trackEvent(catalog, tracks, outcome.event);
      byKey.set(outcome.event.profileKey, tracks);
    }
  }
  return Array.from(byKey, ([key, tracks]) => ({ key, tracks: Object.fromEntries(tracks) }));
}
const backfill = (world: World, items: readonly BackfillItem[]) =>
  world.publish({ v: 1, kind: 'backfill', job: 'j', segments: [{ id: seenThrice.id, version: 2 }], items });
const segmentsOf = (world: World, home: Key) => world.persons().find((person) => person.home === home)?.segments;

describe('a definition that is new', () => {
  it('counts what came before it once its backfill has come, and no sooner', async () => {
    const world = new World();
    world.send(aTrack({ userId: 'ann' }), aTrack({ userId: 'ann' }));
    await world.drain();
    world.catalog = pending;
    world.send(aTrack({ userId: 'ann' }));
    await world.drain();
    expect(segmentsOf(world, 'user:ann')).toEqual([]);
    backfill(world, lakeRows(world));
    await world.drain();
    expect(segmentsOf(world, 'user:ann')).toEqual(['seen-thrice']);
    expect(world.published().at(-1)).toMatchObject({ version: 2, cause: { type: 'definition' } });
  });

  it('counts each event once for whom the lake knew before the profiles did', async () => {
    const world = new World(pending);
    for (let n = 0; n < 3; n += 1) world.send(aTrack({ userId: 'ann' }));
    world.send(aTrack({ userId: 'bob' }), aTrack({ userId: 'bob' }));
    const segments = [{ id: seenThrice.id, version: 2 }];
    await world.deliverOn('shardId-9', { v: 1, kind: 'backfill', job: 'j', segments, items: lakeRows(world) });
    await world.drain();
    expect([segmentsOf(world, 'user:ann'), segmentsOf(world, 'user:bob')]).toEqual([['seen-thrice'], []]);
  });

  it('needs no backfill for who came after it', async () => {
    const world = new World(pending);
    for (let n = 0; n < 3; n += 1) world.send(aTrack({ userId: 'ann' }));
    await world.drain();
    expect(segmentsOf(world, 'user:ann')).toEqual(['seen-thrice']);
  });

  it('waits for the past of each part of a person', async () => {
    const world = new World();
    world.send(by('d-1'), by('d-1'), anIdentify({ userId: 'ann', anonymousId: 'd-1' }));
    await world.drain();
    world.catalog = pending;
    const [device, user] = ['anonymous:d-1', 'user:ann'].map((key) => lakeRows(world).filter((row) => row.key === key));
    backfill(world, user ?? []);
    await world.drain();
    expect(segmentsOf(world, 'user:ann')).toEqual([]);
    backfill(world, device ?? []);
    await world.drain();
    expect(segmentsOf(world, 'user:ann')).toEqual(['seen-thrice']);
    world.transitions();
  });

  it('takes the same backfill any number of times', async () => {
    const world = new World();
    world.send(
      aTrack({ userId: 'ann' }),
      aTrack({ userId: 'ann' }),
      by('d-1'),
      anIdentify({ userId: 'ann', anonymousId: 'd-1' }),
    );
    await world.drain();
    world.catalog = pending;
    backfill(world, lakeRows(world));
    await world.drain();
    const { items } = world.store;
    const before = [...items.values()].map(({ version }) => version);
    const transitions = world.transitions();
    backfill(world, lakeRows(world));
    await world.drain();
    expect([...items.values()].map(({ version }) => version)).toEqual(before);
    expect(world.transitions()).toEqual(transitions);
    world.catalog = live;
    await world.pass(120_000);
    expect(segmentsOf(world, 'user:ann')).toEqual(['seen-thrice']);
    expect(world.folded('user:ann').audience.ready.size).toBe(0);
  });
});

describe('a key of which no event is known', () => {
  it('is not even written for a tick or a backfill, though definitions wait', async () => {
    const world = new World(pending);
    world.publish({ v: 1, kind: 'tick', at: world.now, keys: ['user:nobody'] });
    const other = new World();
    other.send(aTrack({ userId: 'nobody' }));
    backfill(world, lakeRows(other));
    await world.drain();
    expect(world.store.items.size).toBe(0);
  });

  it('is woken no more once the only visitor behind it has turned out to be somebody', async () => {
    const world = new World(live);
    const email = { traits: { email: 'ann@example.org' } };
    for (let n = 0; n < 3; n += 1) world.send(anIdentify({ userId: undefined, anonymousId: 'd-1', ...email }));
    await world.drain();
    expect(segmentsOf(world, 'email:ann@example.org')).toEqual(['seen-thrice']);
    world.catalog = pending;
    world.send(anIdentify({ userId: 'ann', anonymousId: 'd-1', traits: {} }));
    await world.pass(600_000);
    const { audience } = world.folded('email:ann@example.org');
    expect([audience.memberships.size, audience.due]).toEqual([0, 0]);
    world.transitions();
  });
});

describe('a definition that is gone', () => {
  it('has its members leave at the next tick', async () => {
    const world = new World(live);
    for (let n = 0; n < 3; n += 1) world.send(aTrack({ userId: 'ann' }));
    await world.drain();
    world.catalog = aCatalogBody();
    world.publish({ v: 1, kind: 'tick', at: world.now, keys: ['user:ann'] });
    await world.drain();
    expect(segmentsOf(world, 'user:ann')).toEqual([]);
    expect(world.published().at(-1)).toMatchObject({ to: 'exited', cause: { type: 'definition' } });
  });
});
