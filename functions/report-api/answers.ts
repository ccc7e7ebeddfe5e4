import { createHash } from 'node:crypto';
import type { ReportFormat } from '../../schemas/api/report-routes.ts';
import type { ReportAnswer, RunningReport } from '../../schemas/api/reports.ts';
import type { Report } from '../../schemas/report/report.ts';
import type { ReportRow } from '../../shared/reports/cells.ts';
import { asCsv } from '../../shared/reports/csv.ts';
import type { ParameterValues } from '../../shared/reports/parameter-values.ts';
import type { ReportRun } from '../adapters/report-runs.ts';
import { type HttpResponse, json } from '../middleware/http.ts';
import { ProblemError } from '../middleware/problem.ts';
import type { Draw } from './draw.ts';
import type { DoneRun } from './report-queries.ts';

export interface Answered {
  readonly report: Report;
  readonly values: ParameterValues;
  readonly run: DoneRun;
  readonly rows: readonly ReportRow[];
  /** Whether the lake had been asked before this request. */
  readonly cached: boolean;
  /** Now, in milliseconds since 1970. */
  readonly now: number;
}

/** Lambda answers 6 MB at most, and API Gateway escapes nothing. */
const MOST_BYTES = 5_500_000;
const RETRY_AFTER = '2';

/** A run has one result: its tag holds as long as the run does. */
const tagOf = ({ id, queryId }: DoneRun, format: ReportFormat): string =>
  `"${createHash('sha256').update(`${id} ${queryId} ${format}`).digest('hex').slice(0, 24)}"`;

/** Headers of an answer in a format: its tag, and for how many seconds nobody need ask again. */
const cacheHeaders = (run: DoneRun, format: ReportFormat, remaining: number) => ({
  etag: `W/${tagOf(run, format)}`,
  'cache-control': `private, max-age=${Math.floor(remaining / 1000)}`,
});

/** The answer to a caller who holds it already; undefined for any other. */
export function notModified(
  run: DoneRun,
  { format, held }: { readonly format: ReportFormat; readonly held: readonly string[] },
  remaining: number,
): HttpResponse | undefined {
  if (!held.includes(tagOf(run, format)) && !held.includes('*')) return undefined;
  return { statusCode: 304, headers: cacheHeaders(run, format, remaining) };
}

export function stillRunning({ id, report, startedAt }: ReportRun, format: ReportFormat): HttpResponse {
  const location = `/v1/reports/runs/${id}${format === 'json' ? '' : `?format=${format}`}`;
  const body: RunningReport = {
    runId: id,
    report,
    status: 'running',
    startedAt: new Date(startedAt).toISOString(),
  };
  return json(202, body, { location, 'retry-after': RETRY_AFTER });
}

/** The report in the format that was asked for. `draw` is for svg. Throws a problem when it is too large. */
export function done(
  answered: Answered,
  format: ReportFormat,
  remaining: number,
  draw: Draw | undefined,
): HttpResponse {
  const { report, values, rows, run } = answered;
  const headers = cacheHeaders(run, format, remaining);
  if (format === 'svg' && draw) {
    const body = draw(report, values.applied, rows);
    return small({ statusCode: 200, headers: { ...headers, 'content-type': 'image/svg+xml' }, body });
  }
  if (format === 'csv') {
    const type = 'text/csv; charset=utf-8; header=present';
    const disposition = `attachment; filename="${fileName(report, values)}.csv"`;
    const body = asCsv(report.columns, rows);
    return small({
      statusCode: 200,
      headers: { ...headers, 'content-type': type, 'content-disposition': disposition },
      body,
    });
  }
  return small(json(200, answerOf(answered), headers));
}

export function answerOf({ report, values, run, rows, cached, now }: Answered): ReportAnswer {
  return {
    name: report.name,
    title: report.title,
    parameters: values.applied as ReportAnswer['parameters'],
    columns: report.columns.map((column) => ({ ...column })),
    rows: rows as ReportAnswer['rows'],
    dataVersion: run.dataVersion,
    asOf: new Date(run.startedAt).toISOString(),
    cached,
    age: Math.max(0, Math.floor((now - run.startedAt) / 1000)),
    scannedBytes: run.result.scannedBytes,
    milliseconds: run.result.milliseconds,
  };
}

function fileName({ name }: Report, { applied }: ParameterValues): string {
  const days = [applied.from, applied.to].filter((each) => typeof each === 'string');
  return [name, ...days].join('_');
}

function small(response: HttpResponse): HttpResponse {
  const bytes = Buffer.byteLength(response.body ?? '');
  if (bytes <= MOST_BYTES) return response;
  const detail = `The report has ${bytes} bytes, and an answer has room for ${MOST_BYTES}: ask for fewer days, or give a lower limit.`;
  throw new ProblemError('report_too_large', detail);
}
