import type { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Stack } from 'aws-cdk-lib/core';
import type { Explanation } from './grant.ts';

/**
 * Says to the security checks why a policy names a prefix of `bucket` and not single objects.
 *
 * Exact, so that any other wildcard is still found.
 */
export function explainPrefix(bucket: Bucket, prefix: string, reason: string): Explanation {
  const logicalId = Stack.of(bucket).getLogicalId(bucket.node.defaultChild as CfnBucket);
  return { id: `AwsSolutions-IAM5[Resource::<${logicalId}.Arn>/${prefix}*]`, reason };
}
