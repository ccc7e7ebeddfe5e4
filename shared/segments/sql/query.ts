/** Longest query that Athena takes. */
export const MAX_QUERY_BYTES = 262_144;

/** Trino SQL. `parameters` are for its `?`; texts enter as literals, so there are none. */
export interface Query {
  readonly sql: string;
  readonly parameters: readonly string[];
}

export interface QueryOptions {
  /** The moment as of which is asked, in milliseconds since 1970. */
  readonly asOf: number;
}

/** A definition whose query Athena would refuse for its length. */
export class QueryTooLongError extends Error {
  override readonly name = 'QueryTooLongError';

  constructor(bytes: number) {
    super(`makes a query of ${bytes} bytes, and Athena takes ${MAX_QUERY_BYTES}: give it fewer values`);
  }
}

/** The query, if Athena takes it. Throws `QueryTooLongError`. */
export function asQuery(sql: string): Query {
  const bytes = Buffer.byteLength(sql);
  if (bytes > MAX_QUERY_BYTES) throw new QueryTooLongError(bytes);
  return { sql, parameters: [] };
}
