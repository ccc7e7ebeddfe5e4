import { Annotations, CfnOutput, Stack, Tags } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { endpoints } from '../schemas/api/endpoints.ts';
import { settingsOf } from './config.ts';
import { AccessKeys } from './constructs/access-keys.ts';
import { Api } from './constructs/api.ts';
import { Audience } from './constructs/audience.ts';
import { Catalog } from './constructs/catalog.ts';
import { DueTimes } from './constructs/due-times.ts';
import { EventStream } from './constructs/event-stream.ts';
import { allOf, nothing } from './constructs/grant.ts';
import { HeadwaterFunction } from './constructs/headwater-function.ts';
import { Imports } from './constructs/imports.ts';
import { Ingestion } from './constructs/ingestion.ts';
import { Lake } from './constructs/lake.ts';
import { Monitoring } from './constructs/monitoring.ts';
import { Privacy } from './constructs/privacy.ts';
import { PrivacyRegister } from './constructs/privacy-register.ts';
import { PrivateBucket } from './constructs/private-bucket.ts';
import { ProfileSnapshots } from './constructs/profile-snapshots.ts';
import { Profiles } from './constructs/profiles.ts';
import { RecommendationApi } from './constructs/recommendation-api.ts';
import { Recommendations } from './constructs/recommendations.ts';
import { Replays } from './constructs/replays.ts';
import { Reports } from './constructs/reports.ts';
import { Sealing } from './constructs/sealing.ts';
import { Segments } from './constructs/segments.ts';
import { Watch } from './constructs/watch.ts';
import type { StageSettings } from './settings/stage.ts';

export interface HeadwaterStackProps {
  /** Name of a stage in `infra/config.ts`. */
  readonly stage: string;
  /** @default the settings of the stage in `infra/config.ts` */
  readonly settings?: StageSettings;
}

