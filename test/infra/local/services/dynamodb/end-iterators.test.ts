import { randomBytes } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { eachWithPeople, TableName } from './people-table.ts';

const people = eachWithPeople();
const LARGE = 380_000;

const bytesOf = async (folder: string): Promise<number> => {
  const sizes = (await readdir(folder)).map(async (file) => (await stat(path.join(folder, file))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
};

test.each([
  ['Query', { KeyConditionExpression: 'id = :ada', ExpressionAttributeValues: { ':ada': { S: 'ada' } }, Limit: 1 }],
  ['Scan', {}],
])('what was superseded leaves the disk, however often it was read: %s', async (operation, more) => {
  const { gateway, dataDir } = people;
  for (let version = 0; version < 120; version += 1) {
    const state = { B: randomBytes(LARGE).toString('base64') };
    await gateway.invoke('tool', 'dynamodb', 'PutItem', { TableName, Item: { id: { S: 'ada' }, state } });
    await gateway.invoke('tool', 'dynamodb', operation, { TableName, ...more });
  }

  expect(await bytesOf(path.join(dataDir, 'dynamodb'))).toBeLessThan(100 * LARGE);
});
