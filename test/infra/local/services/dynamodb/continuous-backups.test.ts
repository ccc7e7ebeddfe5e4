import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { eachWithPeople, TableName } from './people-table.ts';

const people = eachWithPeople();

const backUp = (isOn: boolean, table = TableName) =>
  people.dynamodb.updateContinuousBackups({
    TableName: table,
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: isOn },
  });

const put = (id: string, town: string) =>
  people.dynamodb.putItem({ TableName, Item: { id: { S: id }, town: { S: town } } });
const remove = (id: string) => people.dynamodb.deleteItem({ TableName, Key: { id: { S: id } } });
const contents = async (table: string) => {
  const { Items = [] } = await people.dynamodb.scan({ TableName: table });
  return Object.fromEntries(Items.map(({ id, town }) => [id?.S, town?.S]).toSorted());
};
/** A moment that nothing else happens at. */
const moment = async () => {
  await sleep(5);
  const now = new Date();
  await sleep(5);
  return now;
};
const restore = (RestoreDateTime: Date, TargetTableName = 'restored') =>
  people.dynamodb.restoreTableToPointInTime({ SourceTableName: TableName, TargetTableName, RestoreDateTime });

test('restores what was changed, made and deleted since then, into another table', async () => {
  await put('before', 'Brno');
  await backUp(true);
  await put('changed', 'Brno');
  await put('deleted', 'Brno');
  const then = await moment();
  await put('changed', 'Praha');
  await put('changed', 'Plzeň');
  await remove('deleted');
  await people.dynamodb.batchWriteItem({
    RequestItems: {
      [TableName]: [
        { PutRequest: { Item: { id: { S: 'made' }, town: { S: 'Brno' } } } },
        { DeleteRequest: { Key: { id: { S: 'before' } } } },
      ],
    },
  });

  await restore(then);

  expect(await contents('restored')).toEqual({ before: 'Brno', changed: 'Brno', deleted: 'Brno' });
  expect(await contents(TableName)).toEqual({ changed: 'Plzeň', made: 'Brno' });
});

test('restores indexes, too', async () => {
  await backUp(true);
  await put('a', 'Brno');
  const then = await moment();
  await put('a', 'Praha');

  await restore(then);

  const { Items } = await people.dynamodb.query({
    TableName: 'restored',
    IndexName: 'towns',
    KeyConditionExpression: 'town = :town',
    ExpressionAttributeValues: { ':town': { S: 'Brno' } },
  });
  expect(Items).toHaveLength(1);
});

test('keeps its history over a restart', async () => {
  await backUp(true);
  await put('a', 'Brno');
  const then = await moment();
  await put('a', 'Praha');
  await people.close();
  await people.start();
  await put('a', 'Plzeň');

  await restore(then);

  expect(await contents('restored')).toEqual({ a: 'Brno' });
});

test('a restored table takes the place of the one that it was restored from', async () => {
  await backUp(true);
  await put('a', 'Brno');
  const then = await moment();
  await put('a', 'Praha');
  await restore(then);
  await backUp(true, 'restored');
  await people.dynamodb.deleteTable({ TableName });
  await expect.poll(() => people.dynamodb.describeTable({ TableName }).catch(({ name }) => name)).toMatch(/NotFound/);

  await people.dynamodb.restoreTableToPointInTime({
    SourceTableName: 'restored',
    TargetTableName: TableName,
    UseLatestRestorableTime: true,
  });

  expect(await contents(TableName)).toEqual({ a: 'Brno' });
  await expect(restore(then, 'again')).rejects.toMatchObject({ name: 'PointInTimeRecoveryUnavailableException' });
});

test('refuses what it cannot restore', async () => {
  const before = await moment();
  await expect(restore(before)).rejects.toMatchObject({ name: 'PointInTimeRecoveryUnavailableException' });
  await backUp(true);
  await expect(restore(before)).rejects.toMatchObject({ name: 'InvalidRestoreTimeException' });
  await expect(restore(new Date(Date.now() + 60_000))).rejects.toMatchObject({ name: 'InvalidRestoreTimeException' });
  await expect(restore(await moment(), TableName)).rejects.toMatchObject({ name: 'TableAlreadyExistsException' });
  await backUp(false);
  await expect(restore(new Date())).rejects.toMatchObject({ name: 'PointInTimeRecoveryUnavailableException' });
});
