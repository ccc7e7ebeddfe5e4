import type { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Stack, Validations } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/**
 * Says to the security checks why the policies below `scope` name a prefix of `bucket` and not single objects.
 *
 * Exact, so that any other wildcard is still found.
 */
export function explainPrefix(scope: IConstruct, bucket: Bucket, prefix: string, reason: string): void {
  const logicalId = Stack.of(scope).getLogicalId(bucket.node.defaultChild as CfnBucket);
  Validations.of(scope).acknowledge({ id: `AwsSolutions-IAM5[Resource::<${logicalId}.Arn>/${prefix}*]`, reason });
}
