import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type IBucket,
  ObjectOwnership,
  StorageClass,
} from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

export interface PrivateBucketProps {
  /** Whether the bucket outlives the stack. Otherwise CloudFormation deletes it, once it is empty. */
  readonly keepData: boolean;
  /** Days that overwritten and deleted objects can be brought back. */
  readonly undeleteDays: number;
  /** @default objects stay */
  readonly expireAfterDays?: number;
  /** Prefixes of what is worth nothing after a week. @default none */
  readonly passing?: readonly string[];
  /** Days that objects stay whose keys begin so. @default none have a term of their own */
  readonly termDays?: Readonly<Record<string, number>>;
  /** @default objects stay in the standard class */
  readonly tieringAfterDays?: number;
  /** Where S3 logs requests. @default requests are not logged */
  readonly accessLogs?: Bucket;
}

/**
 * Owns a bucket of personal data: private, encrypted, by TLS only, versioned, and nothing lingers in it unseen.
 *
 * A write may be throttled (503) when one prefix takes more than 3,500 a second; the SDK retries it.
 */
export class PrivateBucket extends Bucket {
  constructor(scope: Construct, id: string, props: PrivateBucketProps) {
    super(scope, id, {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      versioned: true,
      removalPolicy: props.keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      lifecycleRules: [
        {
          abortIncompleteMultipartUploadAfter: Duration.days(1),
          noncurrentVersionExpiration: Duration.days(props.undeleteDays),
          ...(props.expireAfterDays && { expiration: Duration.days(props.expireAfterDays) }),
          ...(props.tieringAfterDays && {
            transitions: [
              {
                storageClass: StorageClass.INTELLIGENT_TIERING,
                transitionAfter: Duration.days(props.tieringAfterDays),
              },
            ],
          }),
        },
        ...(props.passing ?? []).map((prefix) => ({ prefix, expiration: Duration.days(7) })),
        ...Object.entries(props.termDays ?? {}).map(([prefix, days]) => ({ prefix, expiration: Duration.days(days) })),
      ],
      ...(props.accessLogs && {
        serverAccessLogsBucket: props.accessLogs as IBucket,
        serverAccessLogsPrefix: `${scope.node.id}/${id}/`,
      }),
    });
  }
}
