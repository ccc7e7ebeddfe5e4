import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { LakeTable } from '../../schemas/lake/column.ts';
import { EXPORTS, PRIVACY_WORK, prefixesBesideTables } from '../../schemas/lake/prefixes.ts';
import { lakeTables } from '../../schemas/lake/tables.ts';
import { EXPORT_DAYS } from '../../schemas/privacy.ts';
import type { StageSettings } from '../settings/stage.ts';
import type { AccessKeys } from './access-keys.ts';
import type { Audience } from './audience.ts';
import type { DueTimes } from './due-times.ts';
import type { EventStream } from './event-stream.ts';
import { EveryMinute } from './every-minute.ts';
import { explainPrefix } from './explain-prefix.ts';
import { allOf, type Grant } from './grant.ts';
import { HeadwaterFunction } from './headwater-function.ts';
import { identityRules } from './identity-rules.ts';
import type { Lake } from './lake.ts';
import { OnSchedule } from './on-schedule.ts';
import type { PrivacyRegister } from './privacy-register.ts';
import type { PrivateTable } from './private-table.ts';
import type { Profiles } from './profiles.ts';
import type { Recommendations } from './recommendations.ts';
import type { Reports } from './reports.ts';
import type { Segments } from './segments.ts';

export interface PrivacyProps {
  readonly stream: EventStream;
  readonly lake: Lake;
  readonly register: PrivacyRegister;
  readonly profiles: Profiles;
  readonly segments: Segments;
  readonly audience: Audience;
  readonly dueTimes: DueTimes;
  readonly reports: Reports;
  readonly recommendations: Recommendations;
  readonly keys: AccessKeys;
  readonly settings: StageSettings;
}

/** Beside the tables: files that may hold people. */
const LOOKED_THROUGH = prefixesBesideTables.flatMap(({ prefix, erasure }) => (erasure === 'nothing' ? [] : [prefix]));
const SEALING_STATE = 'sealing/state.json';
/** Days after which notes and parts go though nobody came to their end. */
const WORK_DAYS = 14;

/**
 * Owns the requests of privacy: the API that takes them, and the worker that erases and exports people.
 *
 * May fail: a store throttles, a consumer of the stream is behind, or the lake cannot be queried; the worker goes on where
 * it stopped, within a minute, and an erasure goes on until it is done. The alarm `PrivacyWorkerErrors` means that a step
 * fails again and again: see its log. `PrivacyWorkerSilent` means that nobody looks after requests: see its schedule.
 * `RetentionFailed` means that what was kept long enough is still there.
 */
export class Privacy extends Construct {
  readonly api: HeadwaterFunction<'privacy-api'>;
  readonly worker: HeadwaterFunction<'privacy-worker'>;
  /** How often what was kept long enough could not be deleted. */
  readonly notDeleted: Metric;

  constructor(scope: Construct, id: string, props: PrivacyProps) {
    super(scope, id);
    const { stream, lake, register, keys, settings } = props;
    const namespace = Stack.of(this).stackName;
    this.notDeleted = new Metric({ namespace, metricName: 'RetentionFailed', statistic: 'Sum' });

    this.worker = new HeadwaterFunction(this, 'Worker', {
      name: 'privacy-worker',
      description: 'Erases and exports people, from every store.',
      grants: allOf(
        register.grant('BatchGetItem', 'GetItem', 'PutItem', 'Scan', 'UpdateItem'),
        this.grantStores(props),
        stream.grantPut(),
        stream.grantListShards(),
        stream.grantErase(),
        lake.grantStartQuery(lakeTables.filter((table) => !isReached(table, settings))),
        lake.grantBarriers(),
        this.grantFiles(lake, settings),
        this.grantResults(lake),
        identityRules(settings),
        {
          environment: {
            STREAM_HOURS: String(settings.stream.retentionHours),
            RETENTION_DAYS: JSON.stringify(settings.privacy.retention),
            METRICS_NAMESPACE: namespace,
          },
          statements: [],
        },
      ),
      settings,
      timeout: Duration.minutes(15),
    });
    new EveryMinute(this, 'Clock', {
      invokes: this.worker.lambda,
      description: 'Looks for requests of privacy, and after those that stopped.',
    });
    const { profiles, ...tables } = settings.privacy.retention;
    if (Object.keys(tables).length > 0) {
      new OnSchedule(this, 'Retention', {
        invokes: this.worker.lambda,
        description: 'Deletes days of the lake that were kept long enough.',
        // While the sealer is at work nothing goes: the next look is soon enough.
        schedule: ScheduleExpression.rate(Duration.hours(6)),
        input: { task: 'retention' },
      });
    }
    if (profiles !== undefined) {
      new OnSchedule(this, 'Forgetting', {
        invokes: this.worker.lambda,
        description: 'Has profiles forget whom nobody has seen for long.',
        // When the snapshot of the night is whole, by which it goes.
        schedule: ScheduleExpression.cron({ hour: '4', minute: '0' }),
        input: { task: 'forget' },
      });
    }
    this.api = new HeadwaterFunction(this, 'Api', {
      name: 'privacy-api',
      description: 'Takes requests of privacy, and tells how far they are.',
      grants: allOf(
        register.grant('BatchGetItem', 'GetItem', 'PutItem', 'UpdateItem'),
        this.grantLinks(lake),
        this.grantWake(),
        keys.grantCheck('API_KEYS', settings.apiKeys),
      ),
      settings,
    });
    lake.bucket.addLifecycleRule({ prefix: EXPORTS, expiration: Duration.days(EXPORT_DAYS) });
    lake.bucket.addLifecycleRule({ prefix: PRIVACY_WORK, expiration: Duration.days(WORK_DAYS) });
  }

