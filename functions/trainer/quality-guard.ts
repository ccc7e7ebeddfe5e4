import type { ModelHead } from '../../shared/recommender/model.ts';
import type { Trained } from '../../shared/recommender/training/plan.ts';

/** After so long the present version is replaced by whatever is whole: its items go by themselves at 60 days. */
export const STANDS_DAYS = 30;
const DAY_MS = 86_400_000;

/**
 * Why a version must not take the place of the present one: its NDCG is worse by more than `tolerance`, a share of the
 * present one's. Undefined when it may.
 */
export function refusalOf(
  { quality }: Pick<Trained, 'quality'>,
  present: ModelHead | undefined,
  { tolerance, now }: { readonly tolerance: number; readonly now: number },
): string | undefined {
  if (present === undefined || now - present.publishedAt > STANDS_DAYS * DAY_MS) return undefined;
  const least = present.quality.ndcg * (1 - tolerance);
  // Turned so that no number at all is refused, too.
  if (quality.ndcg >= least) return undefined;
  const [is, was] = [quality.ndcg, present.quality.ndcg].map((ndcg) => ndcg.toFixed(4));
  return `Its NDCG is ${is}, that of ${present.version}, which is served, ${was}: worse by more than ${(100 * tolerance).toFixed(0)} %.`;
}
