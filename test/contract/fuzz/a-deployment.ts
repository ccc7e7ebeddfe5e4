import { type AudienceLists, createAudienceLists } from '../../../functions/adapters/audience-lists.ts';
import { createCatalogStore } from '../../../functions/adapters/catalog-store.ts';
import { createCatalog } from '../../../functions/adapters/compiled-catalog.ts';
import type { DynamoDb } from '../../../functions/adapters/dynamodb.ts';
import { createPrivacyRegister } from '../../../functions/adapters/privacy-register.ts';
import { createPrivacyRequests } from '../../../functions/adapters/privacy-requests.ts';
import { createProfileStore } from '../../../functions/adapters/profile-store.ts';
import { createReportRuns } from '../../../functions/adapters/report-runs.ts';
import { createSegmentCatalog } from '../../../functions/adapters/segment-catalog.ts';
import type { PutRecords } from '../../../functions/adapters/store-in-order.ts';
import { createCatalogApi } from '../../../functions/catalog-api/catalog-api.ts';
import { collector } from '../../../functions/collector/collector.ts';
import type { HttpHandler } from '../../../functions/middleware/http.ts';
import type { KeyCheck } from '../../../functions/middleware/key-check.ts';
import { createPrivacyApi } from '../../../functions/privacy-api/privacy-api.ts';
import { createProfileApi } from '../../../functions/profile-api/profile-api.ts';
import { createRecommendationApi } from '../../../functions/recommendation-api/recommendation-api.ts';
import { draw } from '../../../functions/report-api/draw.ts';
import { createReportApi } from '../../../functions/report-api/report-api.ts';
import { createSegmentApi } from '../../../functions/segment-api/segment-api.ts';
import { handler as serviceApi } from '../../../functions/service-api/handler.ts';
import { createDynamoDbService } from '../../../infra/local/services/dynamodb.ts';
import { writeScopes } from '../../../schemas/access-key.ts';
import type { Endpoint, HttpFunction } from '../../../schemas/api/endpoint.ts';
import views from '../../../schemas/lake/views.generated.json' with { type: 'json' };
import { openPrivacy } from '../../../schemas/privacy-settings.ts';
import type { CellType } from '../../../schemas/report/report.ts';
import { reports } from '../../../schemas/report/reports.ts';
import { reportRows } from '../../../shared/reports/cells.ts';
import { composeReport } from '../../../shared/reports/compose.ts';
import { anIdentify, anOrder, aTrack } from '../../fixtures/events.ts';
import { createTable } from '../../functions/adapters/segments-table.ts';
import { AnAuditLog } from '../../functions/an-audit-log.ts';
import { aContext, anHttpEvent } from '../../functions/http-event.ts';
import { World } from '../../functions/profile-updater/world.ts';
import { camping, campingCatalog, MemoryModels } from '../../functions/recommendation-api/an-api.ts';
import { settingsKeys } from '../../functions/settings-keys.ts';
import { startLocalAws } from '../../infra/local/services/local-aws.ts';

/** The functions behind the HTTP API, on the laptop's own DynamoDB and a lake that always answers. */
export interface ADeployment extends AsyncDisposable {
  readonly handlers: Readonly<Record<HttpFunction, HttpHandler>>;
  /** Ids that it knows, and texts that look like some. */
  readonly names: Readonly<Record<Endpoint['tag'], readonly string[]>>;
}

const tables = {
  profiles: 'id',
  segments: 'pk',
  audience: 'pk',
  catalog: 'itemId',
  reports: 'pk',
  privacy: 'id',
} as const;

/**
 * Starts one, with a person, a visitor, a shop of five items, its model, and the built-in segments; or with the people of a world,
 * and other keys.
 */
