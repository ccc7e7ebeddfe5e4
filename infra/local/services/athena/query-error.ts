/** Why a query failed, in Athena's words: `code: message`. */
export class QueryError extends Error {
  override name = 'QueryError';

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
  }
}

/** What DuckDB says, and the Athena code it stands for. */
const meanings: readonly [pattern: RegExp, code: string, message: (match: RegExpExecArray) => string][] = [
  [/Division by zero/i, 'DIVISION_BY_ZERO', () => 'Division by zero'],
  [
    /Referenced column "(.+?)" not found.*?(?:Candidate bindings: (.+))?$/s,
    'COLUMN_NOT_FOUND',
    ([, column, candidates]) => `Column '${column}' cannot be resolved${candidates ? `; near it: ${candidates}` : ''}`,
  ],
  [/does not have a column named "(.+?)"/, 'COLUMN_NOT_FOUND', ([, column]) => `Column '${column}' cannot be resolved`],
  [/^Conversion Error: (.+)$/s, 'INVALID_CAST_ARGUMENT', ([, text = '']) => text],
  [/^Out of Memory Error/, 'EXCEEDED_MEMORY_LIMIT', () => 'Query exceeded the memory of the local Athena'],
  [/^INTERRUPT Error/i, 'USER_CANCELED', () => 'The query was canceled'],
  [/^(?:Binder|Parser|Catalog|Not implemented|Syntax) Error: (.+)$/s, 'SYNTAX_ERROR', ([, text = '']) => text],
  [/^(?:Invalid Input|Out of Range|Mismatch Type) Error: (.+)$/s, 'INVALID_FUNCTION_ARGUMENT', ([, text = '']) => text],
  [/^IO Error: (.+)$/s, 'HIVE_CANNOT_OPEN_SPLIT', ([, text = '']) => text],
];

/** Puts a DuckDB error into Athena's words, without the translated SQL that DuckDB quotes. */
export function queryErrorOf(error: unknown): QueryError {
  if (error instanceof QueryError) return error;
  const text = (error instanceof Error ? error.message : String(error)).replace(/\n+LINE \d+:.*$/s, '').trim();
  for (const [pattern, code, message] of meanings) {
    const match = pattern.exec(text);
    if (match) return new QueryError(code, message(match).replace(/\s+/g, ' ').trim(), { cause: error });
  }
  return new QueryError('GENERIC_INTERNAL_ERROR', text, { cause: error });
}
