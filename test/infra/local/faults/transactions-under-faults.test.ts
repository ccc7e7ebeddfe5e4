import { afterEach, expect, test, vi } from 'vitest';
import { createDynamoDb } from '../../../../functions/adapters/dynamodb.ts';
import { type InjectedFault, injecting } from '../../../../infra/local/faults/injecting.ts';
import { createDynamoDbService } from '../../../../infra/local/services/dynamodb.ts';
import { createTable } from '../../../functions/adapters/segments-table.ts';
import { startLocalAws } from '../services/local-aws.ts';

afterEach(() => vi.unstubAllEnvs());

test('each transaction of a function counts once on every item, whatever befalls its calls', async () => {
  const faults: InjectedFault[] = [];
  const late: Promise<unknown>[] = [];
  const station = injecting({
    seed: 'transactions',
    rate: 0.4,
    isOn: () => true,
    onFault: (fault) => faults.push(fault),
    onLate: (work) => late.push(work),
  });
  await using aws = await startLocalAws([createDynamoDbService], { stations: [station] });
  await createTable(aws, 'counts', 'pk', 'sk');
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ENDPOINT_URL', aws.gateway.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'HWUpdater');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'a secret');
  const dynamoDb = createDynamoDb({ attempts: 25, pauseMs: 5, timeoutMs: 3_000 });
  const add = (sk: string) => ({
    Update: {
      TableName: 'counts',
      Key: { pk: { S: 'a' }, sk: { S: sk } },
      UpdateExpression: 'ADD n :one',
      ExpressionAttributeValues: { ':one': { N: '1' } },
    },
  });
  const names = ['x', 'y', 'z'];
  const countUp = async (times: number) => {
    for (let time = 0; time < times; time += 1) {
      await dynamoDb('TransactWriteItems', { TransactItems: names.map(add) });
    }
  };
  await Promise.all(Array.from({ length: 8 }, () => countUp(5)));
  await Promise.all(late);

  const read = (sk: string) =>
    aws.gateway.invoke<{ Item: { n: { N: string } } }>('tool', 'dynamodb', 'GetItem', {
      TableName: 'counts',
      Key: { pk: { S: 'a' }, sk: { S: sk } },
    });
  expect((await Promise.all(names.map(read))).map(({ Item }) => Item.n.N)).toEqual(['40', '40', '40']);
  const kinds = new Set(faults.map(({ kind }) => kind));
  expect([...kinds]).toEqual(expect.arrayContaining(['throttle', 'error', 'errorAfter', 'lostAnswer', 'late']));
});
