import type { TrainingView } from '../../schemas/training.ts';
import type { Progress, Trained, TrainingState } from '../../shared/recommender/training/plan.ts';
import type { ResultLocation } from '../adapters/athena.ts';
import type { Attempt } from '../adapters/model-store.ts';

/** What a training does next. Each step may be done again, with the same effect. */
export type TrainingStep =
  /** Asks the lake what events tell of items. */
  | { readonly name: 'learn'; readonly tries: number }
  | { readonly name: 'learning'; readonly query: string; readonly tries: number }
  | { readonly name: 'learnt'; readonly file: ResultLocation }
  /** Writes the catalog into the lake, as of `snapshotAt`, in milliseconds since 1970. */
  | { readonly name: 'snapshot'; readonly snapshotAt: number; readonly isLearnt: boolean }
  /** Has the view `items` show it. */
  | {
      readonly name: 'show';
      readonly snapshotAt: number;
      readonly isLearnt: boolean;
      readonly keys: readonly string[];
    }
  /** Deletes what earlier tries of an ask have left; `tries` counts from 1. */
  | { readonly name: 'clear'; readonly state: TrainingState; readonly tries: number }
  | { readonly name: 'ask'; readonly state: TrainingState; readonly tries: number }
  | { readonly name: 'asking'; readonly state: TrainingState; readonly tries: number; readonly query: string }
  | { readonly name: 'items'; readonly trained: Trained }
  /** `file` counts those that are in the table, of so many. */
  | { readonly name: 'neighbours'; readonly trained: Trained; readonly file: number; readonly files: number }
  | { readonly name: 'publish'; readonly trained: Trained }
  | { readonly name: 'record'; readonly attempt: Attempt }
  /** Deletes files of trainings before the last one. */
  | { readonly name: 'clean'; readonly attempt: Attempt }
  | { readonly name: 'over'; readonly attempt: Attempt };

export type Step<N extends TrainingStep['name']> = Extract<TrainingStep, { name: N }>;

/** One training: JSON. */
export interface Training {
  /** Of the version that it makes; its files bear it, too. */
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** How often the clock has gone on with it. */
  readonly resumed: number;
  readonly step: TrainingStep;
}

/** `yyyymmddThhmmssZ-<4 letters or digits>`: later ones sort after earlier ones. */
export const versionAt = (now: number, id: string): string => {
  const time = new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
  return `${time}Z-${id.replaceAll(/[^a-z0-9]/gi, '').slice(0, 4)}`;
};

export const newTraining = (version: string, startedAt: number): Training => ({
  version,
  startedAt,
  resumed: 0,
  step: { name: 'learn', tries: 1 },
});

export const isOver = ({ step }: Training): boolean => step.name === 'over';

/** How a training stands, for whoever follows it. */
export function trainingViewOf(
  { version, step }: Training,
  progressOf: (state: TrainingState) => Progress,
): TrainingView {
  const [label, part] = doing(step, progressOf);
  const view = { version, label, part };
  if (step.name !== 'over') return { ...view, state: 'running' };
  const { outcome, reason, before, trained } = step.attempt;
  return {
    ...view,
    state: outcome,
    ...(reason !== undefined && { reason }),
    ...(before !== undefined && { before }),
    ...(trained && { trained }),
  };
}

function doing(step: TrainingStep, progressOf: (state: TrainingState) => Progress): [label: string, part: number] {
  switch (step.name) {
    case 'learn':
    case 'learning':
    case 'learnt':
      return ['learning what is for sale', step.name === 'learnt' ? 0.5 : 0];
    case 'snapshot':
    case 'show':
      return ['learning what is for sale', 0.8];
    case 'clear':
    case 'ask':
    case 'asking': {
      const { done, total } = progressOf(step.state);
      return ['training', total === 0 ? 0 : done / total];
    }
    case 'items':
      return ['storing the model', 0];
    case 'neighbours':
      return ['storing the model', step.files === 0 ? 0.1 : 0.1 + (0.9 * step.file) / step.files];
    case 'publish':
    case 'record':
    case 'clean':
      return ['publishing', 0.5];
    case 'over':
      return ['publishing', 1];
  }
}
