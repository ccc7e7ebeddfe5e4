import type { SegmentRules } from '../../shared/profile/segment-rules.ts';
import type { CatalogBody } from '../../shared/segments/catalog-body.ts';
import type { SegmentCatalog } from '../adapters/segment-catalog.ts';

/** Where the definitions of segments are. */
export type CatalogSource = Pick<SegmentCatalog, 'readRevision' | 'readBody'>;

const MAX_READS = 5;

/**
 * The segments as of now, at the start of each batch: one small read while nothing has changed. Compiled once a revision.
 */
export function createCatalog(source: CatalogSource, compile: (body: CatalogBody) => SegmentRules) {
  let held: { readonly revision: number; readonly rules: SegmentRules } | undefined;
  return async (): Promise<SegmentRules> => {
    for (let reads = 0; reads < MAX_READS; reads += 1) {
      const revision = await source.readRevision();
      if (held?.revision === revision) return held.rules;
      const body = await source.readBody(revision);
      // Gone: it was superseded, and deleted, between the two reads.
      if (body === undefined) continue;
      held = { revision, rules: compile(body) };
      return held.rules;
    }
    throw new Error(`The body of the catalog was gone ${MAX_READS} times: has the table of segments been damaged?`);
  };
}
