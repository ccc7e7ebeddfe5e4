import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { CATALOG_SNAPSHOT, catalogItems } from '../../schemas/lake/catalog-table.ts';
import { lakeMarks } from '../../schemas/lake/tables.ts';
import { trainingFolder } from '../../schemas/lake/training-tables.ts';
import type { TrainingCall, TrainingSettings } from '../../schemas/training.ts';
import type { StageSettings } from '../settings/stage.ts';
import type { Catalog } from './catalog.ts';
import { explainPrefix } from './explain-prefix.ts';
import { allOf, type Grant } from './grant.ts';
import { HeadwaterFunction } from './headwater-function.ts';
import type { Lake } from './lake.ts';
import { OnSchedule } from './on-schedule.ts';
import { PrivateTable } from './private-table.ts';

export interface RecommendationsProps {
  readonly lake: Lake;
  readonly catalog: Catalog;
  readonly settings: StageSettings;
}

/** Days after which these files go though no later training has removed them. */
const TRAINING_DAYS = 14;
const nightly: TrainingCall = { nightly: true };

/**
 * Owns recommendations: the table of models, and the trainer that makes a new version of the model each night, by queries of
 * the lake, and has it served when it is no worse than the one before. `npm run train` begins a training at once.
 *
 * Costs: a training reads the interactions of the lake some ten to thirty times, as it weighs parameters; a version of
 * 40,000 items is about 160,000 write units, 0.10 $, and goes by itself after 60 days.
 *
 * May fail: a query of the lake is refused or stopped, or the table throttles; a training goes on where it stopped, within
 * five minutes, and until a new version is whole the last one is served. The alarm `TrainingErrors` means that a training
 * was given up: see its log. `TrainingStale` means that for three days no version was published though there was something
 * to learn from: recommendations go on by the last one, which knows nothing newer. `ModelRefused` means that a version was
 * worth less than the one before by more than the tolerance: see the list of trainings, whether tracking broke, or the shop
 * has changed so much that `recommendations.tolerance` should be larger for a night.
 */
export class Recommendations extends Construct {
  readonly table: PrivateTable;
  readonly trainer: HeadwaterFunction<'trainer'>;
  /** Trainings that ended well: a version was published, or there was nothing to learn from. */
  readonly upToDate: Metric;
  /** Versions that were not published because they were worse. */
  readonly refused: Metric;

  constructor(scope: Construct, id: string, { lake, catalog, settings }: RecommendationsProps) {
    super(scope, id);
    const { stackName: namespace } = Stack.of(this);
    const { schedule, method, tolerance, tuningSeconds, blend } = settings.recommendations;
    const training: TrainingSettings = { method, tolerance, tuningSeconds, ...(blend !== 'tuned' && { blend }) };

    this.table = new PrivateTable(this, 'Table', { partitionKey: 'pk', keepData: settings.keepData });
    this.trainer = new HeadwaterFunction(this, 'Trainer', {
      name: 'trainer',
      description: 'Trains the model of recommendations by queries of the lake.',
      grants: allOf(
        this.grant('BatchWriteItem', 'GetItem', 'PutItem'),
        lake.grantStartQuery(),
        grantTraining(lake),
        grantSnapshot(lake),
        catalog.grantLearn(),
        {
          environment: { TRAINING_SETTINGS: JSON.stringify(training), METRICS_NAMESPACE: namespace },
          statements: [],
        },
      ),
      settings,
      timeout: Duration.minutes(15),
    });
    this.upToDate = new Metric({ namespace, metricName: 'TrainingsUpToDate', statistic: 'Sum' });
    this.refused = new Metric({ namespace, metricName: 'ModelsRefused', statistic: 'Sum' });
    new OnSchedule(this, 'Nightly', {
      invokes: this.trainer.lambda,
      description: 'Trains the model of recommendations.',
      schedule: ScheduleExpression.expression(schedule),
      input: nightly,
    });
    new OnSchedule(this, 'Clock', {
      invokes: this.trainer.lambda,
      description: 'Goes on with trainings that stopped.',
      schedule: ScheduleExpression.rate(Duration.minutes(5)),
    });
    lake.bucket.addLifecycleRule({ prefix: trainingFolder, expiration: Duration.days(TRAINING_DAYS) });
  }

  /** To read versions and how trainings ended. */
  grantRead(): Grant<{ RECOMMENDATIONS_TABLE: string }> {
    return this.grant('BatchGetItem', 'GetItem');
  }

  private grant(...actions: string[]): Grant<{ RECOMMENDATIONS_TABLE: string }> {
    return {
      environment: { RECOMMENDATIONS_TABLE: this.table.tableName },
      statements: [this.table.allow(...actions)],
    };
  }
}

/** To write snapshots of the catalog and the mark that shows one, and to delete old ones. */
function grantSnapshot({ bucket }: Lake): Grant {
  const folder = `${catalogItems.name}/`;
  const allow = (actions: string[], path: string) =>
    new PolicyStatement({ actions, resources: [bucket.arnForObjects(path)] });
  return {
    environment: {},
    statements: [
      allow(['s3:DeleteObject', 's3:PutObject'], `${folder}*`),
      allow(['s3:PutObject'], `${lakeMarks.name}/${CATALOG_SNAPSHOT}.parquet`),
    ],
    explanations: [explainPrefix(bucket, folder, 'A file is named after its day, its snapshot and its part.')],
  };
}

/** To have queries write what they compute, to read that, and to delete it. The grant to query has the listing. */
function grantTraining({ bucket }: Lake): Grant<{ LAKE_BUCKET: string }> {
  return {
    environment: { LAKE_BUCKET: bucket.bucketName },
    statements: [
      new PolicyStatement({
        actions: ['s3:AbortMultipartUpload', 's3:DeleteObject', 's3:GetObject', 's3:PutObject'],
        resources: [bucket.arnForObjects(`${trainingFolder}*`)],
      }),
    ],
    explanations: [explainPrefix(bucket, trainingFolder, 'Athena names the files of an UNLOAD by itself.')],
  };
}
