import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createDueStore, minuteOf, SETTLE_MS } from '../../../functions/adapters/due-store.ts';
import { createSweeper } from '../../../functions/sweeper/sweeper.ts';
import type { TickRecord } from '../../../schemas/stream/control.ts';
import { type Fault, MemoryDynamoDb } from '../adapters/memory-dynamodb.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const START = Date.parse('2026-03-02T10:00:30Z');

/** A table of due times, a stream and a clock that only moves while somebody sleeps. */
function aSweeper({ everySeconds = 20 } = {}) {
  const clock = { now: START };
  const table = new MemoryDynamoDb('bucket', 'due');
  const due = createDueStore(table.client, 'due', () => clock.now);
  const ticks: TickRecord[] = [];
  const looks: number[] = [];
  const lines: Record<string, unknown>[] = [];
  const stream = { onPut: (): Fault => 'none' };
  const sweep = createSweeper({
    due: {
      ...due,
      readCursor: async () => {
        looks.push(clock.now - START);
        return await due.readCursor();
      },
    },
    publish: async (records) => {
      const fault = stream.onPut();
      if (fault === 'refused') throw new Error('The stream is out of reach.');
      ticks.push(...records);
      if (fault === 'answer_lost') throw new Error('The connection was closed.');
    },
    clock: () => clock.now,
    sleep: async (ms) => {
      clock.now += ms;
    },
    everySeconds,
    log: (_, __, fields = {}) => lines.push(fields),
  });
  const waiting = () => table.in('').filter((item) => item.bucket?.S !== 'cursor').length;
  return {
    clock,
    table,
    due,
    ticks,
    looks,
    lines,
    stream,
    sweep,
    waiting,
    keys: () => ticks.flatMap(({ keys }) => keys),
  };
}

test.each([
  [20, [0, 20_000, 40_000]],
  [2, Array.from({ length: 28 }, (_, n) => n * 2_000)],
  [60, [0]],
])('looks every %d seconds within its minute, and waits no longer than that needs', async (everySeconds, looks) => {
  const sweeper = aSweeper({ everySeconds });
  await sweeper.sweep();
  expect(sweeper.looks).toEqual(looks);
  expect(sweeper.clock.now - START).toBe(looks.at(-1));
});

test('puts a tick on the stream for what is due, at the look after its moment, and forgets it', async () => {
  const { due, sweep, ticks, waiting } = aSweeper();
  await due.arm(START + 15_000, 'user:ada');
  await due.arm(START + 10 * MINUTE, 'user:bob');
  await sweep();
  expect(ticks).toEqual([{ v: 1, kind: 'tick', at: START + 20_000, keys: ['user:ada'] }]);
  expect(waiting()).toBe(1);
});

test('puts nothing on the stream when nothing is due', async () => {
  const { sweep, ticks } = aSweeper();
  await sweep();
  expect(ticks).toEqual([]);
});

test('packs many keys into few ticks, each key once', async () => {
  const { due, sweep, ticks, keys, clock, waiting } = aSweeper();
  for (let n = 0; n < 3_000; n += 1) await due.arm(START, `user:${n}`);
  clock.now += 1;
  for (let n = 0; n < 100; n += 1) await due.arm(START, `user:${n}`);
  await sweep();
  expect(ticks.length).toBeLessThan(20);
  expect(new Set(keys()).size).toBe(3_000);
  expect(waiting()).toBe(0);
  for (const tick of ticks) expect(new Set(tick.keys).size).toBe(tick.keys.length);
});

test('no tick is larger than a record of the stream should be', async () => {
  const { due, sweep, ticks, keys } = aSweeper();
  for (let n = 0; n < 600; n += 1) await due.arm(START, `user:${n}-${'ü'.repeat(800)}`);
  await sweep();
  expect(keys()).toHaveLength(600);
  for (const tick of ticks) expect(Buffer.byteLength(JSON.stringify(tick))).toBeLessThan(200_000);
});

test('finds what was written late into a minute that had been swept', async () => {
  const { due, sweep, clock, keys } = aSweeper();
  await sweep();
  const late = START - 4 * MINUTE;
  await createLate(late).arm(late, 'user:ada');
  clock.now = START + MINUTE;
  await sweep();
  expect(keys()).toEqual(['user:ada']);

  function createLate(now: number) {
    return { ...due, arm: (at: number, key: string) => armAt(now, at, key) };
  }
  async function armAt(now: number, at: number, key: string) {
    const then = clock.now;
    clock.now = now;
    await due.arm(at, key);
    clock.now = then;
  }
});

test('catches up with all that came due while nothing ran', async () => {
  const { due, sweep, clock, keys, waiting } = aSweeper();
  await sweep();
  for (let hour = 1; hour <= 72; hour += 1) await due.arm(START + hour * 60 * MINUTE, `user:${hour}`);
  clock.now = START + 3 * DAY + MINUTE;
  await sweep();
  expect(keys().sort()).toEqual(Array.from({ length: 72 }, (_, n) => `user:${n + 1}`).sort());
  expect(waiting()).toBe(0);
});

test('what is due now comes before what an outage left', async () => {
  const { due, sweep, clock, keys } = aSweeper();
  await sweep();
  await due.arm(START + 10 * MINUTE, 'user:old');
  await due.arm(START + DAY, 'user:new');
  clock.now = START + DAY + SETTLE_MS;
  await sweep();
  expect(keys()).toEqual(['user:new', 'user:old']);
});

