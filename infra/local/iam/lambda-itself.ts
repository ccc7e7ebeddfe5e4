import type { Resource } from '../deploy/deployer.ts';
import type { FunctionSpec, MappingSpec } from '../deploy/local-parts.ts';
import type { Need } from './need.ts';
import { arnOf } from './needs/arn.ts';

/**
 * What Lambda asks of a function's role before it makes an event source mapping on a stream: without these, the
 * deployment fails.
 */
export function needsOfMapping({ streamArn, failureBucket, uuid }: MappingSpec): Need[] {
  const onStream = ['DescribeStream', 'DescribeStreamSummary', 'GetRecords', 'GetShardIterator', 'ListShards'];
  const bucket = `arn:aws:s3:::${failureBucket}`;
  return [
    ...onStream.map((action) => ({ action: `kinesis:${action}`, resource: streamArn })),
    ...(failureBucket === undefined
      ? []
      : [
          { action: 's3:ListBucket', resource: bucket },
          { action: 's3:PutObject', resource: `${bucket}/aws/lambda/${uuid}/*` },
        ]),
  ];
}

/** What Lambda does in the name of a function with a log group of its own: without these, its output is lost. */
export function needsOfLogs({ functionName }: FunctionSpec, { properties }: Resource): Need[] {
  const { LogGroup: group } = (properties.LoggingConfig ?? {}) as { readonly LogGroup?: string };
  if (group === undefined) return [];
  const resource = arnOf('logs', `log-group:${group}:log-stream:${functionName}`);
  return ['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => ({ action, resource }));
}
