import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ALake, aLake } from '../../fixtures/a-lake.ts';
import { anHourInto, type Batch, dayNumberOf, expectedRows, history, shown } from './a-history.ts';
import { ASealer, Killed } from './a-sealer.ts';

// A lake for each test, so that one that takes too long does not disturb the next.
let lake: ALake;
beforeEach(async () => {
  lake = await aLake();
});
afterEach(() => lake[Symbol.asyncDispose]());

const views = ['raw', 'events', 'failed_events', 'transitions'];

/** The rows of all views, each by its day and its place on the stream. */
async function visible(): Promise<Record<string, string[]>> {
  const sql = views.map((name) => `SELECT '${name}', day, shard_id, sequence_number, record_index FROM ${name}`);
  const rows = await lake.rows(sql.join('\nUNION ALL '));
  return Object.fromEntries(
    views.map((name) => [
      name,
      rows
        .filter(([view]) => view === name)
        .map((row) => shown(row.slice(1)))
        .sort(),
    ]),
  );
}

const expected = (batches: readonly Batch[]) =>
  Object.fromEntries(views.map((name) => [name, expectedRows(name, batches)]));

const land = async (batches: readonly Batch[]) => {
  for (const batch of batches) await lake.land(...batch);
};

test('views have the same rows before, while and after days are sealed, whatever landed', async () => {
  await fc.assert(
    fc.asyncProperty(history, async (batches) => {
      await lake.clear();
      await land(batches);
      const rows = expected(batches);
      expect(await visible()).toEqual(rows);
      const sealer = new ASealer(lake, anHourInto(40));
      sealer.afterEffect = async () => {
        if (sealer.effects % 23 === 0) expect(await visible()).toEqual(rows);
      };
      await sealer.runAll();
      expect(await visible()).toEqual(rows);
      sealer.now = anHourInto(42);
      await sealer.runAll();
      expect(await sealer.files.list('events_landed/')).toEqual([]);
      expect(await visible()).toEqual(rows);
    }),
    { numRuns: 4, endOnFailure: true },
  );
});

test('views have the rows that have landed, while the days before are sealed one by one', async () => {
  await fc.assert(
    fc.asyncProperty(history, async (batches) => {
      await lake.clear();
      const sealer = new ASealer(lake, anHourInto(0));
      for (let day = 0; day < 12; day += 1) {
        await land(batches.filter((batch) => dayNumberOf(batch) === day));
        sealer.now = anHourInto(day + 1);
        await sealer.runAll();
        if (day % 4 === 3) {
          expect(await visible()).toEqual(expected(batches.filter((batch) => dayNumberOf(batch) <= day)));
        }
      }
    }),
    { numRuns: 4, endOnFailure: true },
  );
});

test('a kill after any write or deletion changes no row, and the next runs go on', async () => {
  const [batches = []] = fc.sample(history, { numRuns: 1, seed: 5 });
  await land(batches);
  const rows = expected(batches);
  const sealer = new ASealer(lake, anHourInto(40));
  const killedAfter = new Set<string>();
  sealer.afterEffect = async (what) => {
    if (killedAfter.has(what)) return;
    killedAfter.add(what);
    throw new Killed();
  };
  for (let quiet = 0; quiet < 3; ) {
    const kills = killedAfter.size;
    await sealer.run().catch((error) => {
      if (!(error instanceof Killed)) throw error;
    });
    expect(await visible()).toEqual(rows);
    if (killedAfter.size === kills) {
      quiet += 1;
      sealer.now += 25 * 3_600_000;
    } else {
      // The next run begins when the lease of the killed one is over.
      sealer.now += 1_000_000;
    }
  }
  const killed = [...killedAfter].filter((what) => /^(write|remove)/.test(what));
  expect(killed).toContain('write lake_marks/sealed_before.parquet');
  expect(killed.some((what) => what.startsWith('write events_sealed/'))).toBe(true);
  expect(killed.some((what) => what.startsWith('remove events_landed/'))).toBe(true);
  expect(await sealer.files.list('events_landed/')).toEqual([]);
});
