import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import { eventually } from './eventually.ts';

/** Turns recovery to a point in time on, as the template does on AWS. */
export async function backUp(dynamodb: DynamoDB, TableName: string): Promise<void> {
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
  await dynamodb.updateContinuousBackups({ TableName, PointInTimeRecoverySpecification });
}

/**
 * Makes a table what it was at a time. A restore makes another table: this one is deleted, and the other restored to its
 * name, so that nothing that knows the table has to learn another.
 */
export async function restoreTable(dynamodb: DynamoDB, TableName: string, time: Date): Promise<void> {
  const aside = `${TableName}-restored`;
  await dynamodb.restoreTableToPointInTime({
    SourceTableName: TableName,
    TargetTableName: aside,
    RestoreDateTime: time,
  });
  await isThere(dynamodb, aside);
  await backUp(dynamodb, aside);
  await dynamodb.deleteTable({ TableName });
  await isGone(dynamodb, TableName);
  await dynamodb.restoreTableToPointInTime({
    SourceTableName: aside,
    TargetTableName: TableName,
    UseLatestRestorableTime: true,
  });
  await isThere(dynamodb, TableName);
  await backUp(dynamodb, TableName);
  await dynamodb.deleteTable({ TableName: aside });
}

const isThere = (dynamodb: DynamoDB, TableName: string) =>
  eventually(async () => (await dynamodb.describeTable({ TableName })).Table?.TableStatus === 'ACTIVE');

const isGone = (dynamodb: DynamoDB, TableName: string) =>
  eventually(() =>
    dynamodb.describeTable({ TableName }).then(
      () => false,
      ({ name }) => name === 'ResourceNotFoundException',
    ),
  );
