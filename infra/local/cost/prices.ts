import type { BillingUnit } from '../gateway/billing-units.ts';

/** What is charged for time or for what lies somewhere, beside what the gateway counts. */
export type MonthlyUnit =
  | 'streamHours'
  | 'shardHours'
  | 'extendedShardHours'
  | 'extendedBytes'
  | 'dynamodbWriteHours'
  | 'dynamodbReadHours'
  | 'dynamodbStoredBytes'
  | 'dynamodbBackupBytes'
  | 's3StoredBytes'
  | 'schedulerRuns'
  | 'alarmMetrics'
  | 'customMetrics'
  | 'dashboards'
  | 'firehoseBytes'
  | 'firehoseConversionBytes';

export type PricedUnit = BillingUnit | MonthlyUnit;

export interface Price {
  readonly service: string;
  readonly dollars: number;
  /** How many units the dollars buy. */
  readonly per: number;
  /** The unit in words. */
  readonly unit: string;
  /** The page of AWS that names the price. */
  readonly source: string;
}

const GB = 1024 ** 3;
const of =
  (service: string, source: string) =>
  (dollars: number, per: number, unit: string): Price => ({
    service,
    dollars,
    per,
    unit,
    source,
  });

const dynamodb = of('DynamoDB', 'Amazon DynamoDB pricing, on-demand capacity, Standard table class');
const provisioned = of('DynamoDB', 'Amazon DynamoDB pricing, provisioned capacity, Standard table class');
const kinesis = of('Kinesis', 'Amazon Kinesis Data Streams pricing');
const s3 = of('S3', 'Amazon S3 pricing, S3 Standard');
const sqs = of('SQS', 'Amazon SQS pricing');
const lambda = of('Lambda', 'AWS Lambda pricing, Arm');
const cloudwatch = of('CloudWatch', 'Amazon CloudWatch pricing');
const firehose = of('Firehose', 'Amazon Data Firehose pricing, Direct PUT');

/**
 * List prices of one region at one date, in US dollars; the first tier, and no free tier. To change a price, change it here
 * and the date with it.
 */
export const priceTable = {
  region: 'us-east-1',
  date: '2026-08',
  prices: {
    httpApiRequests: of('API Gateway', 'Amazon API Gateway pricing, HTTP APIs')(1, 1e6, 'requests of 512 KB'),
    lambdaRequests: lambda(0.2, 1e6, 'requests'),
    lambdaGbSeconds: lambda(0.0000133334, 1, 'GB-seconds'),
    kinesisBytesIn: kinesis(0.08, GB, 'GB in, on demand, records rounded up to 1 KB'),
    kinesisBytesOut: kinesis(0.04, GB, 'GB out, on demand'),
    kinesisPutUnits: kinesis(0.014, 1e6, 'PUT payload units of 25 KB, provisioned'),
    streamHours: kinesis(0.04, 1, 'stream-hours, on demand'),
    shardHours: kinesis(0.015, 1, 'shard-hours, provisioned'),
    extendedShardHours: kinesis(0.02, 1, 'shard-hours of retention beyond 24 hours, provisioned'),
    extendedBytes: kinesis(0.1, GB, 'GB-months of retention beyond 24 hours, on demand'),
    dynamodbWriteUnits: dynamodb(0.625, 1e6, 'write request units of 1 KB'),
    dynamodbReadUnits: dynamodb(0.125, 1e6, 'read request units of 4 KB'),
    dynamodbWriteHours: provisioned(0.00065, 1, 'hours of a write unit a second, provisioned'),
    dynamodbReadHours: provisioned(0.00013, 1, 'hours of a read unit a second, provisioned'),
    dynamodbStoredBytes: dynamodb(0.25, GB, 'GB-months'),
    dynamodbBackupBytes: dynamodb(0.2, GB, 'GB-months of point-in-time recovery'),
    s3WriteRequests: s3(0.005, 1e3, 'PUT, COPY, POST and LIST requests'),
    s3ReadRequests: s3(0.0004, 1e3, 'GET and other requests'),
    s3StoredBytes: s3(0.023, GB, 'GB-months'),
    sqsRequests: sqs(0.4, 1e6, 'requests of 64 KB'),
    sqsFifoRequests: sqs(0.5, 1e6, 'requests of 64 KB, FIFO'),
    athenaBytes: of('Athena', 'Amazon Athena pricing, SQL queries')(5, 1024 ** 4, 'TB scanned, 10 MB a query at least'),
    logBytes: cloudwatch(0.5, GB, 'GB of logs taken in'),
    alarmMetrics: cloudwatch(0.1, 1, 'metrics of alarms'),
    customMetrics: cloudwatch(0.3, 1, 'custom metrics'),
    dashboards: cloudwatch(3, 1, 'dashboards'),
    schedulerRuns: of('EventBridge', 'Amazon EventBridge pricing, Scheduler')(1, 1e6, 'invocations'),
    firehoseBytes: firehose(0.029, GB, 'GB in, records rounded up to 5 KB'),
    firehoseConversionBytes: firehose(0.018, GB, 'GB converted to Parquet'),
  } satisfies Record<PricedUnit, Price>,
} as const;

export const priceOf = (unit: PricedUnit): Price => priceTable.prices[unit];

/** US dollars. */
export function dollarsOf(unit: PricedUnit, quantity: number): number {
  const { dollars, per } = priceOf(unit);
  return (quantity * dollars) / per;
}
