import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runEase } from '../../../functions/trainer/ease-run.ts';
import { trainingOutput } from '../../../functions/trainer/read-output.ts';
import { trainingInteractions, trainingItems } from '../../../schemas/lake/training-tables.ts';
import { parquetFile } from '../../../shared/lake/parquet/parquet-file.ts';
import type { EaseAsk } from '../../../shared/recommender/training/ease-steps.ts';

/** A history: items, the latest first; so many of the latest are held back where there is a turn. */
interface Given {
  readonly items: readonly number[];
  readonly held?: number;
  readonly sample?: number;
}

function tableFile(table: { name: string; comment: string; columns: readonly object[] }, rows: readonly unknown[][]) {
  const columns = table.columns.map((column, at) => ({ column, values: rows.map((row) => row[at]) }));
  return parquetFile({ table, count: rows.length, columns } as unknown as Parameters<typeof parquetFile>[0]);
}

/** Files of a run, as the engine leaves them. */
function aRun(histories: readonly Given[], items: number) {
  const rows = histories.flatMap(({ items: own, held = 0, sample }, person) =>
    own.map((item, place) => [
      person,
      item,
      1,
      place,
      own.length,
      place < held,
      own.length - held,
      place - held,
      sample,
    ]),
  );
  const files = new Map<string, Uint8Array>([
    ['training/training_interactions/run=r1/histories/rows', tableFile(trainingInteractions, rows)],
    [
      'training/training_items/run=r1/items/rows',
      tableFile(
        trainingItems,
        Array.from({ length: items }, (_, item) => [item, `item-${item}`, 1, 1 / (1 + item), 0]),
      ),
    ],
  ]);
  return {
    files: {
      list: async (prefix: string) =>
        [...files].flatMap(([key, { length }]) => (key.startsWith(prefix) ? [{ key, size: length, etag: '' }] : [])),
      read: async (key: string) => files.get(key) as Buffer | undefined,
      write: async (key: string, body: Uint8Array) => void files.set(key, body),
    },
    output: trainingOutput,
    clock: () => 0,
    lists: async () => {
      const found: (readonly (readonly [number, number])[])[] = [];
      for (const [key, file] of files) {
        if (!key.includes('training_neighbours')) continue;
        for await (const rows of trainingOutput.neighbours(file)) {
          for (const { item, neighbours } of rows) {
            found[item] = Array.from(neighbours.items, (other, at) => [other, neighbours.scores[at] ?? 0] as const);
          }
        }
      }
      return found;
    },
  };
}

const anAsk = (over: Partial<EaseAsk>): EaseAsk => ({
  kind: 'ease',
  run: 'r1',
  items: 6,
  people: 10,
  lambda: 2,
  neighbours: 6,
  folder: 'training/training_neighbours/run=r1/ease/',
  ...over,
});

/** B of EASE column by column: each is the solution of a ridge regression without the item itself. */
function naive(histories: readonly Given[], items: number, lambda: number): number[][] {
  const has = histories.map(({ items: own }) =>
    Array.from({ length: items }, (_, item) => (own.includes(item) ? 1 : 0)),
  );
  const gram = (i: number, j: number) => has.reduce((sum, row) => sum + (row[i] ?? 0) * (row[j] ?? 0), 0);
  const weights = Array.from({ length: items }, () => new Array<number>(items).fill(0));
  for (let target = 0; target < items; target++) {
    const others = Array.from({ length: items }, (_, item) => item).filter((item) => item !== target);
    const x = solve(
      others.map((i) => others.map((j) => gram(i, j) + (i === j ? lambda : 0))),
      others.map((i) => gram(i, target)),
    );
    others.forEach((item, at) => {
      (weights[item] as number[])[target] = x[at] ?? 0;
    });
  }
  return weights;
}

