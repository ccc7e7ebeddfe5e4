import type { SegmentDefinition } from '../../schemas/segment/definition.ts';

/** A definition as it was saved. */
export type Versioned = SegmentDefinition & { readonly version: number };

/** What evaluation needs of a segment: `live` decides about members, `pending` will when its history is there. */
export interface CatalogEntry {
  readonly id: string;
  readonly live?: Versioned | undefined;
  readonly pending?: Versioned | undefined;
}
