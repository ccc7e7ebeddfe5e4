import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LEASE_MS } from '../../../functions/adapters/lease.ts';
import { WINDOW_KEYS } from '../../../functions/segment-backfill/steps.ts';
import { builtInCatalog } from '../../../shared/segments/built-in-catalog.ts';
import type { CatalogBody } from '../../../shared/segments/catalog-body.ts';
import { createSegment, deleteSegment, replaceSegment } from '../../../shared/segments/catalog-changes.ts';
import { aSegment, emptyCatalog } from '../../fixtures/segments.ts';
import { World } from './a-world.ts';

const { hash } = builtInCatalog();
const aRule = (n: number, id = 'buyers') => aSegment({ id, condition: { type: 'share', percent: 1, salt: `${n}` } });

/** A world whose catalog is saved with one segment that waits. */
async function aWorld(shards?: number): Promise<World> {
  const world = new World(shards);
  await save(world, () => createSegment(emptyCatalog, aSegment(), world.now).body);
  return world;
}

async function save(world: World, change: (body: CatalogBody) => CatalogBody): Promise<void> {
  const { body, revision } = await world.catalog.read();
  const saved = await world.catalog.save({ revision, builtIns: hash }, change(revision === 0 ? emptyCatalog : body));
  if (saved === undefined) throw new Error('The catalog was not saved.');
}

const entryOf = async (world: World, id = 'buyers') =>
  (await world.catalog.read()).body.entries.find((entry) => entry.id === id);

/** Consumers go on by themselves, as far as a test's chance wants it. */
function lively(world: World, take: () => number): void {
  world.onTurn = () => {
    for (const shard of world.shards) {
      world.lakeBatch(shard, take());
      world.updaterBatch(shard, take());
    }
  };
}

/** Every event that ever came is known to the version, by whichever way, and every key is ready for it. */
function expectComplete(world: World, version: string): void {
  for (const shard of world.shards) {
    for (const entry of shard.log.slice(0, shard.updater)) {
      if (entry.kind !== 'event') continue;
      const known = world.keys.get(entry.key);
      expect(known?.live.has(`${version} ${entry.n}`), `${version} knows event ${entry.n} of ${entry.key}`).toBe(true);
      expect(known?.ready.has(version), `${entry.key} is ready for ${version}`).toBe(true);
    }
  }
}

/** Runs until nothing waits; a killed run is followed by another when its lease is over. */
async function finish(world: World): Promise<void> {
  for (let runs = 0; runs < 50; runs += 1) {
    world.now += LEASE_MS + 1;
    await world.run();
    const { body } = await world.catalog.read();
    if (body.removed.length === 0 && body.entries.every(({ pending }) => pending === undefined)) return;
  }
  throw new Error('The backfill came to no end.');
}

