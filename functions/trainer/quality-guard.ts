import type { TrainingSettings } from '../../schemas/training.ts';
import type { ModelHead } from '../../shared/recommender/model.ts';
import type { Trained } from '../../shared/recommender/training/plan.ts';

/** After so long the present version is replaced by whatever is whole: its items go by themselves at 60 days. */
export const STANDS_DAYS = 30;
const DAY_MS = 86_400_000;

/**
 * Why a version must not take the place of the present one: its NDCG is worse by more than `tolerance`, a share of the
 * present one's. Undefined when it may, and where a setting says that nothing is to be measured.
 */
export function refusalOf(
  { quality, validated }: Pick<Trained, 'quality' | 'validated'>,
  present: ModelHead | undefined,
  { tolerance, tuningSeconds, now }: Pick<TrainingSettings, 'tolerance' | 'tuningSeconds'> & { readonly now: number },
): string | undefined {
  if (present === undefined || now - present.publishedAt > STANDS_DAYS * DAY_MS || tuningSeconds === 0)
    return undefined;
  const least = present.quality.ndcg * (1 - tolerance);
  // Turned so that no number at all is refused, too.
  if (quality.ndcg >= least) return undefined;
  const was = `that of ${present.version}, which is served, ${present.quality.ndcg.toFixed(4)}`;
  if (validated === 0) return `There are too few people to measure it by, and its NDCG unknown; ${was}.`;
  return `Its NDCG is ${quality.ndcg.toFixed(4)}, ${was}: worse by more than ${(100 * tolerance).toFixed(0)} %.`;
}
