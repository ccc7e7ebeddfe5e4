import { expect } from 'vitest';
import type { AthenaQuery, AthenaState } from '../../../functions/adapters/athena.ts';
import type { DynamoDb } from '../../../functions/adapters/dynamodb.ts';
import { createReportRuns } from '../../../functions/adapters/report-runs.ts';
import { ServiceError } from '../../../functions/adapters/signed-http.ts';
import { draw } from '../../../functions/report-api/draw.ts';
import { createReportApi } from '../../../functions/report-api/report-api.ts';
import { endpoints } from '../../../schemas/api/endpoints.ts';
import views from '../../../schemas/lake/views.generated.json' with { type: 'json' };
import { reports } from '../../../schemas/report/reports.ts';
import { reportRows } from '../../../shared/reports/cells.ts';
import { composeReport } from '../../../shared/reports/compose.ts';
import { aContext, anHttpEvent, answerOf, type HttpEventParts } from '../http-event.ts';
import { settingsKeys } from '../settings-keys.ts';
import { ReportTable } from './report-table.ts';

const database = 'headwater_test';

/** The API of reports on an Athena and a table in memory: a test says how queries end. */
export class Api {
  now = Date.parse('2026-06-30T12:00:00Z');
  readonly table = new ReportTable();
  /** Queries that were started, by their id; one token has one. */
  readonly started = new Map<string, AthenaQuery>();
  readonly #byToken = new Map<string, string>();
  /** How far each query is. */
  look: (id: string) => AthenaState = (id) => ({
    state: 'succeeded',
    output: { bucket: 'results', key: id },
    cost: { scannedBytes: 1234, milliseconds: 56 },
  });
  /** Cells of each result. */
  rows: readonly (readonly (string | null)[])[] = [['2026-06-01', '3', '30.0000', '0', '0', '30.0000', '10.0']];
  /** Keys of results that are gone. */
  readonly gone = new Set<string>();
  /** Milliseconds that pass while a query is looked at. */
  lookTakes = 0;

  readonly #handler = createReportApi({
    reports,
    compose: (report, values) => composeReport(report, values, { database, views, marginDays: 1 }),
    athena: {
      start: async (query) => {
        const known = this.#byToken.get(query.token ?? '');
        if (known) return known;
        const id = `q-${this.started.size + 1}`;
        this.started.set(id, query);
        this.#byToken.set(query.token ?? '', id);
        return id;
      },
      look: async (id) => {
        this.now += this.lookTakes;
        return this.look(id);
      },
    },
    runs: createReportRuns(this.dynamoDb, 'reports'),
    readRows: async (report, values, { key }) => {
      if (this.gone.has(key)) throw new ServiceError('NoSuchKey', 404, 'gone');
      return reportRows(report.columns, values, this.rows);
    },
    loadDraw: async () => draw,
    isSegment: async (id) => id === 'vip' || id === 'tags:Tents',
    database,
    workGroup: 'headwater-test',
    reportingCurrency: 'USD',
    freshness: { openSeconds: 60, closedSeconds: 900 },
    waitSeconds: 20,
    clock: () => this.now,
    apiKeys: settingsKeys({ local: 'sk_local' }),
  });

  get dynamoDb(): DynamoDb {
    return this.table.client;
  }

  async call(routeKey: string, parts: HttpEventParts & { readonly raw?: string } = {}) {
    const headers = { authorization: 'Bearer sk_local', ...parts.headers };
    const event = anHttpEvent(routeKey, { ...parts, headers });
    const asked = parts.raw === undefined ? event : { ...event, rawQueryString: parts.raw };
    const answer = answerOf(await this.#handler(asked, aContext({ getRemainingTimeInMillis: () => 29_000 })));
    const responses = endpoints.find((each) => `${each.method} ${each.path}` === routeKey)?.responses ?? {};
    expect(Object.keys(responses)).toContain(String(answer.status));
    const schema = String(answer.headers['content-type']).includes('json') && responses[answer.status ?? 0]?.body;
    if (schema) expect(schema.safeParse(answer.body), routeKey).toMatchObject({ success: true });
    return answer;
  }

  get = (name: string, query: Record<string, string> = {}, headers: Record<string, string> = {}) =>
    this.call('GET /v1/reports/{name}', { params: { name }, query, headers });

  run = (id: string, query: Record<string, string> = {}) =>
    this.call('GET /v1/reports/runs/{id}', { params: { id }, query });
}
