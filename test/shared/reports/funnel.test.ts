import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ReportRow } from '../../../shared/reports/cells.ts';
import { type ALake, aLake } from '../../fixtures/a-lake.ts';
import { anEnvelope, aRecord } from '../../fixtures/events.ts';
import { answer } from './a-reporting-lake.ts';

let lake: ALake;
beforeAll(async () => {
  lake = await aLake();
});
afterAll(() => lake?.[Symbol.asyncDispose]());

interface Doing {
  readonly person: string;
  readonly event: string;
  /** Minutes after 2026-06-10 00:00. */
  readonly minute: number;
}

const START = Date.parse('2026-06-10T00:00:00Z');

async function land(doings: readonly Doing[]): Promise<void> {
  await lake.clear();
  const batch = doings.map(({ person, event, minute }, index) => ({
    type: 'track',
    userId: person,
    messageId: `m-${index}`,
    event,
    timestamp: new Date(START + minute * 60_000).toISOString(),
  }));
  const arrivedAt = START + 10 * 86_400_000;
  await lake.land(aRecord(anEnvelope(batch, { receivedAt: new Date(arrivedAt).toISOString() }), { arrivedAt }));
}

const range = { from: ['2026-06-10'], to: ['2026-06-11'] };
const counts = (rows: readonly ReportRow[]) => rows.map(({ count }) => count);

test('counts who does the steps in order, and how long each takes', async () => {
  await land([
    { person: 'a', event: 'One', minute: 0 },
    { person: 'a', event: 'Two', minute: 10 },
    { person: 'a', event: 'Three', minute: 30 },
    { person: 'b', event: 'Two', minute: 0 },
    { person: 'b', event: 'One', minute: 5 },
    { person: 'c', event: 'One', minute: 0 },
    { person: 'c', event: 'Two', minute: 20 },
  ]);
  const rows = await answer(lake, 'funnel', { ...range, steps: ['One,Two,Three'], hours: ['1'] });
  expect(rows).toEqual([
    { step: 1, event: 'One', count: 3, rate: 1, step_rate: null, median_seconds: null },
    { step: 2, event: 'Two', count: 2, rate: 2 / 3, step_rate: 2 / 3, median_seconds: 600 },
    { step: 3, event: 'Three', count: 1, rate: 1 / 3, step_rate: 0.5, median_seconds: 1200 },
  ]);
});

test('follows who began in the range beyond it, and nobody who began after it', async () => {
  await land([
    { person: 'a', event: 'One', minute: 2 * 1440 - 10 },
    { person: 'a', event: 'One', minute: 2 * 1440 + 5 },
    { person: 'a', event: 'Two', minute: 2 * 1440 + 20 },
    { person: 'b', event: 'One', minute: 2 * 1440 + 5 },
    { person: 'b', event: 'Two', minute: 2 * 1440 + 20 },
  ]);
  expect(counts(await answer(lake, 'funnel', { ...range, steps: ['One,Two'], hours: ['1'] }))).toEqual([1, 1]);
});

test('takes events of one moment in the order of the steps, and no event twice', async () => {
  await land([
    { person: 'a', event: 'Two', minute: 0 },
    { person: 'a', event: 'One', minute: 0 },
    { person: 'b', event: 'One', minute: 0 },
  ]);
  expect(counts(await answer(lake, 'funnel', { ...range, steps: ['One,Two'] }))).toEqual([2, 1]);
  expect(counts(await answer(lake, 'funnel', { ...range, steps: ['One,One'] }))).toEqual([2, 0]);
});

test('counts visits, in which all steps have to happen', async () => {
  await land([
    { person: 'a', event: 'One', minute: 0 },
    { person: 'a', event: 'Two', minute: 90 },
    { person: 'a', event: 'One', minute: 300 },
    { person: 'a', event: 'Two', minute: 310 },
  ]);
  const given = { ...range, steps: ['One,Two'] };
  expect(counts(await answer(lake, 'funnel', { ...given, by: ['session'] }))).toEqual([2, 1]);
  expect(counts(await answer(lake, 'funnel', { ...given, by: ['person'] }))).toEqual([1, 1]);
});

test('shows a step that nobody reached', async () => {
  await land([{ person: 'a', event: 'One', minute: 0 }]);
  const rows = await answer(lake, 'funnel', { ...range, steps: ['Nine', 'Ten'] });
  expect(rows.map(({ event, count, rate }) => [event, count, rate])).toEqual([
    ['Nine', 0, null],
    ['Ten', 0, null],
  ]);
});

/** Whether a person does `steps` in order, each later than the one before, within `minutes` of the first. */
function reaches(times: ReadonlyMap<string, readonly number[]>, steps: readonly string[], minutes: number): boolean {
  const [first = '', ...others] = steps;
  return (times.get(first) ?? []).some((start) => {
    let at = start;
    for (const step of others) {
      const next = (times.get(step) ?? []).filter((time) => time > at).sort((one, other) => one - other)[0];
      if (next === undefined || next - start > minutes) return false;
      at = next;
    }
    return true;
  });
}

test('agrees with trying every beginning of every person', async () => {
  const names = ['One', 'Two', 'Three', 'Four'];
  const doing = fc.record({
    person: fc.constantFrom('a', 'b', 'c'),
    event: fc.constantFrom(...names),
    minute: fc.integer({ min: 0, max: 600 }),
  });
  await fc.assert(
    fc.asyncProperty(
      // No two at one moment: who was first would be a matter of taste.
      fc.uniqueArray(doing, { minLength: 1, maxLength: 40, selector: ({ minute }) => minute }),
      fc.shuffledSubarray(names, { minLength: 2 }),
      fc.integer({ min: 1, max: 5 }),
      async (doings, steps, hours) => {
        await land(doings);
        const people = Map.groupBy(doings, ({ person }) => person);
        const expected = steps.map((_, at) => {
          const some = [...people.values()].filter((own) => {
            const times = new Map(
              [...Map.groupBy(own, ({ event }) => event)].map(([event, each]) => [
                event,
                each.map(({ minute }) => minute),
              ]),
            );
            return reaches(times, steps.slice(0, at + 1), hours * 60);
          });
          return some.length;
        });
        const rows = await answer(lake, 'funnel', { ...range, steps: [steps.join(',')], hours: [String(hours)] });
        expect(counts(rows)).toEqual(expected);
      },
    ),
    { numRuns: 60 },
  );
});
