import { type CompiledCatalog, compileCatalog } from '../../shared/segments/compile-catalog.ts';
import type { SegmentCatalogReader } from './segment-catalog-reader.ts';

/** Where the definitions of segments are. */
export type CatalogSource = Pick<SegmentCatalogReader, 'readRevision' | 'readBody'>;

const MAX_READS = 5;

/**
 * The segments as of now, at the start of each batch: one small read while nothing has changed. Compiled once a revision.
 */
export function createCatalog(source: CatalogSource) {
  let held: { readonly revision: number; readonly catalog: CompiledCatalog } | undefined;
  return async (): Promise<CompiledCatalog> => {
    for (let reads = 0; reads < MAX_READS; reads += 1) {
      const revision = await source.readRevision();
      if (held?.revision === revision) return held.catalog;
      const body = await source.readBody(revision);
      // Gone: it was superseded, and deleted, between the two reads.
      if (body === undefined) continue;
      held = { revision, catalog: compileCatalog(body.entries) };
      return held.catalog;
    }
    throw new Error(`The body of the catalog was gone ${MAX_READS} times: has the table of segments been damaged?`);
  };
}
