import fc from 'fast-check';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { createForgetting } from '../../../functions/privacy-worker/forget-people.ts';
import { LakeQueryError } from '../../../functions/privacy-worker/lake/search-step.ts';
import type { ControlRecord } from '../../../schemas/stream/control.ts';
import { type ALake, aLake } from '../../fixtures/a-lake.ts';
import { anIdentify, aTrack } from '../../fixtures/events.ts';
import { ASnapshot } from '../profile-snapshot/a-snapshot.ts';
import { someSegments } from '../profile-updater/scenarios.ts';
import { World } from '../profile-updater/world.ts';
import { ALakeReach } from './lake/a-lake-reach.ts';

const DAY_MS = 86_400_000;
const KEPT_DAYS = 30;

const lake: ALake = await aLake();
beforeEach(() => lake.clear());
afterAll(() => lake[Symbol.asyncDispose]());

/** Forgetting by the lake's last snapshot, in a world. */
function forgetting(world: World) {
  const reach = new ALakeReach(lake, world.now);
  const { athena, objects, database, workGroup, newId, log } = reach;
  const props = { athena, objects, database, workGroup, newId, log, clock: () => world.now };
  const publish = async (records: readonly ControlRecord[]) => world.publish(...records);
  const forget = createForgetting({ ...props, pause: async () => undefined, stream: { publish } });
  return { forget, reach };
}

const visit = (world: World, device: string) =>
  aTrack({ userId: undefined, anonymousId: device, timestamp: new Date(world.now).toISOString() });

test('forgets exactly those whom nobody has seen for so many days, whichever of their keys was seen', async () => {
  const person = fc.record({ seenDaysAgo: fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 3 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(person, { minLength: 1, maxLength: 12 }), async (people) => {
      await lake.clear();
      const world = new World(someSegments);
      const start = world.now;
      const visits = people.flatMap(({ seenDaysAgo }, at) =>
        seenDaysAgo.map((days, key) => ({
          at: start + (60 - days) * DAY_MS,
          userId: `u-${at}`,
          device: `d-${at}-${key}`,
        })),
      );
      for (const { at, userId, device } of visits.sort((one, other) => one.at - other.at)) {
        await world.pass(Math.max(1, at - world.now));
        const timestamp = new Date(world.now).toISOString();
        world.send(visit(world, device), anIdentify({ userId, anonymousId: device, timestamp }));
      }
      await world.pass(Math.max(1, start + 60 * DAY_MS + 3_600_000 - world.now));
      const snapshot = new ASnapshot(world, lake);
      await snapshot.run();
      const due = people.flatMap(({ seenDaysAgo }, at) =>
        Math.min(...seenDaysAgo) >= KEPT_DAYS ? [`user:u-${at}`] : [],
      );
      const kept = world.persons().filter(({ home }) => !due.includes(home));

      expect(await forgetting(world).forget(KEPT_DAYS)).toBe(due.length);
      await world.drain();

      expect(world.persons()).toEqual(kept);
      snapshot.now = world.now + DAY_MS;
      await snapshot.run();
      expect((await snapshot.rows()).map(({ person_key }) => person_key).sort()).toEqual(
        kept.map(({ home }) => home).sort(),
      );
    }),
    { numRuns: 12 },
  );
});

test('leaves who has come back since the snapshot', async () => {
  const world = new World(someSegments);
  world.send(visit(world, 'd-1'), visit(world, 'd-2'));
  await world.pass(40 * DAY_MS);
  await new ASnapshot(world, lake).run();
  world.send(visit(world, 'd-1'));
  await world.drain();

  expect(await forgetting(world).forget(KEPT_DAYS)).toBe(2);
  await world.drain();

  expect([...world.store.items.keys()]).toEqual(['anonymous:d-1']);
  expect(world.folded('anonymous:d-1').profile?.eventCount).toBe(2);
});

test('says nothing where nobody is due, and fails where the lake cannot be asked', async () => {
  const world = new World(someSegments);
  world.send(visit(world, 'd-1'));
  await world.drain();
  await new ASnapshot(world, lake).run();
  const { forget, reach } = forgetting(world);
  expect(await forget(KEPT_DAYS)).toBe(0);
  expect(reach.logged).toEqual([]);
  reach.failingQueries = 1;
  await expect(forget(KEPT_DAYS)).rejects.toThrow(LakeQueryError);
});
