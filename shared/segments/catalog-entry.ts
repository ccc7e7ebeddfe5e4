import type { SegmentDefinition } from '../../schemas/segment/definition.ts';

/** A definition as it was saved. Versions grow with each change of what decides about members, and are never reused. */
export type Versioned = SegmentDefinition & { readonly version: number };

/** What evaluation needs of a segment: `live` decides about members, `pending` will when its backfill is done. */
export interface CatalogEntry {
  readonly id: string;
  readonly live?: Versioned | undefined;
  readonly pending?: Versioned | undefined;
}
