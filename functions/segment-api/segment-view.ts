import type { SegmentDetail } from '../../schemas/api/segments.ts';
import type { SegmentView } from '../../schemas/segment/view.ts';
import { failuresOf, progressOf } from '../../shared/segments/backfill-job.ts';
import { type CatalogSegment, latestOf } from '../../shared/segments/catalog-body.ts';
import type { HeldJob } from '../adapters/backfill-job.ts';

/** A segment as the API shows it. `count` is undefined for one that tags: it has members by value only. */
export function segmentView(
  segment: CatalogSegment,
  held: HeldJob | undefined,
  count: number | undefined,
): SegmentView {
  const { includeBots, condition, tags, version, name, description } = latestOf(segment);
  return {
    id: segment.id,
    name,
    ...(description !== undefined && { description }),
    includeBots,
    ...(condition && { condition }),
    ...(tags && { tags }),
    version,
    builtIn: segment.builtIn !== undefined,
    status: segment.pending ? 'backfilling' : 'live',
    ...(segment.pending && { progress: progressOf(segment.pending, held?.job) }),
    ...(count !== undefined && { count }),
    createdAt: iso(segment.createdAt),
    updatedAt: iso(segment.updatedAt),
  };
}

/** What is told of one segment beside that. */
export function segmentDetail(
  segment: CatalogSegment,
  held: HeldJob | undefined,
  count: number | undefined,
  values: SegmentDetail['values'],
): SegmentDetail {
  const failures = segment.pending ? failuresOf(segment.pending, held?.failures ?? []) : 0;
  return {
    ...segmentView(segment, held, count),
    liveVersion: segment.live?.version ?? null,
    ...(failures > 0 && { problem: problemOf(failures) }),
    ...(values && { values }),
  };
}

const problemOf = (failures: number): string =>
  `The query of its past failed ${failures === 1 ? 'once' : `${failures} times`}, and is tried again within half an hour: a simpler definition or shorter windows may help, otherwise see the log of segment-backfill.`;

const iso = (time: number): string => new Date(time).toISOString();
