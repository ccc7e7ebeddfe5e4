import { createHash } from 'node:crypto';
import type { Ask, TrainingState } from '../../shared/recommender/training/plan.ts';
import type { ResultLocation } from '../adapters/athena.ts';
import { ResultReader } from '../adapters/result-reader.ts';
import { runEase } from './ease-run.ts';
import { failedAttempt } from './failed-attempt.ts';
import type { Reach } from './reach.ts';
import type { Step, Training, TrainingStep } from './training.ts';

type Props = Pick<
  Reach,
  'athena' | 'plan' | 'files' | 'objects' | 'output' | 'lakeBucket' | 'database' | 'workGroup' | 'clock'
>;

/** Tries of one query: a failed one may have met a moment's trouble of the engine. */
const MAX_TRIES = 3;
/** Most rows of a SELECT, and one more. */
const MAX_ROWS = 1_000;

/** What EASE does not compute in so long, it would not in any other function either. */
const LONG_MS = 600_000;

/** Begins again with what people had together. Queries that were asked already are not run again. */
function withoutEase(props: Props, training: Training, { job }: TrainingState): TrainingStep {
  const note = `Trained by what people had together: EASE took more than ${LONG_MS / 60_000} minutes for one step.`;
  return afterState(props, training, props.plan.begin({ ...job, method: 'together', note }));
}

/** Starts a query once, however often the same step is done: of one try only the first call starts one. */
export const startOnce = (
  { athena, database, workGroup }: Pick<Reach, 'athena' | 'database' | 'workGroup'>,
  sql: string,
  ...which: readonly (string | number)[]
): Promise<string> => {
  const token = createHash('sha256').update(which.join(' ')).digest('hex');
  return athena.start({ sql, database, workGroup, token });
};

/** What follows the state of a plan: its next ask, or what it has trained. */
export function afterState(
  { plan, clock }: Pick<Reach, 'plan' | 'clock'>,
  training: Training,
  state: TrainingState,
): TrainingStep {
  if (plan.next(state) !== undefined) return { name: 'ask', state, tries: 1 };
  const trained = plan.trained(state);
  if (trained !== undefined) return { name: 'items', trained };
  const { version, startedAt } = training;
  return { name: 'record', attempt: { version, startedAt, endedAt: clock(), outcome: 'nothing', reason: NOTHING } };
}

const NOTHING =
  'There is nothing to learn from: no product was viewed, put in a cart or bought by anybody who may be counted.';

/** A try may have left files; each writes into a folder of its own, so that what comes late harms nobody. */
export async function clear({ plan, files }: Props, { state, tries }: Step<'clear'>): Promise<TrainingStep> {
  const ask = plan.next(state);
  if (ask?.kind === 'unload') {
    for (let before = 1; before < tries; before += 1) {
      const left = await files.list(folderOf(ask, before));
      await files.remove(left.map(({ key }) => key));
    }
  }
  return { name: 'ask', state, tries };
}

/** Asks the engine; what it has no query for is computed here. Undefined when that would not end before `until`. */
export async function ask(
  props: Props,
  training: Training,
  step: Step<'ask'>,
  until: number,
): Promise<TrainingStep | undefined> {
  const { state, tries } = step;
  const next = props.plan.next(state);
  if (next === undefined) return afterState(props, training, state);
  if (next.kind === 'ease') {
    const startedAt = props.clock();
    const rows = await runEase(next, { ...props, until });
    if (rows === undefined) return until - startedAt < LONG_MS ? undefined : withoutEase(props, training, state);
    const milliseconds = props.clock() - startedAt;
    return afterState(props, training, props.plan.with(state, { rows, milliseconds }));
  }
  const sql = next.kind === 'select' ? next.sql : unloadOf(next, tries, props.lakeBucket);
  const query = await startOnce(props, sql, training.version, state.done, tries);
  return { ...step, name: 'asking', query };
}

/** Undefined while it runs. */
export async function asking(
  props: Props,
  training: Training,
  { state, tries, query }: Step<'asking'>,
): Promise<TrainingStep | undefined> {
  const found = await props.athena.look(query);
  const again = (reason: string): TrainingStep =>
    tries < MAX_TRIES
      ? { name: 'clear', state, tries: tries + 1 }
      : { name: 'record', attempt: failedAttempt(training, props.clock(), `A query failed: ${reason}`) };
  switch (found.state) {
    case 'running':
      return undefined;
    case 'failed':
      return again(found.reason);
    case 'unknown':
      return again('Athena does not know it any more.');
    case 'succeeded': {
      const isSelect = props.plan.next(state)?.kind === 'select';
      const rows = isSelect ? await rowsOf(props, found.output) : [];
      const { milliseconds } = found.cost;
      return afterState(props, training, props.plan.with(state, { rows, milliseconds }));
    }
  }
}

async function rowsOf({ objects }: Pick<Reach, 'objects'>, file: ResultLocation) {
  const reader = new ResultReader(objects, file);
  const { rows } = await reader.chunk(0, MAX_ROWS + 1);
  if (rows.length > MAX_ROWS) throw new RangeError(`A query of a training answered more than ${MAX_ROWS} rows.`);
  return rows;
}

const folderOf = ({ folder }: Extract<Ask, { kind: 'unload' }>, tries: number): string => `${folder}${tries}/`;

const unloadOf = (ask: Extract<Ask, { kind: 'unload' }>, tries: number, bucket: string): string =>
  `UNLOAD (\n${ask.sql}\n)\nTO 's3://${bucket}/${folderOf(ask, tries)}'\nWITH (format = 'PARQUET', compression = 'ZSTD')`;