describe('a new definition', () => {
  test('goes live when every event before it is known, and every key', async () => {
    const world = await aWorld();
    for (const key of ['user:a', 'user:b', 'anonymous:c']) world.send(key);
    lively(world, () => 1);
    await finish(world);
    expect(await entryOf(world)).toMatchObject({ live: { version: 1 } });
    expect((await entryOf(world))?.pending).toBeUndefined();
    world.drain();
    expectComplete(world, 'buyers@1');
  });

  test.each(['updater', 'lake'] as const)(
    'asks the lake only when the %s has passed the barrier on every shard',
    async (last) => {
      const world = await aWorld();
      for (const key of ['user:a', 'user:b', 'user:c']) world.send(key);
      const [first] = world.shards;
      world.onTurn = () => {
        for (const shard of world.shards) {
          if (last !== 'updater' || shard === first) world.updaterBatch(shard, 5);
          if (last !== 'lake' || shard === first) world.lakeBatch(shard, 5);
        }
      };
      await world.run(undefined, 60_000);
      expect(world.queries.size).toBe(0);
      lively(world, () => 5);
      await finish(world);
      expect(world.queries.size).toBe(1);
    },
  );

  test('is not live before the profile-updater has read the last row', async () => {
    const world = await aWorld(1);
    world.send('user:a');
    const [shard] = world.shards;
    if (!shard) throw new Error('There is no shard.');
    let isStopped = false;
    world.onTurn = () => {
      world.lakeBatch(shard, 100);
      isStopped ||= shard.log.some(({ kind }) => kind === 'backfill');
      if (!isStopped) world.updaterBatch(shard, 100);
    };
    await world.run(undefined, 120_000);
    expect(isStopped).toBe(true);
    expect((await entryOf(world))?.live).toBeUndefined();
    lively(world, () => 100);
    await finish(world);
    expectComplete(world, 'buyers@1');
  });

  test('is asked of the lake with all that waits at once', async () => {
    const world = await aWorld();
    await save(world, (body) => createSegment(body, aRule(1, 'other'), world.now).body);
    world.send('user:a');
    lively(world, () => 10);
    await finish(world);
    expect(world.queries.size).toBe(1);
    expect(await entryOf(world, 'other')).toMatchObject({ live: { version: 1 } });
  });

  test('that comes during a backfill has its own', async () => {
    const world = await aWorld();
    world.send('user:a');
    lively(world, () => 3);
    await world.run(20);
    await save(world, (body) => createSegment(body, aRule(1, 'other'), world.now).body);
    await finish(world);
    world.drain();
    expectComplete(world, 'buyers@1');
    expectComplete(world, 'other@1');
  });

  test('that was changed meanwhile is not asked for any more', async () => {
    const world = await aWorld();
    world.send('user:a');
    await world.run(undefined, 60_000);
    expect((await world.jobs.read())?.job?.step.name).toBe('updater');
    const condition = { type: 'frequency', event: { event: 'New Event' }, days: 2, of: 7 } as const;
    await save(world, (body) => replaceSegment(body, aSegment({ condition }), world.now, undefined).body);
    lively(world, () => 5);
    await finish(world);
    const sql = Array.from(world.queries.values(), (query) => query.sql);
    expect(sql).toEqual([expect.stringContaining('New Event')]);
    expect(sql[0]).not.toContain('Order Completed');
    expect(await entryOf(world)).toMatchObject({ live: { version: 2 } });
  });

  describe('over many keys', () => {
    const manyKeys = async () => {
      const world = await aWorld(1);
      for (let n = 0; n < 3 * WINDOW_KEYS + 100; n += 1) world.send(`user:${n}`);
      world.drain();
      for (const known of world.keys.values()) known.live.clear();
      return { world, shard: world.shards[0] as World['shards'][number] };
    };

    test('sends windows, of which no more than two wait for the profile-updater', async () => {
      const { world, shard } = await manyKeys();
      let most = 0;
      world.onTurn = () => {
        world.lakeBatch(shard, 10_000);
        world.updaterBatch(shard, 200);
        most = Math.max(most, shard.log.slice(shard.updater).filter(({ kind }) => kind === 'backfill').length);
      };
      await finish(world);
      expectComplete(world, 'buyers@1');
      expect(most).toBeGreaterThan(WINDOW_KEYS);
      expect(most).toBeLessThanOrEqual(2 * WINDOW_KEYS);
    });

    test('goes on behind what was sent', async () => {
      const { world } = await manyKeys();
      lively(world, () => 2_000);
      const sent = async () => (await world.jobs.read())?.job?.sent ?? 0;
      for (let runs = 0; runs < 20 && (await sent()) <= WINDOW_KEYS; runs += 1) {
        world.now += LEASE_MS + 1;
        await world.run(25);
      }
      expect(await sent()).toBe(2 * WINDOW_KEYS);
      await finish(world);
      world.drain();
      expect(world.queries.size).toBe(1);
      expectComplete(world, 'buyers@1');
    });
  });
});

test('whatever comes in between and wherever runs are killed, no event is missed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.array(fc.integer({ min: 1, max: 160 }), { maxLength: 6 }),
      fc.infiniteStream(fc.integer({ min: 0, max: 3 })),
      fc.array(fc.constantFrom('send', 'change', 'create', 'delete'), { maxLength: 8 }),
      async (shards, kills, chance, happenings) => {
        const world = await aWorld(shards);
        let keys = 0;
        let rules = 10;
        for (let n = 0; n < 12; n += 1) world.send(`user:${n % 5}`);
        const nextRule = () => {
          rules += 1;
          return rules;
        };
        const take = () => chance.next().value as number;
        const happening = async (what: string) => {
          if (what === 'change' && (await entryOf(world))) {
            await save(world, (body) => replaceSegment(body, aRule(nextRule()), world.now, undefined).body);
          }
          if (what === 'create') {
            await save(world, (body) => createSegment(body, aRule(1, `s-${nextRule()}`), world.now).body);
          }
          if (what === 'delete' && (await entryOf(world))) await save(world, (body) => deleteSegment(body, 'buyers'));
        };
        world.onTurn = () => {
          if (take() === 0) world.send(`user:${keys % 9}`);
          keys += 1;
          for (const shard of world.shards) {
            world.lakeBatch(shard, take());
            world.updaterBatch(shard, take());
          }
        };
        for (const kill of kills) {
          world.now += LEASE_MS + 1;
          await world.run(kill);
          await happening(happenings.shift() ?? '');
        }
        for (const what of happenings) await happening(what);
        await finish(world);
        const { body } = await world.catalog.read();
        world.drain();
        for (const { id, live } of body.entries) expectComplete(world, `${id}@${live?.version}`);
      },
    ),
    { numRuns: 60 },
  );
});

