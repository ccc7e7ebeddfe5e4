import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { landedTables } from '../../schemas/lake/tables.ts';
import type { StageSettings } from '../config.ts';
import type { EventStream } from './event-stream.ts';
import { explainPrefix } from './explain-prefix.ts';
import type { Grant } from './grant.ts';
import { HeadwaterFunction } from './headwater-function.ts';
import { LakeCatalog } from './lake-catalog.ts';
import { LakeQueries } from './lake-queries.ts';
import { PrivateBucket } from './private-bucket.ts';
import { StreamConsumer } from './stream-consumer.ts';

export interface LakeProps {
  readonly stage: string;
  readonly stream: EventStream;
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

  constructor(scope: Construct, id: string, { stage, stream, settings, accessLogs }: LakeProps) {
    super(scope, id);

    this.bucket = new PrivateBucket(this, 'Bucket', {
      keepData: settings.keepData,
      undeleteDays: settings.lake.undeleteDays,
      tieringAfterDays: settings.lake.tieringAfterDays,
      accessLogs,
    });
    this.catalog = new LakeCatalog(this, 'Catalog', { stage, bucket: this.bucket });
    this.queries = new LakeQueries(this, 'Queries', { stage, settings, accessLogs });

    const writer = new HeadwaterFunction(this, 'Writer', {
      name: 'lake-writer',
      description: 'Lands the stream in the lake, as received and cleaned.',
      grants: this.grantWrite(),
      settings,
      timeout: Duration.minutes(2),
    });
    for (const { name } of landedTables) {
      explainPrefix(writer, this.bucket, `${name}/`, 'A file is named by its day, shard and sequence number.');
    }
    this.landing = new StreamConsumer(this, 'Landing', {
      consumer: writer.lambda,
      source: stream,
      settings: settings.lakeWriter,
    });
  }

  private grantWrite(): Grant<{ LAKE_BUCKET: string }> {
    const resources = landedTables.map(({ name }) => this.bucket.arnForObjects(`${name}/*`));
    return {
      environment: { LAKE_BUCKET: this.bucket.bucketName },
      statements: [new PolicyStatement({ actions: ['s3:PutObject'], resources })],
    };
  }
}
