import { athenaNeeds } from './athena.ts';
import { dynamodbNeeds } from './dynamodb.ts';
import { kinesisNeeds } from './kinesis.ts';
import { lambdaNeeds } from './lambda.ts';
import type { ServiceNeeds } from './needs-of.ts';
import { s3Needs } from './s3.ts';
import { sqsNeeds } from './sqs.ts';

/** What each operation of each local service needs, by the service's signing name. */
export function needsOfAllServices(): ReadonlyMap<string, ServiceNeeds> {
  return new Map([
    ['athena', athenaNeeds()],
    ['dynamodb', dynamodbNeeds],
    ['kinesis', kinesisNeeds],
    ['lambda', lambdaNeeds],
    ['s3', s3Needs],
    ['sqs', sqsNeeds],
  ]);
}
