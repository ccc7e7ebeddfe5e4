import {
  Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { AccessKeys } from './access-keys.ts';
import type { Api } from './api.ts';
import type { Audience } from './audience.ts';
import type { Catalog } from './catalog.ts';
import type { DueTimes } from './due-times.ts';
import type { EventStream } from './event-stream.ts';
import type { Imports } from './imports.ts';
import type { Privacy } from './privacy.ts';
import type { ProfileSnapshots } from './profile-snapshots.ts';
import type { RecommendationApi } from './recommendation-api.ts';
import type { Recommendations } from './recommendations.ts';
import type { Replays } from './replays.ts';
import type { Reports } from './reports.ts';
import type { Sealing } from './sealing.ts';
import type { Segments } from './segments.ts';
import type { StreamConsumer } from './stream-consumer.ts';
import type { Watch } from './watch.ts';

export interface MonitoringProps {
  readonly api: Api;
  readonly keys: AccessKeys;
  readonly stream: EventStream;
  readonly audience: Audience;
  readonly dueTimes: DueTimes;
  readonly sealing: Sealing;
  readonly segments: Segments;
  readonly catalog: Catalog;
  readonly imports: Imports;
  readonly recommendations: Recommendations;
  readonly recommendationApi: RecommendationApi;
  readonly replays: Replays;
  readonly reports: Reports;
  readonly privacy: Privacy;
  readonly snapshots: ProfileSnapshots;
  readonly watch: Watch;
  /** By the name that alarms and graphs show. */
  readonly consumers: Readonly<Record<string, StreamConsumer>>;
  /** @default alarms only show in CloudWatch */
  readonly alarmEmail?: string | undefined;
}

interface Watched {
  readonly metric: IMetric;
  readonly meaning: string;
  /** Rings above this, or where it is below `below`, which holds for no data, too. */
  readonly above?: number;
  readonly below?: number;
  /** Periods in a row, of five minutes unless the metric says otherwise. @default 1 */
  readonly periods?: number;
}

const lagMinutes = 10;
const sweepLagMinutes = 5;
const sealingLagDays = 2;

/**
 * Owns the alarms, the dashboard, and the topic that sends alarms by e-mail where an address is set.
 *
 * Each alarm asks a person to do something; what it means and what to do stands in the header of the construct that
 * it watches, and in its description.
 */
export class Monitoring extends Construct {
  private readonly action: SnsAction | undefined;
  private readonly dashboard: Dashboard;

  constructor(
    scope: Construct,
    id: string,
    {
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
      consumers,
      alarmEmail,
    }: MonitoringProps,
  ) {
    super(scope, id);

    if (alarmEmail) {
      const topic = new Topic(this, 'Topic', { displayName: 'Headwater', enforceSSL: true });
      topic.addSubscription(new EmailSubscription(alarmEmail));
      this.action = new SnsAction(topic);
    }
    this.dashboard = new Dashboard(this, 'Dashboard', { defaultInterval: Duration.days(1) });

    this.watchApi(api);
    this.watchAudit(keys);
    this.watchStream(stream);
    for (const [name, consumer] of Object.entries(consumers)) this.watchConsumer(name, consumer);
    this.watchDueTimes(dueTimes);
    this.watchSealing(sealing);
    this.watchBackfill(segments);
    this.watchCatalog(catalog);
    this.watchImports(imports);
    this.watchReplays(replays);
    this.watchTraining(recommendations);
    this.watchRecommending(recommendationApi);
    this.watchTransitions(audience);
    this.watchReports(reports);
    this.watchPrivacy(privacy);
    this.watchSnapshots(snapshots);
    this.watchFigures(watch);
  }

  private watchApi({ api }: Api): void {
    const requests = api.metricCount({ statistic: 'Sum' });
    const failed = api.metricServerError({ statistic: 'Sum' });
    const refused = api.metricClientError({ statistic: 'Sum' });
    this.alarm('ServerErrors', {
      metric: new MathExpression({ expression: '100 * failed / requests', usingMetrics: { failed, requests } }),
      above: 1,
      periods: 3,
      meaning: 'More than 1 % of API requests fail. See the access log for the route, then the log of its function.',
    });
    this.dashboard.addWidgets(
      new GraphWidget({ title: 'API requests', left: [requests, failed, refused], width: 12 }),
      new GraphWidget({
        title: 'API latency',
        left: ['p50', 'p99'].map((p) => api.metricLatency({ statistic: p })),
        width: 12,
      }),
    );
  }

  private watchAudit({ notAudited }: AccessKeys): void {
    this.alarm('AuditNotWritten', {
      metric: notAudited,
      above: 0,
      meaning:
        'The stream does not take entries of the audit log: what was done stands only in the logs of functions, and requests of privacy are refused. See StreamThrottled.',
    });
    this.dashboard.addWidgets(new GraphWidget({ title: 'Audit log: not written', left: [notAudited], width: 12 }));
  }

  private watchStream({ stream }: EventStream): void {
    const throttled = stream.metricWriteProvisionedThroughputExceeded({ statistic: 'Sum' });
    this.alarm('StreamThrottled', {
      metric: throttled,
      above: 0,
      periods: 3,
      meaning: 'The stream refuses records, clients must wait. Add shards, or change its mode to onDemand.',
    });
    this.dashboard.addWidgets(
      new GraphWidget({
        title: 'Stream',
        left: [stream.metricIncomingRecords({ statistic: 'Sum' }), throttled],
        right: [stream.metricIncomingBytes({ statistic: 'Sum' })],
        width: 24,
      }),
    );
  }

  private watchConsumer(name: string, watched: StreamConsumer): void {
    const { consumer } = watched;
    const lag = new Metric({
      namespace: 'AWS/Lambda',
      metricName: 'IteratorAge',
      dimensionsMap: { FunctionName: consumer.functionName },
      statistic: 'Maximum',
    });
    // Unlike the errors of the function, these count a batch whose failed records the function reported, too.
    const failed = watched.metric('FailedInvokeEventCount');
    const setAside = watched.metric('OnFailureDestinationDeliveredEventCount');
    const dropped = watched.metric('DroppedEventCount');

    this.alarm(`${name}Lag`, {
      metric: lag,
      above: Duration.minutes(lagMinutes).toMilliseconds(),
      periods: 2,
      meaning: `${name} is more than ${lagMinutes} minutes behind the stream: see the errors and throttles of its function.`,
    });
    this.alarm(`${name}Errors`, {
      metric: failed,
      above: 0,
      periods: 3,
      meaning: `${name} fails again and again: see the log of its function.`,
    });
    this.alarm(`${name}SetAside`, {
      metric: setAside,
      above: 0,
      meaning: `${name} gave up on a batch, which lies whole in the failed batches: mend the cause, then replay it.`,
    });
    this.alarm(`${name}Dropped`, {
      metric: dropped,
      above: 0,
      meaning: `${name} gave up on a batch and could not set it aside: its events are only in the stream. Act before its retention ends.`,
    });
    this.dashboard.addWidgets(
      new GraphWidget({ title: `${name}: lag`, left: [lag], width: 8 }),
      new GraphWidget({
        title: `${name}: invocations`,
        left: [consumer.metricInvocations(), failed],
        right: [consumer.metricDuration()],
        width: 8,
      }),
      new GraphWidget({ title: `${name}: given up`, left: [setAside, dropped], width: 8 }),
    );
  }

  private watchDueTimes({ sweeper, lag }: DueTimes): void {
    this.alarm('SweeperLag', {
      metric: lag,
      above: Duration.minutes(sweepLagMinutes).toSeconds(),
      meaning: `What was due waited for more than ${sweepLagMinutes} minutes: memberships that end with time last too long. See the log of the sweeper.`,
    });
    this.watchSchedule('Sweeper', sweeper.lambda);
    this.dashboard.addWidgets(
      new GraphWidget({ title: 'Sweeper: lag', left: [lag], width: 12 }),
      this.runs('Sweeper', sweeper.lambda),
    );
  }

  private watchSealing({ sealer, daysBehind }: Sealing): void {
    this.alarm('SealerBehind', {
      metric: daysBehind,
      above: sealingLagDays,
      meaning: `A day of the lake that ended more than ${sealingLagDays} days ago is not sealed: queries are exact, and dearer every day. See whether LakeWriter is behind, then the log of the sealer.`,
    });
    this.watchSchedule('Sealer', sealer.lambda, 15);
    this.dashboard.addWidgets(
      new GraphWidget({ title: 'Sealer: days behind', left: [daysBehind], width: 12 }),
      this.runs('Sealer', sealer.lambda),
    );
  }

  private watchBackfill({ backfill }: Segments): void {
    this.watchSchedule('Backfill', backfill.lambda);
    this.dashboard.addWidgets(this.runs('Backfill', backfill.lambda));
  }

  private watchCatalog({ api: { lambda } }: Catalog): void {
    this.alarm('CatalogErrors', {
      metric: lambda.metricErrors(),
      above: 0,
      periods: 3,
      meaning: 'Items of the catalog cannot be taken or shown again and again: see the log of catalog-api.',
    });
    this.dashboard.addWidgets(this.runs('Catalog', lambda));
  }

  private watchImports({ importer }: Imports): void {
    this.watchSchedule('Importer', importer.lambda);
    this.dashboard.addWidgets(this.runs('Importer', importer.lambda));
  }

  private watchReplays({ replayer }: Replays): void {
    this.watchSchedule('Replayer', replayer.lambda);
    this.dashboard.addWidgets(this.runs('Replayer', replayer.lambda));
  }

  private watchTraining({ trainer: { lambda }, upToDate, refused }: Recommendations): void {
    this.alarm('TrainingErrors', {
      metric: lambda.metricErrors(),
      above: 0,
      meaning: 'A training of recommendations was given up, the last version is served: see the log of the trainer.',
    });
    this.alarm('TrainingStale', {
      metric: upToDate.with({ period: Duration.days(1) }),
      below: 1,
      periods: 3,
      meaning:
        'No new model of recommendations for three days: see whether its schedule is enabled, then how trainings ended.',
    });
    this.alarm('ModelRefused', {
      metric: refused,
      above: 0,
      meaning:
        'A new model is worse than the present one, which is served on: compare the two in the list of trainings.',
    });
    this.dashboard.addWidgets(
      new GraphWidget({ title: 'Models of recommendations', left: [upToDate, refused], width: 12 }),
      this.runs('Training', lambda),
    );
  }

  private watchRecommending({ api: { lambda }, fallbacks, notNoted }: RecommendationApi): void {
    this.alarm('RecommendationErrors', {
      metric: lambda.metricErrors(),
      above: 0,
      periods: 3,
      meaning: 'Recommendations fail again and again: see the log of recommendation-api.',
    });
    this.alarm('ModelUnreadable', {
      metric: fallbacks,
      above: 0,
      meaning: 'A version of the model cannot be read, an older one answers: see the log for which, and train again.',
    });
    this.alarm('AnswersNotNoted', {
      metric: notNoted,
      above: 0,
      periods: 3,
      meaning:
        'The stream does not take what was recommended: figures of recommendations lack it. See StreamThrottled.',
    });
    this.dashboard.addWidgets(
      new GraphWidget({ title: 'Recommendations: trouble', left: [fallbacks, notNoted], width: 12 }),
      this.runs('Recommendations', lambda),
    );
  }

  private watchTransitions({ transitions }: Audience): void {
    this.dashboard.addWidgets(
      new GraphWidget({
        title: 'Transitions sent out',
        left: [transitions.metricNumberOfMessagesSent(), transitions.metricNumberOfMessagesReceived()],
        width: 12,
      }),
    );
  }

  private watchReports({ api: { lambda } }: Reports): void {
    this.alarm('ReportErrors', {
      metric: lambda.metricErrors(),
      above: 0,
      periods: 3,
      meaning: 'Reports fail again and again, by time-out, memory or an exception: see the log of report-api.',
    });
    this.dashboard.addWidgets(this.runs('Reports', lambda));
  }

  private watchPrivacy({ worker: { lambda }, notDeleted }: Privacy): void {
    this.watchSchedule('PrivacyWorker', lambda);
    this.alarm('RetentionFailed', {
      metric: notDeleted,
      above: 0,
      meaning: 'Days or people that were kept long enough could not be deleted: see the log of privacy-worker.',
    });
    this.dashboard.addWidgets(this.runs('PrivacyWorker', lambda));
  }

  private watchSnapshots({ snapshot }: ProfileSnapshots): void {
    this.watchSchedule('Snapshot', snapshot.lambda);
    this.dashboard.addWidgets(this.runs('Snapshot', snapshot.lambda));
  }

  private watchFigures({ alerts, watch: { lambda } }: Watch): void {
    this.alarm('FiguresAlert', {
      metric: alerts,
      above: 0,
      meaning: 'A figure of today breaks its rule: SELECT * FROM alerts ORDER BY raised_at DESC tells which.',
    });
    this.alarm('WatchErrors', {
      metric: lambda.metricErrors(),
      above: 0,
      meaning: 'A look at the figures failed, the next finds the same: see the log of its function.',
    });
    this.alarm('WatchSilent', {
      metric: lambda.metricInvocations({ period: Duration.hours(6) }),
      below: 1,
      periods: 5,
      meaning:
        'Nobody has looked at the figures for more than a day: see whether the schedule of the watch is enabled.',
    });
    this.dashboard.addWidgets(
      new GraphWidget({ title: 'Alerts of figures', left: [alerts], width: 12 }),
      this.runs('Watch', lambda),
    );
  }

  /** A function that a schedule invokes: whether it fails, and whether it runs at all. */
  private watchSchedule(name: string, lambda: LambdaFunction, everyMinutes = 1): void {
    const silentMinutes = Math.max(10, 4 * everyMinutes);
    this.alarm(`${name}Errors`, {
      metric: lambda.metricErrors({ period: Duration.minutes(Math.max(5, everyMinutes)) }),
      above: 0,
      periods: 3,
      meaning: `${name} fails again and again: see the log of its function.`,
    });
    this.alarm(`${name}Silent`, {
      metric: lambda.metricInvocations({ period: Duration.minutes(silentMinutes / 2) }),
      below: 1,
      periods: 2,
      meaning: `${name} did not run for ${silentMinutes} minutes: see whether its schedule is enabled, and the throttles of its function.`,
    });
  }

  private runs(name: string, lambda: LambdaFunction): GraphWidget {
    return new GraphWidget({
      title: `${name}: invocations`,
      left: [lambda.metricInvocations(), lambda.metricErrors()],
      right: [lambda.metricDuration()],
      width: 12,
    });
  }

  private alarm(id: string, { metric, meaning, above = 0, below, periods = 1 }: Watched): void {
    const alarm = new Alarm(this, id, {
      metric,
      alarmDescription: meaning,
      threshold: below ?? above,
      comparisonOperator:
        below === undefined ? ComparisonOperator.GREATER_THAN_THRESHOLD : ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: periods,
      treatMissingData: below === undefined ? TreatMissingData.NOT_BREACHING : TreatMissingData.BREACHING,
    });
    if (this.action) alarm.addAlarmAction(this.action);
  }
}
