import type { BackfillJob, Pass } from '../../shared/segments/backfill-job.ts';
import type { CatalogBody } from '../../shared/segments/catalog-body.ts';
import { trackSpecsOf } from '../../shared/segments/compile-catalog.ts';
import { asQuery, type Query } from '../../shared/segments/sql/query.ts';
import { quote } from '../../shared/segments/sql/quote.ts';
import { trackRowsSql } from '../../shared/segments/sql/track-rows.ts';

/**
 * What a pass asks the lake: keys, and the rows of their tracks as JSON, or NULL. Throws `QueryTooLongError`.
 *
 * The tracks are those of the definitions that wait alone: a live definition has what it needs of a track that they share.
 */
export function queryOf(job: BackfillJob, pass: Pass, { entries }: CatalogBody): Query {
  if (pass === 'removed') return asQuery(removedMembersSql(job.removed.map(({ id }) => id)));
  const waiting = new Set(job.segments.map(({ id }) => id));
  const pending = entries.flatMap((entry) => (entry.pending && waiting.has(entry.id) ? [entry.pending] : []));
  return trackRowsSql(trackSpecsOf(pending), { asOf: job.startedAt });
}

/** Whoever ever entered, perhaps by one value: more than the members, and none of them is missing. */
function removedMembersSql(ids: readonly string[]): string {
  const tests = ids.flatMap((id) => [`segment_id = ${quote(id)}`, `segment_id LIKE ${quote(`${id}:%`)}`]);
  return `SELECT DISTINCT person_key AS profile_key, CAST(NULL AS varchar) AS tracks
FROM transitions
WHERE ${tests.join('\n  OR ')}`;
}
