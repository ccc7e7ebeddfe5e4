import type { SegmentExplanation } from '../../schemas/segment/view.ts';
import { type CompiledCatalog, mergeTracks } from '../../shared/segments/compile-catalog.ts';
import { explain } from '../../shared/segments/explain.ts';
import type { FoundPerson } from '../adapters/person.ts';

/** Why a person is in a segment at `asOf`, or is not; undefined when there is no such segment. */
export function explainMembership(
  catalog: CompiledCatalog,
  { home, parts, profile }: FoundPerson,
  segmentId: string,
  asOf: number,
): SegmentExplanation | undefined {
  const all = [...parts.values()];
  const tracks = mergeTracks(
    catalog,
    all.map((part) => part.tracks),
  );
  // As at the home: a pending version decides when the past of every part is there.
  const [first, ...others] = all.filter((part) => part.profile).map(({ audience }) => audience.ready);
  const ready = new Set([...(first ?? [])].filter((one) => others.every((each) => each.has(one))));
  const explained = explain(catalog, { key: home, profile, tracks }, segmentId, asOf, { ready });
  if (explained === undefined) return undefined;
  const since = parts.get(home)?.audience.memberships.get(segmentId)?.since;
  return {
    ...explained,
    ...(since !== undefined && { since: new Date(since).toISOString() }),
    asOf: new Date(asOf).toISOString(),
  };
}
