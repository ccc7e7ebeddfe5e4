import { setImmediate as breathe } from 'node:timers/promises';
import { trainingInteractions, trainingPrefix } from '../../schemas/lake/training-tables.ts';
import { readParquet } from '../../shared/lake/parquet/read-parquet.ts';
import type { ModelItems, Quality } from '../../shared/recommender/model.ts';
import { EaseHistories } from '../../shared/recommender/training/ease-histories.ts';
import { encodeLists, LISTS_A_FILE, listsFile } from '../../shared/recommender/training/ease-lists.ts';
import type { EaseAsk } from '../../shared/recommender/training/ease-steps.ts';
import { bestRanking, easeLists } from '../../shared/recommender/training/ease-trial.ts';
import { modelItems } from '../../shared/recommender/training/output.ts';
import type { AnswerRow } from '../../shared/recommender/training/plan.ts';
import type { LakeFiles } from '../adapters/lake-files.ts';
import type { TrainingOutput } from './reach.ts';

export interface EaseRun {
  readonly files: Pick<LakeFiles, 'list' | 'read' | 'write'>;
  readonly output: Pick<TrainingOutput, 'items'>;
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
  /** When to give up, as `clock` counts. @default never */
  readonly until?: number;
}

/** Others get a turn so often: the beats of a lease are some of them. */
const TURN_MS = 50;

const columns = ['person', 'item_index', 'weight', 'held', 'kept_place', 'sample'].flatMap(
  (name) => trainingInteractions.columns.find((column) => column.name === name) ?? [],
);

/**
 * Does what a plan asks of EASE: reads the histories that the engine has written, tries λ on those from whom something is
 * held back, or writes the neighbours of all items. Done again, it writes the same under the same keys. Undefined when there
 * was too little time. Takes 8 bytes for each pair of items: 800 MB for 10,000.
 */
export async function runEase(ask: EaseAsk, run: EaseRun): Promise<AnswerRow[] | undefined> {
  const histories = await readHistories(ask, run.files);
  const lists = await inTurns(easeLists(histories, ask.items, ask), run);
  if (lists === undefined) return undefined;
  if (ask.trial) {
    const items = await readItems(ask, run);
    const best = await inTurns(bestRanking(histories, items, ask.people, lists, ask.trial), run);
    return best && [rowOf(best.quality, best.orderDecay, best.popularity)];
  }
  for (let first = 0; first < lists.length; first += LISTS_A_FILE) {
    const file = encodeLists(lists.slice(first, first + LISTS_A_FILE), first);
    await run.files.write(`${ask.folder}${listsFile(first / LISTS_A_FILE)}`, file);
  }
  return [];
}

async function readHistories({ run, trial }: EaseAsk, files: EaseRun['files']): Promise<EaseHistories> {
  const histories = new EaseHistories(trial?.people ?? 0);
  for await (const file of filesOf(files, 'training_interactions', run)) {
    for await (const { count, columns: found } of readParquet(file, columns)) {
      const [persons, items, weights, held, places, samples] = found.map(({ values }) => values);
      for (let row = 0; row < count; row++) {
        histories.add({
          person: Number(persons?.[row]),
          item: Number(items?.[row]),
          weight: Number(weights?.[row]),
          isHeld: held?.[row] === true,
          keptPlace: Number(places?.[row]),
          sample: Number(samples?.[row] ?? Number.POSITIVE_INFINITY),
        });
      }
    }
  }
  return histories;
}

async function readItems({ run }: EaseAsk, { files, output }: EaseRun): Promise<ModelItems> {
  const rows: Parameters<typeof modelItems>[0][number][] = [];
  for await (const file of filesOf(files, 'training_items', run)) {
    for await (const some of output.items(file)) rows.push(...some);
  }
  return modelItems(rows);
}

async function* filesOf(files: EaseRun['files'], table: 'training_interactions' | 'training_items', run: string) {
  for (const { key, size } of await files.list(trainingPrefix(table, run, '').replace(/\/\/$/, '/'))) {
    const file = size > 0 ? await files.read(key) : undefined;
    if (file) yield file;
  }
}

/** Computes in slices, between which others have their turn. */
async function inTurns<Result>(
  slices: Generator<void, Result>,
  { clock, until = Number.POSITIVE_INFINITY }: EaseRun,
): Promise<Result | undefined> {
  let turn = performance.now();
  if (clock() > until) return undefined;
  for (;;) {
    const { done, value } = slices.next();
    if (done) return value;
    if (performance.now() - turn < TURN_MS) continue;
    await breathe();
    if (clock() > until) return undefined;
    turn = performance.now();
  }
}

/** As the engine answers for its rankings: number, then the metrics. */
const rowOf = ({ ndcg, recall, hitRate, map, coverage, novelty }: Quality, ...more: readonly number[]): AnswerRow =>
  [1, ndcg, recall, hitRate, map, coverage, novelty, ...more].map(String);
