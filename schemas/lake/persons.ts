/**
 * How each table can name a person: what erasure and export go by. A table that stands in none of these lists is refused
 * by a test, so that none is forgotten.
 */

/** Columns of a row that is one person's. */
export interface RowsOfPerson {
  /** Hold a key, `user:ada` for example. */
  readonly keys: readonly string[];
  /** Hold an opaque id. */
  readonly profileIds?: readonly string[];
  /** Hold several keys, as a JSON array: whoever else once had a sought one only loses it from the list. */
  readonly keyLists?: readonly string[];
}

export type NamesPeople =
  /** Each row is the person's whom one of its columns names. */
  | ({ readonly by: 'columns' } & RowsOfPerson)
  /** A cleaned event: it belongs to its profile key, and may name others beside. */
  | { readonly by: 'event' }
  /** A message as received, in a column; another says why it was rejected. */
  | { readonly by: 'message'; readonly payload: string; readonly reason: string }
  /** Rows tell of rows of other tables, by their places on the stream: columns of shard, sequence number and index. */
  | { readonly by: 'places'; readonly places: readonly (readonly [string, string, string])[] }
  /** Rows tell of rows of other tables, by the hash of what tells those apart. */
  | { readonly by: 'ids'; readonly relation: string; readonly id: string }
  /** No row names anybody, because of this. */
  | { readonly by: 'nobody'; readonly because: string };

/** By the name of the table, of a landed or sealed one without its ending. */
export const namesPeople: Readonly<Record<string, NamesPeople>> = {
  raw: { by: 'message', payload: 'payload', reason: 'failed_reason' },
  events: { by: 'event' },
  failed_events: { by: 'message', payload: 'payload', reason: 'reason' },
  mended_events: {
    by: 'places',
    places: [
      ['failed_shard_id', 'failed_sequence_number', 'failed_record_index'],
      ['shard_id', 'sequence_number', 'record_index'],
    ],
  },
  transitions: { by: 'columns', keys: ['person_key'], profileIds: ['profile_id'] },
  identities: { by: 'columns', keys: ['profile_key', 'parent_key'] },
  recommendations: { by: 'columns', keys: ['profile_key'] },
  visit_parts: { by: 'columns', keys: ['profile_key'] },
  profile_snapshots: { by: 'columns', keys: ['person_key'], profileIds: ['profile_id'], keyLists: ['keys'] },
  sealed_ids: { by: 'ids', relation: 'relation', id: 'id' },
  marketing_spend: { by: 'nobody', because: 'it holds what campaigns cost' },
  alerts: { by: 'nobody', because: 'it holds figures of all people together' },
  audit_log: { by: 'nobody', because: 'people stand in it as hashes of their keys, as in the register of privacy' },
  lake_marks: { by: 'nobody', because: 'it holds days and moments' },
  catalog_items: { by: 'nobody', because: 'it holds items of the shop' },
};

/** The name by which a table stands above. */
export const personsOf = (table: string): NamesPeople | undefined => {
  const base = table.replace(/_(landed|sealed)$/, '');
  return Object.hasOwn(namesPeople, base) ? namesPeople[base] : undefined;
};
