import assert from 'node:assert/strict';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { refused, rules } from '../case.ts';
import type { Target } from '../target.ts';

type Key = Record<string, AttributeValue>;

async function partition({ dynamodb, sorted, fresh }: Target, ...sortKeys: string[]) {
  const TableName = await sorted();
  const pk = { S: fresh() };
  for (const sk of sortKeys) await dynamodb.putItem({ TableName, Item: { pk, sk: { S: sk }, own: { S: sk } } });
  const query = async (more: object = {}, values: Record<string, AttributeValue> = {}) => {
    const answer = await dynamodb.query({
      TableName,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk, ...values },
      ...more,
    });
    return { ...answer, keys: (answer.Items ?? []).map(({ sk }) => sk?.S) };
  };
  return { TableName, pk, query };
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => String(index).padStart(3, '0'));

export const queries = rules('dynamodb', 'queries', 'amazondynamodb/latest/developerguide/Query.html', {
  'items come in order of the bytes of their sort keys': async (target) => {
    const { query } = await partition(target, 'b', 'ä', 'A', 'a', '0', '🐎', '\uff5e');
    assert.deepEqual((await query()).keys, ['0', 'A', 'a', 'b', 'ä', '\uff5e', '🐎']);
  },
  'ScanIndexForward false turns the order around': async (target) => {
    const { query } = await partition(target, 'a', 'b', 'c');
    assert.deepEqual((await query({ ScanIndexForward: false })).keys, ['c', 'b', 'a']);
  },
  'pages of any size give every item once': async (target) => {
    const all = numbered(7);
    const { query } = await partition(target, ...all);
    for (const Limit of [1, 3, 7, 8]) {
      const seen: unknown[] = [];
      let ExclusiveStartKey: Key | undefined;
      do {
        const page = await query({ Limit, ...(ExclusiveStartKey && { ExclusiveStartKey }) });
        seen.push(...page.keys);
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
      assert.deepEqual(seen, all);
    }
  },
  'a page that ends at its limit names its last key, though nothing may follow': async (target) => {
    const { pk, query } = await partition(target, 'a', 'b');
    const { LastEvaluatedKey } = await query({ Limit: 2 });
    assert.deepEqual(LastEvaluatedKey, { pk, sk: { S: 'b' } });
    assert.equal((await query({ Limit: 3 })).LastEvaluatedKey, undefined);
  },
  'a limit counts what was read, before the filter': async (target) => {
    const { query } = await partition(target, 'a', 'b', 'c');
    const page = await query({ Limit: 2, FilterExpression: 'own = :own' }, { ':own': { S: 'c' } });
    assert.deepEqual([page.Count, page.ScannedCount, page.LastEvaluatedKey?.sk], [0, 2, { S: 'b' }]);
  },
  'a page may begin at a key that is not there': async (target) => {
    const { pk, query } = await partition(target, 'a', 'c');
    assert.deepEqual((await query({ ExclusiveStartKey: { pk, sk: { S: 'b' } } })).keys, ['c']);
  },
  'a page holds 1 MB at most': async (target) => {
    const { TableName, pk, query } = await partition(target);
    for (const sk of numbered(4)) {
      const body = { B: new Uint8Array(350_000) };
      await target.dynamodb.putItem({ TableName, Item: { pk, sk: { S: sk }, body } });
    }
    const page = await query();
    assert.ok(page.keys.length < 4, `it gave ${page.keys.length} items of 350 KB`);
    assert.ok(page.LastEvaluatedKey);
  },
  'sort keys are chosen by begins_with, between and comparison': async (target) => {
    const { query } = await partition(target, 'a1', 'a2', 'b1', 'c1');
    const by = async (condition: string, values: Record<string, AttributeValue>) =>
      (await query({ KeyConditionExpression: `pk = :pk AND ${condition}` }, values)).keys;
    assert.deepEqual(await by('begins_with(sk, :p)', { ':p': { S: 'a' } }), ['a1', 'a2']);
    assert.deepEqual(await by('sk BETWEEN :p AND :q', { ':p': { S: 'a2' }, ':q': { S: 'b1' } }), ['a2', 'b1']);
    assert.deepEqual(await by('sk > :p', { ':p': { S: 'b1' } }), ['c1']);
    assert.deepEqual(await by('sk <= :p', { ':p': { S: 'a2' } }), ['a1', 'a2']);
  },
  'COUNT counts without items': async (target) => {
    const { query } = await partition(target, 'a', 'b');
    const { Count, Items } = await query({ Select: 'COUNT' });
    assert.deepEqual([Count, Items], [2, undefined]);
  },
  'a partition without items is an empty page': async (target) => {
    const { query } = await partition(target);
    const { Count, Items, LastEvaluatedKey } = await query();
    assert.deepEqual([Count, Items, LastEvaluatedKey], [0, [], undefined]);
  },
  'a query without the whole partition key is refused': async (target) => {
    const { query } = await partition(target);
    await refused(query({ KeyConditionExpression: 'begins_with(pk, :pk)' }), 'ValidationException');
  },
});

export const scans = rules('dynamodb', 'scans', 'amazondynamodb/latest/developerguide/Scan.html', {
  'segments together give every item once': async ({ dynamodb, table, fresh }) => {
    const TableName = await table();
    const prefix = fresh();
    const ids = numbered(20).map((n) => `${prefix}/${n}`);
    for (const id of ids) await dynamodb.putItem({ TableName, Item: { id: { S: id } } });
    const seen: (string | undefined)[] = [];
    for (let Segment = 0; Segment < 4; Segment += 1) {
      let ExclusiveStartKey: Key | undefined;
      do {
        const page = await dynamodb.scan({
          TableName,
          ConsistentRead: true,
          Segment,
          TotalSegments: 4,
          Limit: 50,
          FilterExpression: 'begins_with(id, :prefix)',
          ExpressionAttributeValues: { ':prefix': { S: `${prefix}/` } },
          ...(ExclusiveStartKey && { ExclusiveStartKey }),
        });
        seen.push(...(page.Items ?? []).map(({ id }) => id?.S));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
    }
    assert.deepEqual(seen.toSorted(), ids);
  },
  'a segment beyond their number is refused': async ({ dynamodb, table }) => {
    const scan = dynamodb.scan({ TableName: await table(), Segment: 4, TotalSegments: 4 });
    await refused(scan, 'ValidationException');
  },
});
