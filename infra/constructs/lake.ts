import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { ArnFormat, Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { LakeTable } from '../../schemas/lake/column.ts';
import { SEALED_BEFORE } from '../../schemas/lake/sealed-tables.ts';
import {
  catalogItems,
  lakeMarks,
  lakeTables,
  landedTables,
  profileSnapshots,
  sealedIds,
  sealedTables,
  visitPartsSealed,
} from '../../schemas/lake/tables.ts';
import { VISITS_BEFORE } from '../../schemas/lake/visit-table.ts';
import type { StageSettings } from '../settings/stage.ts';
import type { EventStream } from './event-stream.ts';
import { explainPrefix } from './explain-prefix.ts';
import { allOf, type Grant } from './grant.ts';
import { HeadwaterFunction } from './headwater-function.ts';
import { identityRules } from './identity-rules.ts';
import { LakeCatalog } from './lake-catalog.ts';
import { LakeQueries } from './lake-queries.ts';
import type { PrivacyRegister } from './privacy-register.ts';
import { PrivateBucket } from './private-bucket.ts';
import { StreamConsumer } from './stream-consumer.ts';

/** Where the writer marks how far it has read, for whoever waits for that. */
const BARRIERS = 'barriers/';
/** Where the sealer keeps how far it is. */
const SEALING_STATE = 'sealing/state.json';

export interface LakeProps {
  readonly stage: string;
  readonly stream: EventStream;
  readonly register: PrivacyRegister;
  readonly settings: StageSettings;
  readonly accessLogs: Bucket;
}

/**
 * Owns the lake: the bucket of Parquet files, the writer that lands the stream in it, the catalog that makes tables
 * and views of the files, and the workgroup in which they are queried.
 *
 * May fail: a batch is not written (it is retried: a file is named after what it holds, so that it overwrites
 * itself). The alarms are the consumer's; while they ring, tables and reports are stale but not wrong.
 */
export class Lake extends Construct {
  readonly bucket: PrivateBucket;
  readonly catalog: LakeCatalog;
  readonly queries: LakeQueries;
  readonly landing: StreamConsumer;

  constructor(scope: Construct, id: string, { stage, stream, register, settings, accessLogs }: LakeProps) {
    super(scope, id);

    this.bucket = new PrivateBucket(this, 'Bucket', {
      keepData: settings.keepData,
      undeleteDays: settings.lake.undeleteDays,
      tieringAfterDays: settings.lake.tieringAfterDays,
      passing: [BARRIERS],
      termDays: {
        [`${profileSnapshots.name}/`]: settings.profileSnapshots.keepDays,
        [`${catalogItems.name}/`]: settings.profileSnapshots.keepDays,
      },
      accessLogs,
    });
    this.catalog = new LakeCatalog(this, 'Catalog', {
      stage,
      bucket: this.bucket,
      reportingCurrency: settings.reportingCurrency,
    });
    this.queries = new LakeQueries(this, 'Queries', { stage, settings, accessLogs });

    const writer = new HeadwaterFunction(this, 'Writer', {
      name: 'lake-writer',
      description: 'Lands the stream in the lake, as received and cleaned.',
      grants: allOf(this.grantWrite(), register.grantGuard(), identityRules(settings)),
      settings,
      timeout: Duration.minutes(2),
    });
    this.landing = new StreamConsumer(this, 'Landing', {
      consumer: writer.lambda,
      source: stream,
      settings: settings.lakeWriter,
    });
  }

  /** To query and wait for the answer: it comes from Athena a page at a time, and a query that takes too long is stopped. */
  grantQuery(): Grant<{ ATHENA_DATABASE: string; ATHENA_WORKGROUP: string }> {
    return this.queryBy(lakeTables, 'athena:GetQueryResults', 'athena:StopQueryExecution');
  }

  /**
   * To start queries, to see later how far they are, and to read their results as files. Whoever may read the files of some
   * tables by another grant names the others: a role's policy has not much room.
   */
  grantStartQuery(
    tables: readonly LakeTable[] = lakeTables,
  ): Grant<{ ATHENA_DATABASE: string; ATHENA_WORKGROUP: string }> {
    return this.queryBy(tables);
  }

  /** To query tables and views as Athena does: by the caller's own permissions on the catalog and the files. */
  private queryBy(
    tables: readonly LakeTable[],
    ...actions: string[]
  ): Grant<{ ATHENA_DATABASE: string; ATHENA_WORKGROUP: string }> {
    const { results, workGroupName } = this.queries;
    const workGroup = Stack.of(this).formatArn({
      service: 'athena',
      resource: 'workgroup',
      resourceName: workGroupName,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    const allow = (actions: string[], ...resources: string[]) => new PolicyStatement({ actions, resources });
    return {
      environment: { ATHENA_DATABASE: this.catalog.databaseName, ATHENA_WORKGROUP: workGroupName },
      statements: [
        allow(['athena:GetQueryExecution', 'athena:StartQueryExecution', ...actions], workGroup),
        allow(['glue:GetDatabase', 'glue:GetPartitions', 'glue:GetTable'], ...this.catalog.arns),
        allow(['s3:GetBucketLocation', 's3:ListBucket'], this.bucket.bucketArn, results.bucketArn),
        ...(tables.length === 0
          ? []
          : [allow(['s3:GetObject'], ...tables.map(({ name }) => this.bucket.arnForObjects(`${name}/*`)))]),
        allow(['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'], results.arnForObjects('*')),
      ],
      explanations: [
        this.catalog.explanation,
        ...tables.map(({ name }) => explainPrefix(this.bucket, `${name}/`, 'A query reads the files of its days.')),
        explainPrefix(results, '', 'Athena names the result of a query by the id that it gives it.'),
      ],
    };
  }

  /** To see how far the writer has read: it marks each barrier that it passed. */
  grantBarriers(): Grant<{ LAKE_BUCKET: string }> {
    return {
      environment: { LAKE_BUCKET: this.bucket.bucketName },
      statements: [new PolicyStatement({ actions: ['s3:ListBucket'], resources: [this.bucket.bucketArn] })],
    };
  }

  /** To seal days: to read what landed and write it anew, to move the boundary, and to delete what nobody reads. */
  grantSeal(graceHours: number): Grant<{ LAKE_BUCKET: string; LANDED_GRACE_HOURS: string }> {
    const below = (name: string) => this.bucket.arnForObjects(`${name}/*`);
    const allow = (actions: string[], ...resources: string[]) => new PolicyStatement({ actions, resources });
    const names = [...landedTables, ...sealedTables, visitPartsSealed, sealedIds].map(({ name }) => name);
    const marks = [SEALED_BEFORE, VISITS_BEFORE].map((mark) => `${lakeMarks.name}/${mark}.parquet`);
    const single = [...marks, SEALING_STATE].map((key) => this.bucket.arnForObjects(key));
    const reason = 'A file of a table is named by its day and by what it holds.';
    return {
      environment: { LAKE_BUCKET: this.bucket.bucketName, LANDED_GRACE_HOURS: String(graceHours) },
      statements: [
        allow(['s3:ListBucket'], this.bucket.bucketArn),
        allow(['s3:GetObject', 's3:PutObject'], ...names.map(below), ...single),
        allow(['s3:DeleteObject'], ...names.map(below)),
      ],
      explanations: names.map((name) => explainPrefix(this.bucket, `${name}/`, reason)),
    };
  }

  private grantWrite(): Grant<{ LAKE_BUCKET: string }> {
    const prefixes = [...landedTables.map(({ name }) => `${name}/`), BARRIERS];
    return {
      environment: { LAKE_BUCKET: this.bucket.bucketName },
      statements: [
        new PolicyStatement({
          actions: ['s3:PutObject'],
          resources: prefixes.map((prefix) => this.bucket.arnForObjects(`${prefix}*`)),
        }),
      ],
      explanations: prefixes.map((prefix) =>
        explainPrefix(this.bucket, prefix, 'A file is named by what it holds: its day or barrier, shard and number.'),
      ),
    };
  }
}
