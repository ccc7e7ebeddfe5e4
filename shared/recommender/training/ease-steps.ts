import { trainingPrefix } from '../../../schemas/lake/training-tables.ts';
import { MAX_EASE_ITEMS } from '../ease.ts';
import type { Blend, Quality } from '../model.ts';
import type { AnswerRow, TrainingJob } from './plan.ts';
import type { Step } from './steps.ts';
import { qualityOf } from './tuning.ts';

/** λ on what is kept, and how well it ranks what is held back. */
export interface EaseTrial {
  /** People of the sample from whom something is held back. */
  readonly people: number;
  /** Most items of a history that count. */
  readonly historyItems: number;
  /** Weights of an item for each later one that are tried; then shares of popularity, the first with those. */
  readonly orderDecays: readonly number[];
  readonly popularities: readonly number[];
}

/** Neighbours by EASE out of the histories of a run, which whoever asks the engine computes by itself. */
export interface EaseAsk {
  readonly kind: 'ease';
  readonly run: string;
  readonly items: number;
  readonly people: number;
  readonly lambda: number;
  readonly neighbours: number;
  /** To be tried: the answer is a row as of `qualityOf`, then order decay and share of popularity. Absent: the lists become files. */
  readonly trial?: EaseTrial;
  /** Of the files: a key prefix of the lake bucket. Each is written in the place of what is there. */
  readonly folder: string;
}

/** What was found best so far. */
export interface EaseFound {
  readonly lambda: number;
  readonly orderDecay: number;
  readonly popularity: number;
  readonly quality: Quality;
}

/** What is known of a run whose histories are ordered. */
interface EaseKnown extends Pick<EaseAsk, 'items' | 'people' | 'neighbours'>, Pick<EaseTrial, 'historyItems'> {
  /** People of the validation split; 0 where nothing is to be tuned. */
  readonly validated: number;
}

/** Items up to which EASE is tried beside what people had together: its inverse takes some seconds. */
export const EASE_AT_ONCE = 4_000;

const FIRST_LAMBDA = 200;
const FACTOR = 2;
const LEAST_LAMBDA = 1;
const MOST_LAMBDA = 20_000;
const MOST_TRIALS = 9;

const orderDecays = [1, 0.95, 0.9, 0.8, 0.65, 0.5];
const popularities = [0, 0.02, 0.05, 0.1, 0.2];

/** How a job by EASE is trained in its place, in words; undefined where it can be. */
export function insteadOfEase(items: number): string | undefined {
  if (items <= MAX_EASE_ITEMS) return undefined;
  return `Trained by what people had together: EASE takes up to ${MAX_EASE_ITEMS} items, and there are ${items}.`;
}

/** λ that is tried next: half and double the best one, as long as that is better. */
export function nextLambda(tried: readonly Pick<EaseFound, 'lambda' | 'quality'>[]): number | undefined {
  const best = bestOf(tried);
  if (!best) return FIRST_LAMBDA;
  if (tried.length >= MOST_TRIALS) return undefined;
  const isNew = (lambda: number) =>
    lambda >= LEAST_LAMBDA && lambda <= MOST_LAMBDA && !tried.some((each) => each.lambda === lambda);
  return [best.lambda * FACTOR, best.lambda / FACTOR].find(isNew);
}

const bestOf = <Tried extends Pick<EaseFound, 'quality'>>(tried: readonly Tried[]): Tried | undefined =>
  tried.reduce<Tried | undefined>(
    (best, each) => (best && best.quality.ndcg >= each.quality.ndcg ? best : each),
    undefined,
  );

/** What EASE has been tried with, and how its lists are made by that. */
export interface EaseTried {
  readonly lambda: number;
  readonly best: EaseFound | undefined;
  readonly step: Step;
}

/**
 * Tries λ for as long as the budget lasts, once at least, where there are people to be validated. What was spent counts trials up to the last one, so that a walk over the same answers ends in the same place.
 */
export function* easeTrials(
  job: TrainingJob,
  { historyItems, validated, ...known }: EaseKnown,
  milliseconds: Readonly<Record<string, number>>,
): Generator<Step, EaseTried, readonly AnswerRow[]> {
  const folder = trainingPrefix('training_neighbours', job.run, 'ease');
  const ask = { kind: 'ease', run: job.run, ...known, folder } as const;
  const hasOrder = job.source === 'lake' || job.hasTimes === true;
  const trial: EaseTrial = {
    people: validated,
    historyItems,
    orderDecays: hasOrder ? orderDecays : [1],
    popularities: job.blend ? [fixedShare(job.blend)] : popularities,
  };
  const tried: EaseFound[] = [];
  let spent = 0;
  for (let lambda = nextLambda(tried); validated > 0 && lambda !== undefined; lambda = nextLambda(tried)) {
    const name = `try ease ${lambda}`;
    const [row] = yield {
      name,
      doing: 'trying lambda',
      ask: { ...ask, lambda, trial: narrowed(trial, bestOf(tried)) },
      left: 6,
    };
    const [orderDecay, popularity] = (row ?? []).slice(7).map(Number);
    tried.push({ lambda, orderDecay: orderDecay ?? 1, popularity: popularity ?? 0, quality: qualityOf(row) });
    spent += milliseconds[name] ?? 0;
    if (spent > job.budgetMs) break;
  }
  const best = bestOf(tried);
  const lambda = best?.lambda ?? FIRST_LAMBDA;
  const step = { name: 'neighbours ease', doing: 'pairing items by EASE', ask: { ...ask, lambda }, left: 2 };
  return { lambda, best, step };
}

/** Decay of order is found out with the first λ, and holds for the others; popularity is worth more where λ is too small. */
const narrowed = (trial: EaseTrial, best: EaseFound | undefined): EaseTrial =>
  best ? { ...trial, orderDecays: [best.orderDecay] } : trial;

const fixedShare = ({ collaborative, popularity }: Blend): number =>
  popularity / Math.max(1e-9, popularity + collaborative);
