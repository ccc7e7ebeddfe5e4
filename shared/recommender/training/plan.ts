import type { TrainingTableName } from '../../../schemas/lake/training-tables.ts';
import type { ModelParameters, Quality } from '../model.ts';
import type { EaseAsk } from './ease-steps.ts';
import type { Form } from './form.ts';
import { trainingSteps } from './steps.ts';

/** Rows of a SELECT, cells as Athena prints them; null for NULL. */
export type AnswerRow = readonly (string | null)[];

/** What the engine is to do next. */
export type Ask =
  /**
   * A SELECT whose rows become Parquet files below `folder`, a key prefix of the lake bucket such as
   * `training/training_items/run=<run>/all/`. UNLOAD wants it empty: delete what an attempt that died has left there.
   */
  | { readonly kind: 'unload'; readonly table: TrainingTableName; readonly folder: string; readonly sql: string }
  /** Few rows, at most 1,000. */
  | { readonly kind: 'select'; readonly sql: string }
  /** No query: for whoever asks them, by `ease-run.ts`. */
  | EaseAsk;

export interface Answer {
  /** None for an UNLOAD. */
  readonly rows: readonly AnswerRow[];
  readonly milliseconds: number;
}

export type TrainingMethod = 'together' | 'ease' | 'best';

/** What is to be trained. */
export interface TrainingJob {
  /** Value of the partition key `run`: letters, digits and hyphens. */
  readonly run: string;
  /**
   * How neighbours are found: from what people had together, by EASE where there are no more items than it takes, or by
   * whichever ranks better what is held back, where EASE takes no more than seconds. @default 'together'
   */
  readonly method?: TrainingMethod;
  /** Why it is not as it was wanted, in words: `note` of what is trained. */
  readonly note?: string;
  /** `lake`: the view `interactions`; `given`: the table `given_interactions`, which holds a file's rows. */
  readonly source: 'lake' | 'given';
  /** Whether `given` has times. The lake always has. */
  readonly hasTimes?: boolean;
  /** Whether what comes next after a history counts, and not what belongs to it. @default false */
  readonly sequential?: boolean;
  /** Moment as of which weights have decayed, milliseconds since 1970. */
  readonly asOf: number;
  /** How long tuning may take, in milliseconds; 0 trains the untuned form. */
  readonly budgetMs: number;
  readonly seed: number;
  /** Most neighbours of an item. @default 500 */
  readonly neighbours?: number;
  /** Pairs of items in histories that one query may add up, by the memory of the engine. @default 2 million */
  readonly pairsAtOnce?: number;
  /** Days after which an interaction counts half; none for no decay. @default 90 for the lake, none for what is given */
  readonly halfLifeDays?: number;
  /** Whether there is a catalog to be read for content similarity. @default true for the lake, else false */
  readonly hasCatalog?: boolean;
  /** What is trained when nothing is tuned. @default `untuned` */
  readonly form?: Form;
  /** Blend that is fixed by a setting. @default tuned */
  readonly blend?: ModelParameters['blend'];
}

export interface Progress {
  readonly done: number;
  readonly total: number;
  /** In words, for example `weighing exponents`. */
  readonly doing: string;
}

export interface Trained {
  readonly parameters: ModelParameters;
  /** All that was tuned, how order counts in a pair included. */
  readonly form: Form;
  /** People of the validation split; 0 where nothing was tuned. */
  readonly validated: number;
  /** Of the tuned model on the validation split. */
  readonly quality: Quality;
  /** On the same split. */
  readonly baseline: { readonly popularity: Quality; readonly cosine: Quality; readonly untuned: Quality };
  readonly items: number;
  readonly people: number;
  readonly interactions: number;
  /** What is not as the job wanted it, in words. */
  readonly note?: string;
}

/** Where a training stands: JSON. */
export interface TrainingState {
  readonly job: TrainingJob;
  /** Asks that were answered. */
  readonly done: number;
  /** Rows of those answers that later steps read, by name of the step. */
  readonly answers: Readonly<Record<string, readonly AnswerRow[]>>;
  /** Milliseconds that each step took. */
  readonly milliseconds: Readonly<Record<string, number>>;
}

export function beginTraining(job: TrainingJob): TrainingState {
  if (!/^[\w-]{1,80}$/.test(job.run)) {
    throw new RangeError(`A run has letters, digits, hyphens and underscores, at most 80; got '${job.run}'.`);
  }
  return { job, done: 0, answers: {}, milliseconds: {} };
}

/** What the engine is to do next; undefined once everything is trained. */
export const nextAsk = (state: TrainingState): Ask | undefined => walk(state).next?.ask;

/** The state with the answer to its next ask. */
export function withAnswer(state: TrainingState, { rows, milliseconds }: Answer): TrainingState {
  const { next } = walk(state);
  if (!next) throw new Error('Nothing was asked: the training has ended.');
  return {
    job: state.job,
    done: state.done + 1,
    answers: { ...state.answers, [next.name]: rows },
    milliseconds: { ...state.milliseconds, [next.name]: milliseconds },
  };
}

export function progressOf(state: TrainingState): Progress {
  const { next } = walk(state);
  return { done: state.done, total: state.done + (next?.left ?? 0), doing: next?.doing ?? 'done' };
}

/** What was trained. Throws an `Error` before the end. */
export function trainedOf(state: TrainingState): Trained {
  const { trained } = walk(state);
  if (!trained) throw new Error('The training has not ended.');
  const { note } = state.job;
  return { ...trained, ...(note !== undefined && { note }) };
}

/** Goes through the steps with the answers that there are, to the first that has none. */
function walk(state: TrainingState) {
  const steps = trainingSteps(state.job, state.milliseconds);
  for (let step = steps.next(); ; ) {
    if (step.done) return { next: undefined, trained: step.value };
    const rows = state.answers[step.value.name];
    if (!rows) return { next: step.value, trained: undefined };
    step = steps.next(rows);
  }
}
