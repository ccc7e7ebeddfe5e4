/**
 * The environment of each function: the stack types what it sets by these, the function reads by these.
 *
 * Not by zod, because every bundle holds this file, and even zod's smallest build took 4 ms of each start to check a
 * text or two (infra/decisions/0005).
 */
import { privacySettings } from './privacy-settings.ts';
import { retentionDays } from './retention.ts';
import { tokenSettings } from './token-settings.ts';
import { trainingSettings } from './training.ts';
import { accessKeys, identityRules, spaceIds, text, type Variable, VariableError, whole } from './variable.ts';
import { watchSettings } from './watch.ts';

export type { AccessKey } from './access-key.ts';
export type { IdentityRules } from './identity-rules.ts';

type Variables = Readonly<Record<string, Variable>>;

/** The values that a function reads from its environment. */
export type ValuesOf<V extends Variables> = { readonly [K in keyof V]: ReturnType<V[K]['read']> };

const profilesTable = text('name of the profiles table, set by Profiles.grantRead or grantWrite');
const segmentsTable = text('name of the segments table, set by SegmentCatalog');
const audienceTable = text('name of the audience table, set by Audience');
const dueTable = text('name of the table of due times, set by DueTimes');
const recommendationsTable = text('name of the table of models, set by Recommendations');
const catalogTable = text('name of the table of the catalog, set by Catalog');
const streamName = text('name of the event stream, set by EventStream.grantPut');
const lakeBucket = text('name of the lake bucket, set by Lake');
const privacySettingsOf = privacySettings(
  'consent and fields, set by PrivacyRegister from `privacy` in infra/config.ts',
);
const guard = {
  PRIVACY_TABLE: text('name of the privacy register, set by PrivacyRegister.grantGuard'),
  PRIVACY_SETTINGS: privacySettingsOf,
};
const keyTables = {
  KEYS_TABLE: text('name of the table of keys, set by AccessKeys.grantCheck'),
  ALLOWANCES_TABLE: text('name of the table of what limited keys have left, set by AccessKeys.grantCheck'),
  STREAM_NAME: streamName,
  METRICS_NAMESPACE: text('namespace of metrics, set by AccessKeys.grantCheck'),
};
const apiKeys = {
  API_KEYS: accessKeys('accepted API keys, set by AccessKeys.grantCheck from `apiKeys` in infra/config.ts'),
  AUTH_JWT: tokenSettings('whose tokens are accepted, set by AccessKeys.grantCheck from `auth.jwt` in infra/config.ts'),
  SPACES: spaceIds('spaces that keys may be limited to, set by AccessKeys.grantCheck from `spaces` in infra/config.ts'),
  ...keyTables,
};
const athena = {
  ATHENA_DATABASE: text('Athena database of the lake, set by Lake.grantQuery'),
  ATHENA_WORKGROUP: text('Athena workgroup of the lake, set by Lake.grantQuery'),
};

