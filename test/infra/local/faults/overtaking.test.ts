import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Overtaking } from '../../../../infra/local/faults/overtaking.ts';
import type { AwsCall } from '../../../../infra/local/gateway/types.ts';
import { jsonAnswer } from '../../../../infra/local/services/errors.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const put = (id: string, over: Partial<AwsCall> = {}): AwsCall => ({
  service: 'dynamodb',
  operation: 'PutItem',
  caller: 'Updater',
  method: 'POST',
  url: '/',
  headers: {},
  body: Buffer.from(JSON.stringify({ TableName: 'profiles', Item: { id: { S: id } } })),
  ...over,
});
const done = jsonAnswer({});

function hold(overtaking: Overtaking, call: AwsCall): { readonly isFree: () => Promise<boolean> } {
  let isFree = false;
  void overtaking.overtaken(call).then(() => {
    isFree = true;
  });
  return {
    isFree: async () => {
      await vi.advanceTimersByTimeAsync(0);
      return isFree;
    },
  };
}

test('a late put waits until its item was put again, and once more', async () => {
  const overtaking = new Overtaking();
  const held = hold(overtaking, put('ada'));
  overtaking.done(put('bob'), done);
  overtaking.done(put('ada'), done);
  overtaking.done(put('ada'), { ...done, status: 400 });
  overtaking.done(put('ada', { operation: 'GetItem' }), done);
  expect(await held.isFree()).toBe(false);

  overtaking.done(put('ada'), done);
  expect(await held.isFree()).toBe(true);
});

test('a late transaction waits until one of its items was put twice, alone or in another transaction', async () => {
  const overtaking = new Overtaking();
  const both = (...ids: string[]) => {
    const Puts = ids.map((id) => ({ Put: { TableName: 'profiles', Item: { id: { S: id } } } }));
    const TransactItems = [...Puts, { Delete: { TableName: 'profiles', Key: { id: { S: 'eve' } } } }];
    return put('', { operation: 'TransactWriteItems', body: Buffer.from(JSON.stringify({ TransactItems })) });
  };
  const held = hold(overtaking, both('ada', 'bob'));
  overtaking.done(put('ada'), done);
  overtaking.done(both('bob', 'eve'), done);
  overtaking.done(put('eve'), done);
  overtaking.done(put('eve'), done);
  expect(await held.isFree()).toBe(false);

  overtaking.done(put('bob'), done);
  expect(await held.isFree()).toBe(true);
});

test('it waits no longer than 20 seconds', async () => {
  const held = hold(new Overtaking(), put('ada'));
  await vi.advanceTimersByTimeAsync(19_999);
  expect(await held.isFree()).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(await held.isFree()).toBe(true);
});

test.each([
  ['of another service', put('ada', { service: 'sqs' })],
  ['that puts nothing', put('ada', { operation: 'UpdateItem' })],
  ['of an item without an id', put('ada', { body: Buffer.from('{"TableName":"due","Item":{"minute":{"S":"1"}}}') })],
])('a call %s is not held', async (_, call) => {
  expect(await hold(new Overtaking(), call).isFree()).toBe(true);
});
