import { type ReportFormat, reportFormats, reportRoutes } from '../../schemas/api/report-routes.ts';
import type { Report } from '../../schemas/report/report.ts';
import type { ReportRow } from '../../shared/reports/cells.ts';
import type { ReportQuery } from '../../shared/reports/compose.ts';
import { describeReport } from '../../shared/reports/describe-report.ts';
import { givenAgain, type ParameterValues, readParameters } from '../../shared/reports/parameter-values.ts';
import type { ReportResult, ReportRun } from '../adapters/report-runs.ts';
import { ServiceError } from '../adapters/signed-http.ts';
import { type HttpHandler, type HttpResponse, json } from '../middleware/http.ts';
import { httpApi, type OperationRequest } from '../middleware/http-api.ts';
import type { KeyCheck } from '../middleware/key-check.ts';
import { invalidParameter } from '../middleware/parameters.ts';
import { done, notModified, stillRunning } from './answers.ts';
import { dataVersion, type Freshness } from './data-version.ts';
import type { Draw } from './draw.ts';
import { type GivenRequest, readRequest } from './given-request.ts';
import { hasChart } from './has-chart.ts';
import { failuresAsProblems, unknownReport, unknownRun, unknownSegment } from './problems.ts';
import { type AskedReport, type DoneRun, ReportQueries, type ReportQueriesProps } from './report-queries.ts';

export interface ReportApiProps extends ReportQueriesProps {
  readonly reports: readonly Report[];
  readonly compose: (report: Report, values: ParameterValues) => ReportQuery;
  /** Throws `ServiceError` of status 404 when the result is gone. */
  readonly readRows: (report: Report, values: ParameterValues, result: ReportResult) => Promise<ReportRow[]>;
  /** Loads what draws charts: only who asks for one waits for that. */
  readonly loadDraw: () => Promise<Draw>;
  readonly isSegment: (id: string) => Promise<boolean>;
  readonly reportingCurrency: string;
  readonly freshness: Freshness;
  /** Longest that a request waits for its report. */
  readonly waitSeconds: number;
  readonly apiKeys: KeyCheck;
}

/** A report that a request wants. */
interface Wanted {
  readonly report: Report;
  readonly values: ParameterValues;
  readonly asked: AskedReport;
  readonly given: GivenRequest;
  /** Milliseconds for which its answer counts. */
  readonly remaining: number;
  readonly deadline: number;
}

/** Left of a function's time for the rows, the chart and the answer itself. */
const TIME_FOR_ANSWER_MS = 4_000;

/** Makes the handler that answers reports. */
export function createReportApi(props: ReportApiProps): HttpHandler {
  const { reports, compose, readRows, loadDraw, isSegment, reportingCurrency, freshness, waitSeconds, clock } = props;
  const queries = new ReportQueries(props);
  const byName = new Map(reports.map((report) => [report.name, report]));

  const answer = async (wanted: Wanted, lost?: ReportRun): Promise<HttpResponse> => {
    const { report, values, asked, given, remaining, deadline } = wanted;
    const found = await failuresAsProblems(() => queries.ask(asked, deadline - clock(), lost));
    if (found.state === 'running') return stillRunning(found.run, given.format);
    const { run, cached } = found;
    const unchanged = notModified(run, given, remaining);
    if (unchanged) return unchanged;
    const rows = await rowsOf(report, values, run);
    if (!rows) return await answer(wanted, run);
    const draw = given.format === 'svg' ? await loadDraw() : undefined;
    return done({ report, values, run, rows, cached, now: clock() }, given.format, remaining, draw);
  };

  /** The rows of a run; undefined when its result is gone. */
  const rowsOf = async (report: Report, values: ParameterValues, { result }: DoneRun) => {
    try {
      return await readRows(report, values, result);
    } catch (error) {
      if (error instanceof ServiceError && error.status === 404) return undefined;
      throw error;
    }
  };

  const deadlineOf = (context: OperationRequest['context']): number =>
    clock() + Math.min(waitSeconds * 1000, context.getRemainingTimeInMillis() - TIME_FOR_ANSWER_MS);

  return httpApi({
    endpoints: reportRoutes,
    apiKeys: props.apiKeys,
    operations: {
      listReports: () => json(200, { items: reports.map(describeReport), nextCursor: null }),

      async getReport({ params: { name }, event, context }: OperationRequest<{ readonly name: string }>) {
        const report = byName.get(name);
        if (!report) throw unknownReport(name, [...byName.keys()]);
        const given = readRequest(event, formatsOf(report));
        const read = readParameters(report, given.parameters, { now: clock(), reportingCurrency });
        if (!read.ok) throw invalidParameter([...given.issues, ...read.issues]);
        if (given.issues.length > 0) throw invalidParameter(given.issues);
        const { values } = read;
        const { segment } = values.applied;
        if (typeof segment === 'string' && !(await isSegment(segment))) throw unknownSegment(segment);
        const { version, remaining, lasts } = dataVersion(values.until, clock(), freshness);
        const asked: AskedReport = {
          report: name,
          parameters: JSON.stringify(values.applied),
          query: compose(report, values),
          dataVersion: version,
          keptFor: lasts,
        };
        return await answer({ report, values, asked, given, remaining, deadline: deadlineOf(context) });
      },

      async getReportRun({ params: { id }, event, context }: OperationRequest<{ readonly id: string }>) {
        const run = await queries.find(id);
        const report = byName.get(run?.report ?? '');
        if (!run || !report) throw unknownRun(id);
        const given = readRequest(event, formatsOf(report));
        const issues = Object.keys(given.parameters).map((path) => {
          return { path, message: 'is no parameter of a run, which has its own: leave it out' };
        });
        if (issues.length + given.issues.length > 0) throw invalidParameter([...given.issues, ...issues]);
        const read = readParameters(report, givenAgain(run.parameters), { now: clock(), reportingCurrency });
        if (!read.ok) throw unknownRun(id);
        const { values } = read;
        const { dataVersion, parameters } = run;
        const keptFor = run.expiresAt - run.startedAt;
        const asked = { report: report.name, parameters, query: compose(report, values), dataVersion, keptFor };
        // A release may have changed what a report is: its runs from before can't be followed.
        if (ReportQueries.idOf(asked) !== id) throw unknownRun(id);
        return await answer({ report, values, asked, given, remaining: 0, deadline: deadlineOf(context) });
      },
    },
  });
}

const formatsOf = (report: Report): readonly ReportFormat[] =>
  reportFormats.filter((format) => format !== 'svg' || hasChart(report));