export const collectorEnv = {
  WRITE_KEYS: accessKeys('accepted write keys, set by AccessKeys.grantCheck from `writeKeys` in infra/config.ts'),
  PRIVACY_SETTINGS: privacySettingsOf,
  ...keyTables,
};
export const profileUpdaterEnv = {
  PROFILES_TABLE: profilesTable,
  SEGMENTS_TABLE: segmentsTable,
  AUDIENCE_TABLE: audienceTable,
  DUE_TABLE: dueTable,
  STREAM_NAME: streamName,
  IDENTITY_RULES: identityRules('what identifies people, set by Profiles from `identity` in infra/config.ts'),
  ...guard,
};
export const lakeWriterEnv = {
  LAKE_BUCKET: lakeBucket,
  IDENTITY_RULES: identityRules('what identifies people, set by Lake from `identity` in infra/config.ts'),
  ...guard,
};
export const sealerEnv = {
  LAKE_BUCKET: lakeBucket,
  STREAM_NAME: streamName,
  LANDED_GRACE_HOURS: whole(
    'hours that landed files of sealed days stay, set by Sealing from infra/config.ts',
    1,
    8760,
  ),
};
export const importerEnv = { LAKE_BUCKET: lakeBucket, STREAM_NAME: streamName, SEGMENTS_TABLE: segmentsTable };
export const replayerEnv = {
  PRIVACY_TABLE: text('name of the table of erasures, choices and requests, set by PrivacyRegister'),
  PROFILES_TABLE: profilesTable,
  SEGMENTS_TABLE: segmentsTable,
  LAKE_BUCKET: lakeBucket,
  STREAM_NAME: streamName,
  ...athena,
  FAILED_BATCHES_BUCKET: text('name of the bucket of batches that were set aside, set by EventStream.grantPutBack'),
  LANDING_MAPPING: text('UUID of the mapping by which lake-writer reads the stream, set by Replays'),
  UPDATES_MAPPING: text('UUID of the mapping by which profile-updater reads the stream, set by Profiles.grantRebuild'),
  IDENTITY_RULES: identityRules(
    'what identifies people, set by Profiles.grantRebuild from `identity` in infra/config.ts',
  ),
};
export const audienceWriterEnv = {
  AUDIENCE_TABLE: audienceTable,
  TRANSITIONS_QUEUE_URL: text('URL of the queue of transitions, set by Audience'),
};
export const sweeperEnv = {
  DUE_TABLE: dueTable,
  STREAM_NAME: streamName,
  SWEEP_SECONDS: whole('seconds between two looks at due times, set by DueTimes from infra/config.ts', 1, 60),
};
export const segmentApiEnv = {
  SEGMENTS_TABLE: segmentsTable,
  AUDIENCE_TABLE: audienceTable,
  ...athena,
  BACKFILL_FUNCTION: text('name of the segment-backfill function, set by Segments'),
  ...apiKeys,
};
export const segmentBackfillEnv = {
  SEGMENTS_TABLE: segmentsTable,
  LAKE_BUCKET: lakeBucket,
  STREAM_NAME: streamName,
  ...athena,
};
export const profileApiEnv = {
  PROFILES_TABLE: profilesTable,
  SEGMENTS_TABLE: segmentsTable,
  AUDIENCE_TABLE: audienceTable,
  ...apiKeys,
};
export const catalogApiEnv = { CATALOG_TABLE: catalogTable, ...apiKeys };
export const reportApiEnv = {
  REPORTS_TABLE: text('name of the table of runs of reports, set by Reports'),
  SEGMENTS_TABLE: segmentsTable,
  ...athena,
  REPORTING_CURRENCY: text('currency of money by default, set by Reports from `reportingCurrency` in infra/config.ts'),
  REPORT_MARGIN_DAYS: whole(
    'days that a batch of the lake may span, set by Reports from `lakeWriter` in infra/config.ts',
    1,
    7,
  ),
  REPORT_OPEN_SECONDS: whole(
    'how long a report that includes today counts, set by Reports from infra/config.ts',
    1,
    3600,
  ),
  REPORT_CLOSED_SECONDS: whole('how long a report of past days counts, set by Reports from infra/config.ts', 1, 86_400),
  REPORT_WAIT_SECONDS: whole('how long a request waits for its report, set by Reports from infra/config.ts', 1, 25),
  ...apiKeys,
};
export const recommendationApiEnv = {
  PROFILES_TABLE: profilesTable,
  CATALOG_TABLE: catalogTable,
  RECOMMENDATIONS_TABLE: recommendationsTable,
  HOLDOUT_PER_MILLE: whole('people of a thousand whom the model does not choose for, set by RecommendationApi', 0, 500),
  REPURCHASABLE: whole('1 if bought items may be recommended again, else 0; set by RecommendationApi', 0, 1),
  ...apiKeys,
};
export const profileSnapshotEnv = {
  PROFILES_TABLE: profilesTable,
  LAKE_BUCKET: lakeBucket,
  SNAPSHOT_STATE_KEY: text('key of the object that says how far snapshots are, set by ProfileSnapshots'),
  SNAPSHOT_MINUTES: whole('minutes between snapshots, set by ProfileSnapshots from infra/config.ts', 1, 1440),
  REPORTING_CURRENCY: text('currency of amounts, set by ProfileSnapshots from `reportingCurrency` in infra/config.ts'),
};
export const watchEnv = {
  ...athena,
  LAKE_BUCKET: lakeBucket,
  STREAM_NAME: streamName,
  WATCH_STATE_KEY: text('key of the object that says what was raised, set by Watch'),
  WATCH_SETTINGS: watchSettings('rules and quiet hours, set by Watch from `watch` in infra/config.ts'),
  METRICS_NAMESPACE: text('namespace of metrics, set by Watch'),
};
export const trainerEnv = {
  RECOMMENDATIONS_TABLE: recommendationsTable,
  CATALOG_TABLE: catalogTable,
  LAKE_BUCKET: lakeBucket,
  ...athena,
  TRAINING_SETTINGS: trainingSettings('what training heeds, set by Recommendations from infra/config.ts'),
  METRICS_NAMESPACE: text('namespace of metrics, set by Recommendations'),
};
export const privacyApiEnv = {
  PRIVACY_TABLE: text('name of the table of erasures, choices and requests, set by PrivacyRegister'),
  LAKE_BUCKET: lakeBucket,
  PRIVACY_WORKER: text('name of the privacy-worker function, set by Privacy'),
  ...apiKeys,
};
export const privacyWorkerEnv = {
  PRIVACY_TABLE: text('name of the table of erasures, choices and requests, set by PrivacyRegister'),
  PROFILES_TABLE: profilesTable,
  SEGMENTS_TABLE: segmentsTable,
  AUDIENCE_TABLE: audienceTable,
  DUE_TABLE: dueTable,
  REPORTS_TABLE: text('name of the table of runs of reports, set by Reports'),
  RECOMMENDATIONS_TABLE: recommendationsTable,
  STREAM_NAME: streamName,
  STREAM_HOURS: whole('hours that the stream keeps records, set by Privacy from infra/config.ts', 24, 8760),
  LAKE_BUCKET: lakeBucket,
  FAILED_BATCHES_BUCKET: text('name of the bucket of batches that were set aside, set by EventStream.grantErase'),
  RESULTS_BUCKET: text('name of the bucket of results of queries, set by Privacy'),
  ...athena,
  IDENTITY_RULES: identityRules('what identifies people, set by Privacy from `identity` in infra/config.ts'),
  RETENTION_DAYS: retentionDays(
    'days by table of the lake and for profiles, set by Privacy from `privacy.retention` in infra/config.ts',
  ),
  METRICS_NAMESPACE: text('namespace of metrics, set by Privacy'),
};
export const serviceApiEnv = {};

