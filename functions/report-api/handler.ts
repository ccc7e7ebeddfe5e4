import { readEnv, reportApiEnv } from '../../schemas/env.ts';
import views from '../../schemas/lake/views.generated.json' with { type: 'json' };
import { reports } from '../../schemas/report/reports.ts';
import { composeReport } from '../../shared/reports/compose.ts';
import { createAthena } from '../adapters/athena.ts';
import { CachedCatalog } from '../adapters/cached-catalog.ts';
import { createDynamoDb } from '../adapters/dynamodb.ts';
import { createReportRuns } from '../adapters/report-runs.ts';
import { createObjectReader } from '../adapters/s3-read.ts';
import { createSegmentCatalogReader } from '../adapters/segment-catalog-reader.ts';
import { apiKeyCheck } from '../middleware/stage-keys.ts';
import { createReportApi } from './report-api.ts';
import { resultRows } from './result-rows.ts';

const env = readEnv(reportApiEnv, process.env);
const dynamoDb = createDynamoDb();
const catalog = new CachedCatalog(createSegmentCatalogReader(dynamoDb, env.SEGMENTS_TABLE));

export const handler = createReportApi({
  reports,
  compose: (report, values) =>
    composeReport(report, values, { database: env.ATHENA_DATABASE, views, marginDays: env.REPORT_MARGIN_DAYS }),
  athena: createAthena(),
  runs: createReportRuns(dynamoDb, env.REPORTS_TABLE),
  readRows: resultRows(createObjectReader()),
  // Bundled beside the handler, not into it: the stack names it as a late module.
  loadDraw: async () => (await import(new URL('./draw.mjs', import.meta.url).href)).draw,
  isSegment: async (id) => {
    const [base] = id.split(':');
    return (await catalog.read()).body.entries.some((entry) => entry.id === base);
  },
  database: env.ATHENA_DATABASE,
  workGroup: env.ATHENA_WORKGROUP,
  reportingCurrency: env.REPORTING_CURRENCY,
  freshness: { openSeconds: env.REPORT_OPEN_SECONDS, closedSeconds: env.REPORT_CLOSED_SECONDS },
  waitSeconds: env.REPORT_WAIT_SECONDS,
  clock: Date.now,
  apiKeys: apiKeyCheck(env),
});
