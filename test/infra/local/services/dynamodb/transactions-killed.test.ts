import { cpSync, readdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { createDynamoDbService } from '../../../../../infra/local/services/dynamodb.ts';
import { makeDataDir, startLocalAws } from '../local-aws.ts';

const TableName = 'people';
const PEOPLE = 40;
const ids = Array.from({ length: PEOPLE }, (_, n) => ({ S: `${n}` }));
/** A transaction is more than the log of a store takes at once. */
const text = { S: 'x'.repeat(5_000) };
const MOST_COPIES = 60;

type Items = readonly { readonly id: { readonly S: string }; readonly round: { readonly S: string } }[];

const open = async (dataDir: string) => {
  const aws = await startLocalAws([createDynamoDbService], { dataDir });
  const call = <Output>(operation: string, input: object) =>
    aws.gateway.invoke<Output>('tool', 'dynamodb', operation, { TableName, ...input });
  return { call, close: () => aws[Symbol.asyncDispose]() };
};
type Call = Awaited<ReturnType<typeof open>>['call'];

async function createTable(call: Call): Promise<void> {
  await call('CreateTable', {
    AttributeDefinitions: ['id', 'round'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'rounds',
        KeySchema: [{ AttributeName: 'round', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
    BillingMode: 'PAY_PER_REQUEST',
  });
  await vi.waitFor(async () =>
    expect(await call('DescribeTable', {})).toMatchObject({ Table: { TableStatus: 'ACTIVE' } }),
  );
  await call('UpdateContinuousBackups', { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } });
}

const writeRound = (call: Call, round: number) =>
  call('TransactWriteItems', {
    TransactItems: ids.map((id) => ({ Put: { TableName, Item: { id, text, round: { S: `${round}` } } } })),
    ClientRequestToken: `round ${round}`,
  });

/** Copies a folder each time that it has grown, until something is done: each copy is what a kill would leave there. */
async function copiesMeanwhile(folder: string, work: Promise<unknown>, copyTo: (n: number) => string): Promise<number> {
  const bytes = () => readdirSync(folder).reduce((sum, file) => sum + statSync(path.join(folder, file)).size, 0);
  let isDone = false;
  void work.finally(() => {
    isDone = true;
  });
  let copies = 0;
  for (let seen = -1; !isDone && copies < MOST_COPIES; await new Promise((resolve) => setImmediate(resolve))) {
    const now = bytes();
    if (now === seen) continue;
    cpSync(folder, copyTo(copies), { recursive: true });
    copies += 1;
    seen = now;
  }
  await work;
  cpSync(folder, copyTo(copies), { recursive: true });
  return copies + 1;
}

test('whatever moment a kill comes at, a transaction is done whole or not at all: items, index, history and token', async () => {
  const dataDir = await makeDataDir();
  const copyOf = (n: number) => path.join(dataDir, `copy-${n}`);
  const { call, close } = await open(dataDir);
  try {
    await createTable(call);
    await writeRound(call, 1);
    const folder = path.join(dataDir, 'dynamodb');
    const copies = await copiesMeanwhile(folder, writeRound(call, 2), (n) => path.join(copyOf(n), 'dynamodb'));
    const found: string[] = [];
    for (let n = 0; n < copies; n += 1) {
      const copy = await open(copyOf(n));
      const before = Date.now();
      const { Items } = await copy.call<{ Items: Items }>('Scan', {});
      const rounds = new Set(Items.map(({ round }) => round.S));
      expect([Items.length, rounds.size]).toEqual([PEOPLE, 1]);
      const [round = ''] = rounds;
      found.push(round);
      const { Items: indexed } = await copy.call<{ Items: Items }>('Scan', { IndexName: 'rounds' });
      expect(indexed.map((item) => item.round.S)).toEqual(Array(PEOPLE).fill(round));

      await copy.call('PutItem', { Item: { id: ids[0], round: { S: 'mine' } } });
      await writeRound(copy.call, 2);
      const { Item } = await copy.call<{ Item: Items[number] }>('GetItem', { Key: { id: ids[0] } });
      expect(Item.round.S).toBe(round === '2' ? 'mine' : '2');
      const restored = { SourceTableName: TableName, TargetTableName: 'restored', RestoreDateTime: before / 1000 };
      await copy.call('RestoreTableToPointInTime', restored);
      const { Items: back } = await copy.call<{ Items: Items }>('Scan', { TableName: 'restored' });
      expect(back.map((item) => item.round.S)).toEqual(Array(PEOPLE).fill(round));
      await copy.close();
    }
    expect([found[0], found.at(-1)]).toEqual(['1', '2']);
  } finally {
    await close();
    await rm(dataDir, { recursive: true, force: true });
  }
});
