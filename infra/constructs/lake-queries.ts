import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { StageSettings } from '../settings/stage.ts';
import { PrivateBucket } from './private-bucket.ts';

export interface LakeQueriesProps {
  readonly stage: string;
  readonly settings: StageSettings;
  readonly accessLogs: Bucket;
}

/**
 * Owns the Athena workgroup `headwater-<stage>`, and the bucket of its results, which forgets them by itself.
 *
 * May fail: a query that would read more than the limit is stopped, and says so: name the days that it needs, or
 * raise `queryScanLimitBytes`. Nobody can set the encryption, the place of results or the limit aside.
 */
export class LakeQueries extends Construct {
  readonly workGroupName: string;
  readonly results: PrivateBucket;

  constructor(scope: Construct, id: string, { stage, settings, accessLogs }: LakeQueriesProps) {
    super(scope, id);
    this.workGroupName = `headwater-${stage}`;

    this.results = new PrivateBucket(this, 'Results', {
      keepData: false,
      undeleteDays: 1,
      expireAfterDays: settings.lake.resultDays,
      accessLogs,
    });
    new CfnWorkGroup(this, 'WorkGroup', {
      name: this.workGroupName,
      description: 'Queries of the Headwater lake.',
      recursiveDeleteOption: !settings.keepData,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        bytesScannedCutoffPerQuery: settings.queryScanLimitBytes,
        engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
        resultConfiguration: {
          outputLocation: this.results.s3UrlForObject(),
          encryptionConfiguration: { encryptionOption: 'SSE_S3' },
        },
      },
    });
  }
}
