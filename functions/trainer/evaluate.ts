import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { parseArgs } from 'node:util';
import { MAX_EASE_ITEMS } from '../../shared/recommender/ease.ts';
import { Measurement } from '../../shared/recommender/metrics.ts';
import type { ItemNeighbours } from '../../shared/recommender/model.ts';
import { Scorer } from '../../shared/recommender/score.ts';
import {
  type Ask,
  beginTraining,
  nextAsk,
  progressOf,
  type TrainingJob,
  type TrainingState,
  trainedOf,
  withAnswer,
} from '../../shared/recommender/training/plan.ts';
import { testSelect } from '../../shared/recommender/training/test-sql.ts';
import { type AthenaRow, createAthena } from '../adapters/athena.ts';
import { createLakeFiles } from '../adapters/lake-files.ts';
import { runEase } from './ease-run.ts';
import { readModel } from './evaluate-model.ts';
import { trainingOutput } from './read-output.ts';

/**
 * Trains on a file's rows by the plan that the trainer follows, ranks for the people of a test by the scorer that serves, and
 * measures. Lines of JSON go to standard output: progress, then the result. What is wrong goes to standard error, and ends with 1.
 */
const { values: options } = parseArgs({
  options: {
    database: { type: 'string', default: '' },
    workgroup: { type: 'string', default: '' },
    bucket: { type: 'string', default: '' },
    job: { type: 'string', default: '{}' },
    test: { type: 'string', default: '' },
    k: { type: 'string', default: '20' },
    out: { type: 'string' },
  },
});

const QUERY_TIMEOUT_MS = 3_600_000;
/** Items beyond k that are looked at for equal scores. */
const BEYOND = 100;

const athena = createAthena();
const files = createLakeFiles(options.bucket);
const tell = (line: object): void => {
  process.stdout.write(`${JSON.stringify({ ...line, rss: process.memoryUsage.rss() })}\n`);
};

try {
  await evaluate(JSON.parse(options.job) as TrainingJob, Number(options.k));
} catch (error) {
  process.stderr.write(`${error instanceof RangeError ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}

async function evaluate(job: TrainingJob, k: number): Promise<void> {
  const state = await train(job);
  const trained = trainedOf(state);
  tell({ phase: 'rank', doing: 'reading the model', done: 0, total: 1 });
  const started = Date.now();
  const model = await readModel(files, job.run);
  const tests = await query(testSelect(job, options.test));
  const scorer = new Scorer(model.items, trained.parameters);
  const neighbours = (item: number): ItemNeighbours | undefined => model.neighbours[item];
  const known = { people: trained.people, peopleOf: model.people };
  const metrics = new Measurement(k, known);
  const popular = new Measurement(k, known);
  const out = options.out === undefined ? undefined : createWriteStream(options.out);
  out?.write('user_id,item_id,rank\n');
  let done = 0;
  for (const [user = '', wanted, count, items, weights] of tests.rows) {
    const history = numbers(items);
    const shares = numbers(weights);
    const had = new Set(history);
    const leftOut = (item: number) => had.has(item);
    const told = history.map((item, at) => ({ item, weight: shares[at] ?? 1 }));
    const list = scorer.score(told, neighbours, leftOut, k + BEYOND);
    const relevant = relevantOf(numbers(wanted), Number(count));
    metrics.add(list, relevant);
    popular.add(mostPopular(model.people, leftOut, k), relevant);
    if (out) {
      const lines = list.slice(0, k).map(({ item }, at) => `${cell(user)},${cell(model.items.ids[item])},${at + 1}\n`);
      if (!out.write(lines.join(''))) await once(out, 'drain');
    }
    done += 1;
    if (done % 500 === 0) tell({ phase: 'rank', doing: 'ranking', done, total: tests.rows.length });
  }
  if (out) await new Promise((resolve) => out.end(resolve));
  tell({
    result: {
      trained,
      users: tests.rows.length,
      quality: metrics.quality(),
      popularity: popular.quality(),
      milliseconds: { ...phases(state), rank: Date.now() - started },
    },
  });
}

async function train(job: TrainingJob): Promise<TrainingState> {
  let state = beginTraining(job);
  for (let ask = nextAsk(state); ask; ask = nextAsk(state)) {
    const { done, total, doing } = progressOf(state);
    const phase = phaseOf(doing);
    tell({ phase, doing, done, total });
    const started = Date.now();
    const rows = await answerTo(ask);
    tell({ phase, doing, done: done + 1, total });
    state = withAnswer(state, { rows, milliseconds: Date.now() - started });
    const items = Number(state.answers.summary?.[0]?.[1] ?? 0);
    if (job.method === 'ease' && items > MAX_EASE_ITEMS) {
      throw new RangeError(
        `--model ease takes up to ${MAX_EASE_ITEMS} items, as its matrix grows with their square, and there are ${items}: use --model tuned.`,
      );
    }
  }
  return state;
}

async function answerTo(ask: Ask): Promise<readonly AthenaRow[]> {
  if (ask.kind !== 'ease') return (await query(ask.kind === 'select' ? ask.sql : unloadOf(ask))).rows;
  return (await runEase(ask, { files, output: trainingOutput, clock: Date.now })) ?? [];
}

function phaseOf(step: string): 'prepare' | 'tune' | 'train' {
  if (/^(try|measur|choos)/.test(step)) return 'tune';
  return /^(items|histories|summary|counting|ordering)/.test(step) ? 'prepare' : 'train';
}

function phases({ milliseconds }: TrainingState): Record<string, number> {
  const sums: Record<string, number> = { prepare: 0, tune: 0, train: 0 };
  for (const [name, took] of Object.entries(milliseconds)) {
    const phase = /^(sample|popular)/.test(name) ? 'tune' : phaseOf(name);
    sums[phase] = (sums[phase] ?? 0) + took;
  }
  return sums;
}

async function query(sql: string): Promise<{ rows: AthenaRow[] }> {
  const result = await athena.query({
    sql,
    database: options.database,
    workGroup: options.workgroup,
    timeout: QUERY_TIMEOUT_MS,
  });
  const rows: AthenaRow[] = [];
  for await (const row of result.rows) rows.push(row);
  return { rows };
}

function unloadOf({ sql, folder }: Extract<Ask, { kind: 'unload' }>): string {
  return `UNLOAD (\n${sql}\n)\nTO 's3://${options.bucket}/${folder}'\nWITH (format = 'PARQUET', compression = 'ZSTD')`;
}

function numbers(text: string | null | undefined): number[] {
  return text ? text.split(' ').map(Number) : [];
}

/** A person's test items; those that training doesn't know can't be found, but count. */
function relevantOf(items: readonly number[], count: number): ReadonlySet<number> {
  return new Set([...items, ...Array.from({ length: count - items.length }, (_, at) => -1 - at)]);
}

/** Items are numbered by how many people they have: the first are the most popular. */
function mostPopular(people: readonly number[], leftOut: (item: number) => boolean, k: number) {
  const list: { item: number; score: number }[] = [];
  for (let item = 0; item < people.length && list.length < k; item += 1) {
    if (!leftOut(item)) list.push({ item, score: people[item] ?? 0 });
  }
  return list;
}

function cell(text: string | null | undefined): string {
  return /[",\r\n]/.test(text ?? '') ? `"${(text ?? '').replaceAll('"', '""')}"` : (text ?? '');
}