test('goes on in the next minute where it ran out of time, and forgets nothing in between', async () => {
  const { due, sweep, clock, table, keys, looks } = aSweeper();
  await sweep();
  for (let hour = 1; hour <= 48; hour += 1) await due.arm(START + hour * 60 * MINUTE, `user:${hour}`);
  clock.now = START + 2 * DAY + MINUTE;
  // Each look at a part of a minute takes 10 ms: two days take longer than a minute.
  table.before = async (call) => {
    if (call === 'Query') clock.now += 10;
  };
  const before = looks.length;
  await sweep();
  expect(keys().length).toBeLessThan(48);
  for (let minute = 0; minute < 5; minute += 1) await sweep();
  expect(new Set(keys()).size).toBe(48);
  expect(looks.length).toBeGreaterThan(before + 1);
});

test('a minute that it ran out of time in is swept to its end by the next one', async () => {
  const { due, sweep, clock, table, keys, waiting } = aSweeper({ everySeconds: 60 });
  await sweep();
  for (let n = 0; n < 3_000; n += 1) await due.arm(START + 60 * MINUTE, `user:${n}`);
  clock.now = START + DAY;
  table.before = async (call) => {
    if (call === 'BatchWriteItem') clock.now += 1_000;
  };
  await sweep();
  expect(waiting()).toBeGreaterThan(0);
  for (let minute = 0; minute < 10; minute += 1) await sweep();
  expect(new Set(keys()).size).toBe(3_000);
  expect(waiting()).toBe(0);
});

test('reads little when there is little to do', async () => {
  const { sweep, table, clock } = aSweeper({ everySeconds: 60 });
  await sweep();
  table.calls = 0;
  clock.now += MINUTE;
  await sweep();
  expect(table.calls).toBeLessThan(35);
});

test('says how late the latest was, for the alarm', async () => {
  const { due, sweep, clock, lines } = aSweeper({ everySeconds: 60 });
  await sweep();
  await due.arm(START + MINUTE, 'user:ada');
  clock.now = START + 11 * MINUTE;
  await sweep();
  expect(lines.at(-1)).toEqual({ code: 'swept', swept: 1, lagSeconds: 600 });
});

test('deletes nothing that is not on the stream, and fails for all to see', async () => {
  const { due, sweep, stream, waiting, keys, lines } = aSweeper();
  await due.arm(START, 'user:ada');
  stream.onPut = () => 'refused';
  await expect(sweep()).rejects.toThrow(/out of reach/);
  expect(lines.at(-1)).toMatchObject({ code: 'not_swept' });
  expect(waiting()).toBe(1);
  stream.onPut = () => 'none';
  await sweep();
  expect(keys()).toEqual(['user:ada']);
});

test('a look that failed is made good by the next one of the same minute', async () => {
  const { due, sweep, stream, keys } = aSweeper();
  await due.arm(START - DAY, 'user:ada');
  let puts = 0;
  stream.onPut = () => {
    puts += 1;
    return puts === 1 ? 'refused' : 'none';
  };
  await sweep();
  expect(keys()).toEqual(['user:ada']);
});

test('every entry has a tick at or after its moment, whatever fails and however long nothing runs', async () => {
  const run = fc.record({
    entries: fc.array(fc.tuple(fc.nat(600), fc.nat(5)), { minLength: 1, maxLength: 25 }),
    pauses: fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 8 }),
    faults: fc.array(fc.constantFrom<Fault>('none', 'none', 'refused', 'answer_lost'), { maxLength: 40 }),
  });
  await fc.assert(
    fc.asyncProperty(run, async ({ entries, pauses, faults }) => {
      const sweeper = aSweeper({ everySeconds: 60 });
      await sweeper.sweep();
      const left = [...faults];
      const fault = () => left.shift() ?? 'none';
      for (const [minutes, key] of entries) await sweeper.due.arm(START + minutes * MINUTE, `user:${key}`);
      sweeper.table.onWrite = fault;
      sweeper.stream.onPut = fault;
      for (const pause of [...pauses, 600, ...Array(45).fill(1)]) {
        sweeper.clock.now += pause * MINUTE;
        await sweeper.sweep().catch(() => {});
      }
      for (const [minutes, key] of entries) {
        const hits = sweeper.ticks.filter(
          (tick) => tick.keys.includes(`user:${key}`) && tick.at >= START + minutes * MINUTE,
        );
        expect(hits.length).toBeGreaterThan(0);
      }
      expect(sweeper.waiting()).toBe(0);
      for (const { at, keys } of sweeper.ticks) {
        for (const key of keys) {
          const first = Math.min(...entries.filter(([, each]) => `user:${each}` === key).map(([minutes]) => minutes));
          expect(at).toBeGreaterThanOrEqual(START + first * MINUTE);
        }
      }
    }),
    { numRuns: 100 },
  );
});

test('begins where the very first sweep began, though that failed and nothing ran for long', async () => {
  const { due, sweep, stream, clock, keys } = aSweeper();
  await due.arm(START - 30 * MINUTE, 'user:ada');
  clock.now += SETTLE_MS;
  stream.onPut = () => 'refused';
  await expect(sweep()).rejects.toThrow();
  clock.now += 7 * DAY;
  stream.onPut = () => 'none';
  await sweep();
  expect(keys()).toEqual(['user:ada']);
});

test('the cursor never goes back', async () => {
  const { due, sweep } = aSweeper();
  await due.writeCursor(minuteOf(START) + 3);
  await sweep();
  expect(await due.readCursor()).toBe(minuteOf(START) + 3);
});