function solve(matrix: number[][], right: number[]): number[] {
  const rows = matrix.map((row, at) => [...row, right[at] ?? 0]);
  for (let pivot = 0; pivot < rows.length; pivot++) {
    const by = rows[pivot]?.[pivot] ?? 1;
    rows[pivot] = (rows[pivot] ?? []).map((value) => value / by);
    for (const [at, row] of rows.entries()) {
      const factor = row[pivot] ?? 0;
      if (at !== pivot) rows[at] = row.map((value, column) => value - factor * (rows[pivot]?.[column] ?? 0));
    }
  }
  return rows.map((row) => row.at(-1) ?? 0);
}

test('lists in files are the ridge regressions of the histories', async () => {
  const histories = fc.array(
    fc.record({ items: fc.uniqueArray(fc.nat(5), { minLength: 1 }), sample: fc.constantFrom(1, 5), held: fc.nat(1) }),
    { minLength: 1, maxLength: 15 },
  );
  await fc.assert(
    fc.asyncProperty(histories, fc.integer({ min: 1, max: 20 }), async (given, lambda) => {
      const run = aRun(given, 6);
      await runEase(anAsk({ lambda }), run);
      const expected = naive(given, 6, lambda);
      const lists = await run.lists();
      for (const [item, weights] of expected.entries()) {
        const found = new Map(lists[item]);
        for (const [other, weight] of weights.entries()) {
          expect(Math.abs((found.get(other) ?? 0) - weight)).toBeLessThanOrEqual(1e-9 + Math.abs(weight) / 30_000);
        }
      }
    }),
    { numRuns: 40 },
  );
});

// Whoever has 0 has 1, and whoever has 2 has 3: of the two that each of the validated lacks, one is right.
const pairs: Given[] = [
  ...Array.from({ length: 6 }, () => ({ items: [0, 1] })),
  ...Array.from({ length: 6 }, () => ({ items: [2, 3] })),
];
const aTrial = { people: 2, historyItems: 50, orderDecays: [1], popularities: [0] };

test('a trial ranks what is held back, of those alone who come first in the sample', async () => {
  const right = { items: [1, 0], held: 1, sample: 1 };
  const wrong = { items: [0, 2], held: 1, sample: 2 };
  const beyond = { items: [3, 0], held: 1, sample: 3 };
  const run = aRun([...pairs, right, wrong, beyond], 4);
  const ask = anAsk({ items: 4, people: 15, trial: aTrial });
  const [row = []] = (await runEase(ask, run)) ?? [];
  const [, ndcg, recall] = row.map(Number);
  // The first finds 1 at rank 1; the second, who has 2, finds 3 before 0.
  expect(recall).toBe(1);
  expect(ndcg).toBeGreaterThan(0.5);
  expect(ndcg).toBeLessThan(1);
  expect(await run.lists()).toEqual([]);
});

test('what is held back is not learnt from', async () => {
  const alone = { items: [3, 0], held: 1, sample: 1 };
  const run = aRun([alone, { items: [1] }, { items: [2] }], 4);
  const ask = anAsk({ items: 4, people: 3, trial: { ...aTrial, people: 1 } });
  const [row = []] = (await runEase(ask, run)) ?? [];
  // Nobody else has 0 and 3 together: nothing speaks for 3, and the others are more popular.
  expect(Number(row[1])).toBeLessThan(1);
});

test('others have their turn while it computes, and it gives up when time is over', async () => {
  const given = Array.from({ length: 300 }, (_, person) => ({
    items: [...new Set(Array.from({ length: 30 }, (_, n) => (person * 37 + n * n * 11) % 700))],
  }));
  const run = aRun(given, 700);
  let beats = 0;
  const beat = setInterval(() => {
    beats += 1;
  }, 10);
  await runEase(anAsk({ items: 700 }), run);
  clearInterval(beat);
  expect(beats).toBeGreaterThan(2);
  expect(await run.lists()).toHaveLength(700);

  const late = aRun(given, 700);
  expect(await runEase(anAsk({ items: 700 }), { ...late, clock: () => 2, until: 1 })).toBeUndefined();
  expect(await late.lists()).toEqual([]);
});