export async function aDeployment({
  world = new World(),
  apiKeys = settingsKeys({ local: 'sk_local' }),
  spaces = [],
}: {
  readonly world?: World;
  readonly apiKeys?: KeyCheck;
  readonly spaces?: readonly string[];
} = {}): Promise<ADeployment> {
  const aws = await startLocalAws([createDynamoDbService]);
  for (const [table, key] of Object.entries(tables)) {
    await createTable(aws, table, key, key === 'pk' ? 'sk' : undefined);
  }
  const dynamoDb: DynamoDb = (operation, input) => aws.gateway.invoke('tool', 'dynamodb', operation, input);
  world.send(...history);
  await world.drain();
  const { now } = world;
  let made = 0;
  const newId = () => `id-${++made}`;
  const audit = new AnAuditLog();
  const store = createProfileStore(dynamoDb, 'profiles');
  const catalog = createCatalogStore(dynamoDb, 'catalog');
  const segments = createSegmentCatalog(dynamoDb, 'segments', () => now);
  const lists: AudienceLists = createAudienceLists(dynamoDb, 'audience');
  const stream = { publish: async () => undefined };
  const models = new MemoryModels();
  models.publish(camping);
  await catalog.put(
    Object.entries(campingCatalog).map(([itemId, fields]) => ({ itemId, ...fields })),
    now,
  );
  for (const item of world.store.items.values()) await store.write({ ...item, version: 1 });

  const requests = createPrivacyRequests(dynamoDb, 'privacy');
  await requests.create({
    id: 'an-export',
    type: 'export',
    state: 'waiting',
    step: 'waiting',
    keys: ['user:u-1'],
    suppress: false,
    requestedAt: now,
  });

  const handlers: ADeployment['handlers'] = {
    collector: collector({ keys: settingsKeys({ local: 'wk_local' }, writeScopes), put: taken, privacy: openPrivacy }),
    'profile-api': createProfileApi({
      store,
      lists,
      catalog: createCatalog(segments),
      stream,
      put: taken,
      spaces,
      clock: () => now,
      newId,
      apiKeys,
      audit,
    }),
    'segment-api': createSegmentApi({
      catalog: segments,
      jobs: { read: async () => undefined },
      lists,
      ask: async ({ sql }) => (sql.includes('recency_days') ? [['3', fifths, fifths, fifths]] : [['user:u-1', '1']]),
      backfill: async () => undefined,
      clock: () => now,
      apiKeys,
      audit,
    }),
    'catalog-api': createCatalogApi({ catalog, clock: () => now, apiKeys, audit }),
    'recommendation-api': createRecommendationApi({
      profiles: store,
      models,
      catalog,
      stream,
      holdoutShare: 0.05,
      isRepurchasable: false,
      namespace: 'Headwater-test',
      clock: () => now,
      newId,
      print: () => undefined,
      apiKeys,
    }),
    'report-api': createReportApi({
      reports,
      compose: (report, values) => composeReport(report, values, { database: 'headwater_test', views, marginDays: 1 }),
      athena: {
        start: async ({ token }) => token ?? 'query',
        look: async (key) => ({
          state: 'succeeded',
          output: { bucket: 'results', key },
          cost: { scannedBytes: 10, milliseconds: 10 },
        }),
      },
      runs: createReportRuns(dynamoDb, 'reports'),
      readRows: async ({ columns }, values) => reportRows(columns, values, [columns.map(({ type }) => printed[type])]),
      loadDraw: async () => draw,
      isSegment: async (id) => id === 'lifecycle-new',
      database: 'headwater_test',
      workGroup: 'headwater-test',
      reportingCurrency: 'USD',
      freshness: { openSeconds: 60, closedSeconds: 900 },
      waitSeconds: 20,
      clock: () => now,
      apiKeys,
    }),
    'privacy-api': createPrivacyApi({
      requests,
      register: createPrivacyRegister(dynamoDb, 'privacy'),
      linkTo: (key, seconds, at) => ({ url: `https://files.example/${key}`, expiresAt: at + seconds * 1_000 }),
      wake: async () => undefined,
      clock: () => now,
      newId,
      apiKeys,
      audit,
      log: () => undefined,
    }),
    'service-api': serviceApi,
  };
  const runs = await runsOf(handlers['report-api'], dynamoDb);
  return {
    handlers,
    names: { ...names, Reports: [...names.Reports, ...runs] },
    [Symbol.asyncDispose]: () => aws[Symbol.asyncDispose](),
  };
}

const names: ADeployment['names'] = {
  Ingestion: ['u-1', 'a-1', 'wk_local', 'track', 'Order Completed', '2026-03-01T10:00:00Z', 'EUR'],
  Privacy: ['u-1', 'a-1', 'ada@example.com', '+4930123456', 'an-export'],
  Profiles: ['u-1', 'anonymous:a-1', 'lifecycle-new', 'user:u-1', 'marketing'],
  Segments: ['lifecycle-new', 'tent-lovers', 'EUR', 'Order Completed', 'Product Viewed'],
  Catalog: ['tent', 'stove', 'EUR', 'Camping > Tents'],
  Recommendations: ['u-1', 'a-1', 'tent', 'stove', 'Camping > Tents'],
  Reports: ['overview', 'traffic', 'orders', 'rfm', 'lifecycle-new', 'svg', 'csv', '2026-03-01', 'EUR'],
  Service: ['a'],
};

/** Has a report run; answers the ids of its runs. */
async function runsOf(reportApi: HttpHandler, dynamoDb: DynamoDb): Promise<string[]> {
  const headers = { authorization: 'Bearer sk_local' };
  await reportApi(anHttpEvent('GET /v1/reports/{name}', { headers, params: { name: 'traffic' } }), aContext());
  const { Items = [] } = await dynamoDb('Scan', { TableName: 'reports' });
  return Items.flatMap(({ pk, sk }) => [pk?.S, sk?.S]).flatMap((text) => text?.match(/[0-9a-f]{32}/g) ?? []);
}

const fifths = '[1, 2, 3.5, 4]';

/** A stream that takes all. */
const taken: PutRecords = async (records) => records.map(() => undefined);

const history = [
  anIdentify({ userId: 'u-1', anonymousId: 'a-1', traits: { email: 'ada@example.com' } }),
  aTrack({ anonymousId: 'a-1', properties: { product_id: 'tent', category: 'Camping' } }),
  anOrder({ userId: 'u-1' }),
];

/** A cell as Athena prints it. */
const printed: Readonly<Record<CellType, string>> = {
  text: 'a text',
  day: '2026-03-01',
  instant: '2026-03-01 10:00:00.000',
  whole: '3',
  number: '0.5',
  money: '30.0000',
  truth: 'true',
};
