import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { ReportQuery } from '../../shared/reports/compose.ts';
import type { AthenaQuery, AthenaState } from '../adapters/athena.ts';
import type { ReportRun, ReportRuns } from '../adapters/report-runs.ts';

/** The query of a report, and by what it is known. */
export interface AskedReport {
  readonly report: string;
  /** JSON by which the query can be made again. */
  readonly parameters: string;
  readonly query: ReportQuery;
  /** Of the data: queries of one version have the same answer. */
  readonly dataVersion: string;
  /** Milliseconds for which the answer is kept. */
  readonly keptFor: number;
}

/** A run whose rows can be read. */
export type DoneRun = ReportRun & Required<Pick<ReportRun, 'result' | 'queryId'>>;

/** How far a run is. */
export type RunState =
  | {
      readonly state: 'done';
      readonly run: DoneRun /** Whether it was done before this request. */;
      readonly cached: boolean;
    }
  | { readonly state: 'running'; readonly run: ReportRun };

/** Athena failed a query. The message is Athena's own reason, which may quote values. */
export class ReportQueryFailed extends Error {
  override readonly name = 'ReportQueryFailed';
}

export interface ReportQueriesProps {
  readonly athena: {
    start(query: AthenaQuery): Promise<string>;
    look(id: string): Promise<AthenaState>;
  };
  readonly runs: ReportRuns;
  readonly database: string;
  readonly workGroup: string;
  readonly clock: () => number;
}

/** Waits between looks at a running query: short ones answer at once, long ones cost few calls. */
const FIRST_LOOK_MS = 20;
const LONGEST_LOOK_MS = 500;
/** A run is kept longer than its answer counts, for whoever follows it. */
const FOLLOWED_MS = 3_600_000;

/**
 * Asks Athena each query once for all who want the same report of the same data.
 *
 * Requests that come together are told apart by nobody: they have one token, for which Athena starts one query. A query
 * that failed, or that Athena forgot, is asked anew under the number of the next attempt, which makes another token.
 */
export class ReportQueries {
  readonly #props: ReportQueriesProps;

  constructor(props: ReportQueriesProps) {
    this.#props = props;
  }

  /** Id of the run that a report has by its query and the version of the data. */
  static idOf({ query, dataVersion }: AskedReport): string {
    const parts = JSON.stringify([query.sql, query.parameters, dataVersion]);
    return createHash('sha256').update(parts).digest('hex').slice(0, 32);
  }

  find(id: string): Promise<ReportRun | undefined> {
    return this.#props.runs.read(id, this.#props.clock());
  }

  /**
   * The report's run, begun if there is none, and waited for up to `milliseconds`. A `lost` one, whose result is gone, is
   * begun anew. Throws `ReportQueryFailed`.
   */
  async ask(asked: AskedReport, milliseconds: number, lost?: ReportRun): Promise<RunState> {
    const { clock, athena, runs } = this.#props;
    const deadline = clock() + milliseconds;
    const found = lost ?? (await this.find(ReportQueries.idOf(asked)));
    let run = lost || found?.queryId === undefined ? await this.#begin(asked, found) : found;
    for (let wait = FIRST_LOOK_MS; ; wait = Math.min(wait * 1.5, LONGEST_LOOK_MS)) {
      if (isDone(run)) return { state: 'done', run, cached: run === found };
      const looked = await athena.look(run.queryId ?? '');
      if (looked.state === 'succeeded') {
        run = { ...run, result: { ...looked.output, ...looked.cost } };
        await runs.finish(run);
        continue;
      }
      if (looked.state === 'failed') {
        await runs.finish(withoutQuery(run));
        throw new ReportQueryFailed(looked.reason);
      }
      if (looked.state === 'unknown') run = await this.#begin(asked, run);
      if (clock() + wait > deadline) return { state: 'running', run };
      await pause(wait);
    }
  }

  async #begin(asked: AskedReport, before: ReportRun | undefined): Promise<ReportRun> {
    const { athena, runs, database, workGroup, clock } = this.#props;
    const id = ReportQueries.idOf(asked);
    const attempt = (before?.attempt ?? 0) + 1;
    const token = createHash('sha256').update(`${id} ${attempt}`).digest('hex');
    const queryId = await athena.start({ ...asked.query, database, workGroup, token });
    const { report, parameters, dataVersion, keptFor } = asked;
    const startedAt = clock();
    const expiresAt = startedAt + keptFor + FOLLOWED_MS;
    return await runs.begin({ id, report, parameters, dataVersion, attempt, queryId, startedAt, expiresAt }, startedAt);
  }
}

const isDone = (run: ReportRun): run is DoneRun => run.result !== undefined && run.queryId !== undefined;

function withoutQuery({ queryId: _, result: __, ...run }: ReportRun): ReportRun {
  return run;
}
