import { AthenaQueryError, type AthenaRow, AthenaTimeoutError, type createAthena } from '../adapters/athena.ts';
import { errorFields, log } from '../adapters/log.ts';
import { ProblemError } from '../middleware/problem.ts';

/** Asks the lake and answers the rows, which are few, within `milliseconds`. Throws a problem when it cannot. */
export type AskLake = (
  query: { readonly sql: string; readonly parameters: readonly string[] },
  milliseconds: number,
) => Promise<AthenaRow[]>;

const headers = { 'retry-after': '10' };

export function askLake(
  athena: Pick<ReturnType<typeof createAthena>, 'query'>,
  database: string,
  workGroup: string,
): AskLake {
  return async (query, timeout) => {
    try {
      const { rows } = await athena.query({ ...query, database, workGroup, timeout });
      const found: AthenaRow[] = [];
      for await (const row of rows) found.push(row);
      return found;
    } catch (error) {
      throw problemOf(error, timeout);
    }
  };
}

/** Athena's own words are left out: they quote values of the definition. */
function problemOf(cause: unknown, timeout: number): ProblemError {
  if (cause instanceof AthenaTimeoutError) {
    const detail = `The lake did not answer within ${Math.round(timeout / 1000)} s, the most that a request has: shorten windows, or save the segment and read its count.`;
    return new ProblemError('query_timeout', detail, { cause });
  }
  log('error', 'The lake could not be asked.', { code: 'query_failed', ...errorFields(cause) });
  const why = cause instanceof AthenaQueryError ? 'The query failed' : 'The query could not be started';
  return new ProblemError('query_failed', `${why}: try again after Retry-After seconds.`, { cause, headers });
}