/** The whole of Headwater for one stage; it fits any account and region. */
export class HeadwaterStack extends Stack {
  constructor(scope: Construct, { stage, settings = settingsOf(stage) }: HeadwaterStackProps) {
    super(scope, `Headwater-${stage}`, {
      description: `Headwater, stage ${stage}: customer data and precision marketing.`,
      terminationProtection: settings.keepData,
    });
    Tags.of(this).add('application', 'headwater');
    Tags.of(this).add('stage', stage);

    const accessLogs = new PrivateBucket(this, 'AccessLogs', {
      keepData: settings.keepData,
      undeleteDays: 1,
      expireAfterDays: settings.logRetentionDays,
    });
    const stream = new EventStream(this, 'Events', { settings, accessLogs });
    const keys = new AccessKeys(this, 'Keys', {
      keepData: settings.keepData,
      stream,
      tokens: settings.auth.jwt,
      spaces: settings.spaces.map(({ id }) => id),
    });
    const register = new PrivacyRegister(this, 'Privacy', { settings });
    const ingestion = new Ingestion(this, 'Ingestion', { stream, keys, register, settings });
    const lake = new Lake(this, 'Lake', { stage, stream, register, settings, accessLogs });
    const sealing = new Sealing(this, 'Sealing', { stream, lake, settings });
    const audience = new Audience(this, 'Audience', { stream, settings });
    const dueTimes = new DueTimes(this, 'DueTimes', { stream, settings });
    const segments = new Segments(this, 'Segments', { stream, lake, audience, keys, settings });
    const profiles = new Profiles(this, 'Profiles', { stream, segments, audience, dueTimes, register, settings });

    // Whoever reads the stream is deployed before who writes to it: records may take new forms.
    ingestion.collector.lambda.node.addDependency(lake.landing.consumer, profiles.updates.consumer);

    const snapshots = new ProfileSnapshots(this, 'ProfileSnapshots', { lake, profiles, settings });
    const watch = new Watch(this, 'Watch', { stream, lake, settings });
    const catalog = new Catalog(this, 'Catalog', { keys, settings });
    const reports = new Reports(this, 'Reports', { lake, segments, keys, settings });

    const recommendations = new Recommendations(this, 'Recommendations', { lake, catalog, settings });

    const recommendationApi = new RecommendationApi(this, 'RecommendationApi', {
      stream,
      profiles,
      catalog,
      recommendations,
      keys,
      settings,
    });

    const replays = new Replays(this, 'Replays', { stream, lake, profiles, segments, register, settings });
    const imports = new Imports(this, 'Imports', { stream, lake, segments, settings });

    const privacy = new Privacy(this, 'PrivacyRequests', {
      stream,
      lake,
      register,
      profiles,
      segments,
      audience,
      dueTimes,
      reports,
      recommendations,
      keys,
      settings,
    });

    const profileApi = new HeadwaterFunction(this, 'ProfileApi', {
      name: 'profile-api',
      description: 'Answers for profiles: people, their ids, events and segments.',
      grants: allOf(
        profiles.grantRead(),
        segments.grantRead(),
        audience.grantRead(),
        stream.grantPut(),
        keys.grantCheck('API_KEYS', settings.apiKeys),
      ),
      settings,
    });
    const serviceApi = new HeadwaterFunction(this, 'ServiceApi', {
      name: 'service-api',
      description: 'Answers for the health and the description of the API.',
      grants: nothing,
      settings,
    });
    const api = new Api(this, 'Api', {
      endpoints,
      handlers: {
        collector: ingestion.collector.lambda,
        'profile-api': profileApi.lambda,
        'segment-api': segments.api.lambda,
        'catalog-api': catalog.api.lambda,
        'recommendation-api': recommendationApi.api.lambda,
        'report-api': reports.api.lambda,
        'privacy-api': privacy.api.lambda,
        'service-api': serviceApi.lambda,
      },
      settings,
    });

    new Monitoring(this, 'Monitoring', {
      api,
      keys,
      stream,
      audience,
      dueTimes,
      sealing,
      segments,
      catalog,
      imports,
      recommendations,
      recommendationApi,
      replays,
      reports,
      privacy,
      snapshots,
      watch,
      consumers: { ProfileUpdater: profiles.updates, LakeWriter: lake.landing, AudienceWriter: audience.updates },
      alarmEmail: settings.alarmEmail,
    });

    this.say('ApiUrl', api.api.apiEndpoint, 'Where SDKs send events and apps read.');
    this.say('StreamName', stream.stream.streamName, 'The stream of accepted events.');
    this.say('FailedBatchesBucket', stream.failedBatches.bucketName, 'Batches that no consumer could process.');
    this.say('KeysTable', keys.table.tableName, 'The table of keys that `npm run keys` makes.');
    this.say(
      'PrivacyApiFunction',
      privacy.api.lambda.functionName,
      'Takes requests of privacy, also from `npm run privacy`.',
    );
    this.say(
      'PrivacyWorkerFunction',
      privacy.worker.lambda.functionName,
      'Erases and exports people; erases again after a restore.',
    );
    this.say('PrivacyTable', register.table.tableName, 'The table of erasures, choices and requests, by hash.');
    this.say('ProfilesTable', profiles.table.tableName, 'The table of profiles.');
    this.say('SegmentsTable', segments.table.tableName, 'The table of segment definitions.');
    this.say('AudienceTable', audience.table.tableName, 'The table of members, counts and transitions.');
    this.say('TransitionsQueue', audience.transitions.queueUrl, 'The queue of transitions, in order for each person.');
    this.say('CatalogTable', catalog.table.tableName, 'The table of what is for sale.');
    this.say('DueTable', dueTimes.table.tableName, 'The table of what is due without an event.');
    this.say(
      'ReplayerFunction',
      replays.replayer.lambda.functionName,
      'Folds profiles anew, and runs failed events again.',
    );
    this.say('TrainerFunction', recommendations.trainer.lambda.functionName, 'Trains the model of recommendations.');
    this.say('RecommendationsTable', recommendations.table.tableName, 'The table of models of recommendations.');
    this.say('ImporterFunction', imports.importer.lambda.functionName, 'Brings in the files of the inbox.');
    this.say(
      'ProfileSnapshotFunction',
      snapshots.snapshot.lambda.functionName,
      'Makes a snapshot of all profiles when invoked.',
    );
    this.say('LakeBucket', lake.bucket.bucketName, 'The files of the lake.');
    this.say('Database', lake.catalog.databaseName, 'The Athena database; query its views.');
    this.say('WorkGroup', lake.queries.workGroupName, 'The Athena workgroup to query in.');
    this.warnOfMissingKeys(stage, settings);
  }

  private say(id: string, value: string, description: string): void {
    new CfnOutput(this, id, { value, description });
  }

  private warnOfMissingKeys(stage: string, settings: StageSettings): void {
    const missing = (['writeKeys', 'apiKeys'] as const).filter((name) => settings[name].length === 0);
    if (missing.length === 0) return;
    const mend = `Set ${missing.join(' and ')} of stage ${stage} in infra/config.ts, or make keys by \`npm run keys -- create --stage ${stage}\` once it is deployed: until then every request that needs such a key is refused.`;
    Annotations.of(this).addWarningV2('headwater:missing-keys', mend);
    this.say('KeysToSet', missing.join(', '), mend);
  }
}
