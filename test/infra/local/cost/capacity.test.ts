import fc from 'fast-check';
import { expect, test } from 'vitest';
import { billOf, dollarsBy } from '../../../../infra/local/cost/bill.ts';
import { provisioned } from '../../../../infra/local/cost/capacity.ts';
import { monthOf } from '../../../../infra/local/cost/month.ts';
import { provisionedTables, undeleteDaysOf } from '../../../../infra/local/cost/stage-facts.ts';
import { profiles } from '../../../../infra/local/cost/traffic.ts';
import { aSample, aUsage } from './a-sample.ts';

const TABLE = 'ProfilesTable0A1B2C3D';
const capacity = { leastWrites: 5, leastReads: 10, utilisation: 0.5 };
const tables = new Map([[TABLE, capacity]]);
const writes = (quantity: number, table?: string) =>
  ({ driver: 'Updater', unit: 'dynamodbWriteUnits', growth: 'event', quantity, table }) as const;

test('units of a provisioned table are paid by the hour, at the share that is used', () => {
  // 36 million writes are 10,000 hours of one a second.
  const [line] = provisioned([writes(36_000_000, TABLE)], tables);
  expect(line).toEqual({ driver: 'Updater', unit: 'dynamodbWriteHours', growth: 'event', quantity: 20_000 });
});

test('what a table always has is paid by the month, but for what is used of it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e8 }), (quantity) => {
      const lines = provisioned([writes(quantity, TABLE)], tables).filter(({ unit }) => unit === 'dynamodbWriteHours');
      const hours = lines.reduce((sum, line) => sum + line.quantity, 0);
      expect(hours).toBeCloseTo(Math.max(5 * 730, quantity / 3600 / 0.5), 6);
    }),
  );
});

test('units of other tables are paid by request', () => {
  const lines = provisioned([writes(5), writes(6, 'KeysTable0A1B2C3D')], tables);
  expect(lines.slice(0, 2).map(({ unit, quantity }) => [unit, quantity])).toEqual([
    ['dynamodbWriteUnits', 5],
    ['dynamodbWriteUnits', 6],
  ]);
});

test('a month on provisioned tables costs less by events, and more by the month', () => {
  const usage = [
    aUsage({ operation: 'PutItem', resource: `stack-${TABLE}`, unit: 'dynamodbWriteUnits', quantity: 250 }),
  ];
  const bill = (choices: Parameters<typeof monthOf>[2]) =>
    billOf(30e6, monthOf(aSample({ usage }), profiles.medium, choices));
  const [onDemand, fixed] = [bill({ tables: new Map() }), bill({ tables })];
  expect(dollarsBy(fixed, 'event')).toBeLessThan(dollarsBy(onDemand, 'event'));
  expect(dollarsBy(fixed, 'month')).toBeGreaterThan(dollarsBy(onDemand, 'month'));
});

test('tells from a stage what is provisioned, and how long deleted files stay', () => {
  const resource = (logicalId: string, type: string, properties: object) =>
    [logicalId, { logicalId, type, properties: properties as Record<string, unknown> }] as const;
  const resources = new Map([
    resource(TABLE, 'AWS::DynamoDB::Table', {
      ProvisionedThroughput: { ReadCapacityUnits: 10, WriteCapacityUnits: 5 },
    }),
    resource('KeysTable0A1B2C3D', 'AWS::DynamoDB::Table', { BillingMode: 'PAY_PER_REQUEST' }),
    resource('Policy', 'AWS::ApplicationAutoScaling::ScalingPolicy', {
      TargetTrackingScalingPolicyConfiguration: { TargetValue: 50 },
    }),
    resource('LakeBucket0A1B2C3D', 'AWS::S3::Bucket', {
      LifecycleConfiguration: { Rules: [{ NoncurrentVersionExpiration: { NoncurrentDays: 30 } }, {}] },
    }),
  ]);
  expect(provisionedTables(resources)).toEqual(tables);
  expect(undeleteDaysOf(resources)).toBe(30);
  expect(undeleteDaysOf(new Map())).toBe(0);
});
