import assert from 'node:assert/strict';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { refused, rules } from '../case.ts';
import type { Target } from '../target.ts';

const invalid = 'ValidationException';

async function writer({ dynamodb, table, fresh }: Target) {
  const TableName = await table();
  const Key = { id: { S: fresh() } };
  const put = (v: AttributeValue) => dynamodb.putItem({ TableName, Item: { ...Key, v } });
  const kept = async (v: AttributeValue) => {
    await put(v);
    return (await dynamodb.getItem({ TableName, Key, ConsistentRead: true })).Item?.v;
  };
  return { TableName, Key, put, kept };
}

export const values = rules(
  'dynamodb',
  'values',
  'amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html',
  {
    'a number keeps 38 digits': async (target) => {
      const { kept } = await writer(target);
      const N = '12345678901234567890123456789012345678';
      assert.deepEqual(await kept({ N }), { N });
    },
    'a number of 39 digits is refused, so a sequence number of 56 has to be text': async (target) => {
      const { put } = await writer(target);
      await refused(put({ N: '1'.repeat(39) }), invalid);
      await refused(put({ N: '49590338271490256608559692538361571095921575989136588898' }), invalid);
    },
    'a number comes back without zeros at its ends': async (target) => {
      const { kept } = await writer(target);
      assert.deepEqual(await kept({ N: '0012.3400' }), { N: '12.34' });
    },
    'a number is not any text': async (target) => {
      const { put } = await writer(target);
      await refused(put({ N: 'twelve' }), invalid);
    },
    'binary comes back byte by byte': async (target) => {
      const { kept } = await writer(target);
      const B = Uint8Array.from({ length: 256 }, (_, index) => index);
      const back = await kept({ B });
      assert.deepEqual(Buffer.from(back?.B ?? []), Buffer.from(B));
    },
    'an attribute may be an empty text, or empty bytes': async (target) => {
      const { kept } = await writer(target);
      assert.deepEqual(await kept({ S: '' }), { S: '' });
      assert.equal((await kept({ B: new Uint8Array() }))?.B?.length, 0);
    },
    'a key must not be empty': async ({ dynamodb, table }) => {
      await refused(dynamodb.putItem({ TableName: await table(), Item: { id: { S: '' } } }), invalid);
    },
    'text is any Unicode': async (target) => {
      const { kept } = await writer(target);
      const S = 'Žluťoučký 🐎 \u0000 \u2028 日本';
      assert.deepEqual(await kept({ S }), { S });
    },
    'lists and maps nest, with null and false in them': async (target) => {
      const { kept } = await writer(target);
      const v = { M: { list: { L: [{ N: '1' }, { NULL: true }, { BOOL: false }, { M: {} }] } } } as AttributeValue;
      assert.deepEqual(await kept(v), v);
    },
    'a set has no order and no double, and is never empty': async (target) => {
      const { kept, put } = await writer(target);
      assert.deepEqual((await kept({ SS: ['b', 'a'] }))?.SS?.toSorted(), ['a', 'b']);
      await refused(put({ SS: ['a', 'a'] }), invalid);
      await refused(put({ SS: [] }), invalid);
    },
    'a key of another type is refused': async ({ dynamodb, table }) => {
      await refused(dynamodb.putItem({ TableName: await table(), Item: { id: { N: '1' } } }), invalid);
    },
    'an item without its key is refused': async ({ dynamodb, table }) => {
      await refused(dynamodb.putItem({ TableName: await table(), Item: { other: { S: 'x' } } }), invalid);
    },
  },
);

export const limits = rules('dynamodb', 'limits', 'amazondynamodb/latest/developerguide/Constraints.html', {
  'an item of 400 KB is taken, one byte more is not; names count': async (target) => {
    const { put, TableName, Key } = await writer(target);
    // The names `id` and `v`, and the key itself, count with the value.
    const room = 400 * 1024 - Buffer.byteLength(`idv${Key.id.S}`);
    await put({ S: 'x'.repeat(room) });
    await refused(put({ S: 'x'.repeat(room + 1) }), invalid);
    await target.dynamodb.deleteItem({ TableName, Key });
  },
  'an update that makes an item too large is refused': async (target) => {
    const { put, TableName, Key } = await writer(target);
    await put({ B: new Uint8Array(300_000) });
    const ExpressionAttributeValues = { ':w': { B: new Uint8Array(120_000) } };
    const update = { TableName, Key, UpdateExpression: 'SET w = :w', ExpressionAttributeValues };
    await refused(target.dynamodb.updateItem(update), invalid);
  },
  'a partition key has 2,048 bytes at most': async ({ dynamodb, table }) => {
    const TableName = await table();
    await dynamodb.putItem({ TableName, Item: { id: { S: 'k'.repeat(2048) } } });
    await refused(dynamodb.putItem({ TableName, Item: { id: { S: 'k'.repeat(2049) } } }), invalid);
  },
  'a sort key has 1,024 bytes at most': async ({ dynamodb, sorted, fresh }) => {
    const TableName = await sorted();
    const pk = { S: fresh() };
    await dynamodb.putItem({ TableName, Item: { pk, sk: { S: 'k'.repeat(1024) } } });
    await refused(dynamodb.putItem({ TableName, Item: { pk, sk: { S: 'k'.repeat(1025) } } }), invalid);
  },
});

export const errors = rules('dynamodb', 'errors', 'amazondynamodb/latest/developerguide/Programming.Errors.html', {
  'a table that is not there is ResourceNotFoundException': async ({ dynamodb, fresh }) => {
    const Key = { id: { S: 'x' } };
    await refused(dynamodb.getItem({ TableName: fresh(), Key }), 'ResourceNotFoundException');
    await refused(dynamodb.describeTable({ TableName: fresh() }), 'ResourceNotFoundException');
  },
  'a table that is there already is ResourceInUseException': async ({ dynamodb, table }) => {
    const again = {
      TableName: await table(),
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' as const }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' as const }],
      BillingMode: 'PAY_PER_REQUEST' as const,
    };
    await refused(dynamodb.createTable(again), 'ResourceInUseException');
  },
  'a read by another key than the table has is refused': async ({ dynamodb, table }) => {
    await refused(dynamodb.getItem({ TableName: await table(), Key: { other: { S: 'x' } } }), invalid);
  },
  'an expression that cannot be read is refused': async (target) => {
    const { TableName, Key } = await writer(target);
    await refused(target.dynamodb.updateItem({ TableName, Key, UpdateExpression: 'SET = 1' }), invalid);
  },
  'an item that is not there is an answer without an item, no error': async (target) => {
    const { TableName, Key } = await writer(target);
    assert.equal((await target.dynamodb.getItem({ TableName, Key })).Item, undefined);
  },
});

export const expiry = rules('dynamodb', 'expiry', 'amazondynamodb/latest/developerguide/TTL.html', {
  'an item whose time is over may be read for days, so code must look at the time': async (target) => {
    const { TableName, Key } = await writer(target);
    const expiresAt = { N: `${Math.floor(Date.now() / 1000) - 60}` };
    await target.dynamodb.putItem({ TableName, Item: { ...Key, expiresAt } });
    assert.ok((await target.dynamodb.getItem({ TableName, Key, ConsistentRead: true })).Item);
  },
  'a table begins without expiry': async ({ dynamodb, table }) => {
    const { TimeToLiveDescription } = await dynamodb.describeTimeToLive({ TableName: await table() });
    assert.equal(TimeToLiveDescription?.TimeToLiveStatus, 'DISABLED');
  },
});
