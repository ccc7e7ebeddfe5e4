import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ALake, aLake } from '../../fixtures/a-lake.ts';
import { anHourInto, type Batch, dayNumberOf, expectedRows, history, shown } from './a-history.ts';
import { ASealer, Killed } from './a-sealer.ts';

let lake: ALake;
beforeAll(async () => {
  lake = await aLake();
});
afterAll(async () => {
  await lake[Symbol.asyncDispose]();
});

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
        if (sealer.effects % 9 === 0) expect(await visible()).toEqual(rows);
      };
      await sealer.runAll();
      expect(await visible()).toEqual(rows);
      sealer.now = anHourInto(42);
      await sealer.runAll();
      expect(await sealer.files.list('events_landed/')).toEqual([]);
      expect(await visible()).toEqual(rows);
    }),
    { numRuns: 4 },
  );
}, 240_000);

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
    { numRuns: 3 },
  );
}, 240_000);

test('a kill after any write or deletion changes no row, and the next runs go on', async () => {
  const [batches = []] = fc.sample(history, { numRuns: 1, seed: 2 });
  await lake.clear();
  await land(batches);
  const rows = expected(batches);
  const sealer = new ASealer(lake, anHourInto(40));
  sealer.afterEffect = async () => {
    throw new Killed();
  };
  for (let kills = 0; kills < 400; kills += 1) {
    const before = sealer.effects;
    await sealer.run().catch((error) => {
      if (!(error instanceof Killed)) throw error;
    });
    expect(await visible()).toEqual(rows);
    // The next run begins when the lease of the killed one is over.
    sealer.now += 1_000_000;
    if (sealer.effects === before) break;
  }
  expect(sealer.effects).toBeGreaterThan(20);
}, 240_000);