test('goes on after a kill at each of its calls', async () => {
  const reference = await aWorld();
  for (let n = 0; n < 6; n += 1) reference.send(`user:${n}`);
  lively(reference, () => 50);
  await reference.run();
  const calls = reference.calls;
  expect(calls).toBeGreaterThan(40);
  for (let killAt = 1; killAt <= calls; killAt += 1) {
    const world = await aWorld();
    for (let n = 0; n < 6; n += 1) world.send(`user:${n}`);
    lively(world, () => 50);
    const outcome = await world.run(killAt);
    if (outcome === 'killed') await finish(world);
    world.drain();
    expect(await entryOf(world), `killed at ${killAt}`).toMatchObject({ live: { version: 1 } });
    expectComplete(world, 'buyers@1');
  }
});

describe('runs', () => {
  test('leave the work to the one that is at it', async () => {
    const world = await aWorld();
    world.send('user:a');
    await world.run(30);
    const before = await world.jobs.read();
    world.onTurn = () => world.renewLease();
    const begun = world.now;
    await world.run();
    expect(world.now - begun).toBeLessThanOrEqual(LEASE_MS + 1);
    expect(await world.jobs.read()).toMatchObject({ owner: before?.owner, job: before?.job });
  });

  test('take over from one that was cut off, as soon as its lease is over', async () => {
    const world = await aWorld();
    world.send('user:a');
    await world.run(30);
    const { leaseUntil = 0, owner } = (await world.jobs.read()) ?? {};
    lively(world, () => 10);
    const taken: number[] = [];
    world.onTurn = ((before) => () => {
      before();
      if (world.jobOwner() !== owner) taken.push(world.now);
    })(world.onTurn);
    await world.run();
    expect(taken[0]).toBe(leaseUntil + 1);
    expect(await entryOf(world)).toMatchObject({ live: { version: 1 } });
  });

  test('write nothing when there is nothing to do', async () => {
    const world = await aWorld();
    lively(world, () => 10);
    await finish(world);
    const held = await world.jobs.read();
    await world.run();
    expect(world.calls).toBeLessThanOrEqual(6);
    expect(await world.jobs.read()).toEqual(held);
  });

  test('hand on before their time is over', async () => {
    const world = await aWorld();
    world.send('user:a');
    const begun = world.now;
    await world.run(undefined, 60_000);
    expect(world.now - begun).toBeLessThan(60_000);
    expect((await world.jobs.read())?.leaseUntil).toBe(0);
  });
});

describe('a deleted segment', () => {
  const told = (world: World, key: string) => world.keys.get(key)?.ready.has('told') === true;

  test('has everybody told who ever entered it', async () => {
    const world = await aWorld();
    lively(world, () => 10);
    await finish(world);
    for (const key of ['user:a', 'user:b']) world.send(key);
    world.drain();
    await save(world, (body) => deleteSegment(body, 'buyers'));
    await finish(world);
    world.drain();
    expect(world.body().removed).toEqual([]);
    expect(['user:a', 'user:b'].filter((key) => told(world, key))).toEqual(['user:a', 'user:b']);
  });

  test('has those told, too, whose entry was under way when it was deleted', async () => {
    const world = await aWorld(1);
    const [shard] = world.shards;
    if (!shard) throw new Error('There is no shard.');
    lively(world, () => 10);
    await finish(world);
    world.send('user:late');
    world.drain();
    world.entered.clear();
    await save(world, (body) => deleteSegment(body, 'buyers'));
    const barriers = () => shard.log.filter(({ kind }, place) => kind === 'barrier' && place >= shard.lake).length;
    let isUnderWay = true;
    world.onTurn = () => {
      // A batch that began before the deletion publishes its entry after the first barrier, which the lake-writer reads alone.
      if (isUnderWay && barriers() === 1) {
        world.lakeBatch(shard, 100);
        shard.log.push({ kind: 'transition', key: 'user:late', segmentId: 'buyers' });
        isUnderWay = false;
      }
      world.updaterBatch(shard, 100);
      if (barriers() > 0) world.lakeBatch(shard, 100);
    };
    await finish(world);
    world.drain();
    expect(isUnderWay).toBe(false);
    expect(told(world, 'user:late')).toBe(true);
  });
});