  /** To look through the stores beside the lake, and to delete what belongs to people who are erased. */
  private grantStores({ profiles, segments, audience, dueTimes, reports, recommendations }: PrivacyProps) {
    const of = <N extends string>(name: N, table: PrivateTable, ...actions: string[]): Grant<{ [K in N]: string }> => ({
      environment: { [name]: table.tableName } as { [K in N]: string },
      statements: [table.allow(...actions)],
    });
    return allOf(
      of('PROFILES_TABLE', profiles.table, 'BatchGetItem', 'BatchWriteItem', 'Scan'),
      of('AUDIENCE_TABLE', audience.table, 'BatchGetItem', 'BatchWriteItem', 'Query'),
      of('DUE_TABLE', dueTimes.table, 'BatchWriteItem', 'Scan'),
      of('REPORTS_TABLE', reports.table, 'BatchWriteItem', 'Scan'),
      of('SEGMENTS_TABLE', segments.table, 'GetItem', 'Query'),
      of('RECOMMENDATIONS_TABLE', recommendations.table, 'GetItem'),
    );
  }

  /** To write files of the lake anew without some rows, and to delete what was overwritten or deleted for good. */
  private grantFiles({ bucket }: Lake, settings: StageSettings): Grant {
    const reached = lakeTables.filter((table) => isReached(table, settings));
    const prefixes = [...reached.map(({ name }) => `${name}/`), ...LOOKED_THROUGH];
    const reason = 'People are anywhere in the lake: files are found by what they hold.';
    return {
      environment: {},
      statements: [
        new PolicyStatement({
          actions: ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:GetObject', 's3:PutObject'],
          resources: prefixes.map((prefix) => bucket.arnForObjects(`${prefix}*`)),
        }),
        new PolicyStatement({
          actions: ['s3:GetObject', 's3:PutObject'],
          resources: [bucket.arnForObjects(SEALING_STATE)],
        }),
        new PolicyStatement({ actions: ['s3:ListBucketVersions'], resources: [bucket.bucketArn] }),
      ],
      explanations: prefixes.map((prefix) => explainPrefix(bucket, prefix, reason)),
    };
  }

  /** To delete results of queries, which may be anybody's. */
  private grantResults({ queries: { results } }: Lake): Grant<{ RESULTS_BUCKET: string }> {
    return {
      environment: { RESULTS_BUCKET: results.bucketName },
      statements: [
        new PolicyStatement({
          actions: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
          resources: [results.arnForObjects('*')],
        }),
        new PolicyStatement({ actions: ['s3:ListBucketVersions'], resources: [results.bucketArn] }),
      ],
      explanations: [explainPrefix(results, '', 'Athena names the result of a query by the id that it gives it.')],
    };
  }

  /** To hand out links to archives: whoever follows one reads by this permission. */
  private grantLinks({ bucket }: Lake): Grant<{ LAKE_BUCKET: string }> {
    return {
      environment: { LAKE_BUCKET: bucket.bucketName },
      statements: [
        new PolicyStatement({ actions: ['s3:GetObject'], resources: [bucket.arnForObjects(`${EXPORTS}*`)] }),
      ],
      explanations: [explainPrefix(bucket, EXPORTS, 'An archive is named by its request.')],
    };
  }

  private grantWake(): Grant<{ PRIVACY_WORKER: string }> {
    const { functionName, functionArn } = this.worker.lambda;
    return {
      environment: { PRIVACY_WORKER: functionName },
      statements: [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [functionArn] })],
    };
  }
}

/** Nobody stands in the audit log: it is out of reach, unless it is said how long it is kept. */
const isReached = ({ name }: LakeTable, { privacy }: StageSettings): boolean =>
  !name.startsWith('audit_log_') || privacy.retention.audit_log !== undefined;