/** Every function of the stack, by the name of its folder, with its environment. */
export const environments = {
  collector: collectorEnv,
  'profile-updater': profileUpdaterEnv,
  'lake-writer': lakeWriterEnv,
  sealer: sealerEnv,
  importer: importerEnv,
  replayer: replayerEnv,
  'audience-writer': audienceWriterEnv,
  sweeper: sweeperEnv,
  'segment-api': segmentApiEnv,
  'segment-backfill': segmentBackfillEnv,
  'profile-api': profileApiEnv,
  'profile-snapshot': profileSnapshotEnv,
  'catalog-api': catalogApiEnv,
  'report-api': reportApiEnv,
  watch: watchEnv,
  'recommendation-api': recommendationApiEnv,
  trainer: trainerEnv,
  'privacy-api': privacyApiEnv,
  'privacy-worker': privacyWorkerEnv,
  'service-api': serviceApiEnv,
} as const;
export type FunctionName = keyof typeof environments;

/** What the stack must set for a function: every one of its variables, as a string. */
export type EnvironmentOf<N extends FunctionName> = { readonly [K in keyof (typeof environments)[N]]: string };

/** A function was started without a variable that it needs, or with one that it cannot read. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

/**
 * Reads a function's environment from `source` (usually `process.env`).
 * Throws `EnvironmentError` that names each wrong variable and who sets it; values are left out, they may be secret.
 */
export function readEnv<V extends Variables>(
  variables: V,
  source: Readonly<Record<string, string | undefined>>,
): ValuesOf<V> {
  const values: Record<string, unknown> = {};
  const wrong: string[] = [];
  for (const [name, { description, read }] of Object.entries(variables)) {
    try {
      const given = source[name];
      if (given === undefined) throw new VariableError('is missing');
      values[name] = read(given);
    } catch (error) {
      if (!(error instanceof VariableError)) throw error;
      wrong.push(`${name} ${error.message} (${description})`);
    }
  }
  if (wrong.length > 0) throw new EnvironmentError(`Environment variables are wrong: ${wrong.join('; ')}`);
  return values as ValuesOf<V>;
}