describe('a query', () => {
  test('that is lost is asked again', async () => {
    const world = await aWorld();
    world.send('user:a');
    lively(world, () => 10);
    world.isSlow = true;
    await world.run(undefined, 60_000);
    expect((await world.jobs.read())?.job?.step.name).toBe('querying');
    world.isSlow = false;
    world.queries.clear();
    await finish(world);
    world.drain();
    expectComplete(world, 'buyers@1');
  });

  test('whose result is gone is asked again', async () => {
    const world = await aWorld();
    world.send('user:a');
    lively(world, () => 10);
    for (let killAt = 20; (await world.jobs.read())?.job?.step.name !== 'rows'; killAt += 1) {
      world.now += LEASE_MS + 1;
      await world.run(killAt);
    }
    world.files.clear();
    world.queries.clear();
    await finish(world);
    world.drain();
    expectComplete(world, 'buyers@1');
  });

  test('that fails is tried again later, and holds up no other definition', async () => {
    const world = await aWorld();
    await save(world, (body) => createSegment(body, aSegment({ id: 'bad', condition: bad }), world.now).body);
    world.send('user:a');
    lively(world, () => 10);
    world.failsQuery = (sql) => sql.includes('Bad Event');
    await world.run(undefined, 5 * 60_000);
    expect(await entryOf(world)).toMatchObject({ live: { version: 1 } });
    expect((await entryOf(world, 'bad'))?.live).toBeUndefined();
    const failures = (await world.jobs.read())?.failures ?? [];
    expect(failures).toMatchObject([{ id: 'bad', version: 1 }]);
    expect(world.logged.join()).toContain('error backfill_query_failed');
    const tried = failures[0]?.count ?? 0;
    await world.run();
    expect((await world.jobs.read())?.failures[0]?.count).toBe(tried);

    world.failsQuery = () => false;
    world.now += 3_600_000;
    await world.run();
    expect(await entryOf(world, 'bad')).toMatchObject({ live: { version: 1 } });
    expect((await world.jobs.read())?.job).toBeUndefined();
  });

  const bad = { type: 'event', event: 'Bad Event', measure: { of: 'count' }, op: 'greaterOrEqual', value: 1 } as const;
});

describe('the built-in segments', () => {
  test('are live from the beginning where there was nothing before', async () => {
    const world = new World();
    await world.run();
    const { revision, body } = await world.catalog.read();
    expect(revision).toBe(1);
    expect(body.entries.length).toBeGreaterThan(10);
    expect(body.entries.every(({ live, pending }) => live?.version === 1 && pending === undefined)).toBe(true);
  });

  test('are backfilled where there were events before there were segments', async () => {
    const world = new World();
    world.lakeMarks.add('events_landed/day=2026-03-01/shard-0-1.parquet');
    world.send('user:a');
    lively(world, () => 10);
    await finish(world);
    const { body } = await world.catalog.read();
    expect(body.entries.every(({ live, pending }) => live?.version === 2 && pending === undefined)).toBe(true);
  });

  test('of another version of Headwater are taken in and backfilled', async () => {
    const world = new World();
    const [first, ...others] = builtInCatalog().body.entries;
    if (!first) throw new Error('There are no built-in segments.');
    await world.catalog.save({ revision: 0, builtIns: 'of another version' }, { ...emptyCatalog, entries: others });
    lively(world, () => 10);
    await finish(world);
    expect(await entryOf(world, first.id)).toMatchObject({ live: { version: 1 }, builtIn: first.builtIn });
    expect((await world.catalog.readHead()).builtIns).toBe(hash);
  });
});
