import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { takeAllowanceFrom } from '../../../functions/adapters/allowance-store.ts';
import { Allowances } from '../../../functions/middleware/allowances.ts';
import { chunkOf } from '../../../shared/keys/bucket.ts';
import { type Fault, MemoryDynamoDb } from '../adapters/memory-dynamodb.ts';

const START = 1_800_000_000_000;

/** Sandboxes of functions that share a table and a clock. */
function sandboxes(count: number) {
  const table = new MemoryDynamoDb('pk', 'pk');
  const time = { now: START };
  const made = Array.from(
    { length: count },
    () => new Allowances(takeAllowanceFrom(table.client, 'allowances'), () => time.now),
  );
  return { table, time, sandboxes: made };
}

const atOnce = (perSecond: number) => ({ perSecond, burst: perSecond });

describe('one sandbox', () => {
  test('admits exactly the limit in each second, and asks the table a tenth as often', async () => {
    const {
      table,
      time,
      sandboxes: [sandbox],
    } = sandboxes(1);
    for (let second = 0; second < 3; second += 1) {
      let admitted = 0;
      for (let request = 0; request < 500; request += 1) {
        if (await sandbox?.admits('app', atOnce(100))) admitted += 1;
      }
      expect(admitted).toBe(100);
      time.now += 1_000;
    }
    // Ten chunks of a read and a write, and the read that finds nothing left, in each second.
    expect(table.calls).toBe(3 * 21);
  });

  test('takes nothing unused along into the next second', async () => {
    const {
      time,
      sandboxes: [sandbox],
    } = sandboxes(1);
    await sandbox?.admits('app', atOnce(100));
    time.now += 1_000;
    let admitted = 0;
    while (await sandbox?.admits('app', atOnce(100))) admitted += 1;
    expect(admitted).toBe(100);
  });

  test('admits exactly the limit of requests that come at the same moment', async () => {
    const {
      sandboxes: [sandbox],
    } = sandboxes(1);
    const answers = await Promise.all(Array.from({ length: 500 }, () => sandbox?.admits('app', atOnce(100))));
    expect(answers.filter(Boolean)).toHaveLength(100);
  });

  test('keeps the keys apart', async () => {
    const {
      sandboxes: [sandbox],
    } = sandboxes(1);
    expect(await sandbox?.admits('one', atOnce(1))).toBe(true);
    expect(await sandbox?.admits('one', atOnce(1))).toBe(false);
    expect(await sandbox?.admits('other', atOnce(1))).toBe(true);
  });

  test('admits again when its own clock was far ahead for a while', async () => {
    const {
      time,
      sandboxes: [sandbox],
    } = sandboxes(1);
    time.now += 3_600_000;
    expect(await sandbox?.admits('app', atOnce(1))).toBe(true);
    expect(await sandbox?.admits('app', atOnce(1))).toBe(false);
    time.now = START;
    expect(await sandbox?.admits('app', atOnce(1))).toBe(true);
  });

  test('lets a burst through by what was left before', async () => {
    const {
      time,
      sandboxes: [sandbox],
    } = sandboxes(1);
    const limit = { perSecond: 10, burst: 25 };
    expect(await sandbox?.admits('app', limit)).toBe(true);
    time.now += 60_000;
    let admitted = 0;
    while (await sandbox?.admits('app', limit)) admitted += 1;
    expect(admitted).toBe(25);
  });
});

/** Requests that arrive in one second at the sandboxes of these numbers, in any order of what the table answers. */
const scenario = fc.record({
  perSecond: fc.integer({ min: 1, max: 60 }),
  sandboxes: fc.integer({ min: 1, max: 6 }),
  seconds: fc.array(fc.array(fc.nat(5), { maxLength: 90, size: 'max' }), { minLength: 1, maxLength: 4 }),
});

describe('several sandboxes together', () => {
  const run = async (
    scheduler: fc.Scheduler,
    { perSecond, sandboxes: count, seconds }: { perSecond: number; sandboxes: number; seconds: readonly number[][] },
    onWrite: () => Fault = () => 'none',
  ) => {
    const { table, time, sandboxes: all } = sandboxes(count);
    table.before = () => scheduler.schedule(Promise.resolve());
    table.onWrite = onWrite;
    const admitted: number[] = [];
    for (const arrivals of seconds) {
      const answers = arrivals.map((n) => all[n % count]?.admits('app', atOnce(perSecond)).catch(() => false));
      await scheduler.waitFor(Promise.all(answers)).then((each) => {
        admitted.push(each.filter(Boolean).length);
      });
      time.now += 1_000;
    }
    return admitted;
  };

  test('never admit more than the limit in a second, nor less than it by a chunk a sandbox', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), scenario, async (scheduler, given) => {
        const admitted = await run(scheduler, given);
        const kept = given.sandboxes * chunkOf(atOnce(given.perSecond));
        for (const [second, count] of admitted.entries()) {
          const asked = given.seconds[second]?.length ?? 0;
          expect(count).toBeLessThanOrEqual(given.perSecond);
          expect(count).toBeGreaterThanOrEqual(Math.min(asked, given.perSecond - kept));
        }
      }),
      { numRuns: 150 },
    );
  });

  test('never admit more than the limit when writes fail and answers are lost', async () => {
    const faults = fc.infiniteStream(fc.constantFrom<Fault>('none', 'none', 'refused', 'answer_lost'));
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), scenario, faults, async (scheduler, given, fault) => {
        const admitted = await run(scheduler, given, () => fault.next().value ?? 'none');
        for (const count of admitted) expect(count).toBeLessThanOrEqual(given.perSecond);
      }),
      { numRuns: 100 },
    );
  });
});
