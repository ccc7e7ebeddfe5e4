import { errorFields, log } from '../adapters/log.ts';
import { invalidParameter } from '../middleware/parameters.ts';
import { ProblemError } from '../middleware/problem.ts';
import { ReportQueryFailed } from './report-queries.ts';

const headers = { 'retry-after': '10' };

/** What `ask` answers; a query that failed becomes a problem. Athena's own words are left out: they quote values. */
export async function failuresAsProblems<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    log('error', 'The lake could not be asked.', { code: 'query_failed', ...errorFields(cause) });
    throw new ProblemError('query_failed', `${wordsFor(cause)} Try again after Retry-After seconds.`, {
      cause,
      headers,
    });
  }
}

function wordsFor(cause: unknown): string {
  if (!(cause instanceof ReportQueryFailed)) return 'The query could not be started or followed.';
  if (/bytes scanned limit/i.test(cause.message)) {
    return 'The query read more than queryScanLimitBytes in infra/config.ts allows: ask for fewer days, or raise it.';
  }
  return /memory/i.test(cause.message)
    ? 'The query needed more memory than there is: ask for fewer days.'
    : 'The query failed.';
}

export function unknownReport(name: string, names: readonly string[]): ProblemError {
  const given = JSON.stringify(name.slice(0, 60).toWellFormed());
  return new ProblemError('report_not_found', `There is no report ${given}. There are: ${names.join(', ')}.`);
}

export function unknownRun(id: string): ProblemError {
  return new ProblemError(
    'report_run_not_found',
    `There is no run ${id}, or it is older than an hour: ask for the report again.`,
  );
}

export function unknownSegment(id: string): ProblemError {
  const message = `is ${JSON.stringify(id)}, and there is no such segment: GET /v1/segments lists them`;
  return invalidParameter([{ path: 'segment', message }]);
}
