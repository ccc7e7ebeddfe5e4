import { expect, test } from 'vitest';
import { doneInPart } from '../../../../infra/local/faults/partial-answers.ts';
import type { AwsCall } from '../../../../infra/local/gateway/types.ts';
import { jsonAnswer } from '../../../../infra/local/services/errors.ts';

/** Asks a service that does all it is asked; answers what it did, and what was said of the whole. */
async function ask<Input>(service: string, operation: string, input: Input & object, does: (input: Input) => object) {
  const asked: Input[] = [];
  const call = { service, operation, caller: 'A', method: 'POST', url: '/', headers: {} };
  const body = Buffer.from(JSON.stringify(input));
  const answer = await doneInPart(
    { ...call, body } satisfies AwsCall,
    async ({ body }) => {
      const done = JSON.parse(body.toString()) as Input;
      asked.push(done);
      return jsonAnswer(does(done));
    },
    'a',
  );
  return { done: asked[0] as Input, said: JSON.parse(answer.body.toString()) };
}

const numbers = Array.from({ length: 20 }, (_, number) => number);

test('records that were not put are said to be, each in its place', async () => {
  const input = { StreamName: 's', Records: numbers.map((number) => ({ Data: `${number}`, PartitionKey: 'k' })) };
  const { done, said } = await ask('kinesis', 'PutRecords', input, ({ Records }) => ({
    FailedRecordCount: 0,
    Records: Records.map(({ Data }) => ({ SequenceNumber: Data, ShardId: 's' })),
  }));

  const put = done.Records.map(({ Data }) => Data);
  expect(put.length).toBeGreaterThan(0);
  expect(put.length).toBeLessThan(20);
  expect(said.FailedRecordCount).toBe(20 - put.length);
  for (const number of numbers) {
    const { SequenceNumber, ErrorCode } = said.Records[number];
    if (put.includes(`${number}`)) expect(SequenceNumber).toBe(`${number}`);
    else expect(ErrorCode).toBe('ProvisionedThroughputExceededException');
  }
});

test('items that were not written come back as they were asked for, table by table', async () => {
  const request = (number: number) => ({ PutRequest: { Item: { id: { N: `${number}` } } } });
  const RequestItems = { a: numbers.map(request), b: numbers.map(request) };
  const { done, said } = await ask('dynamodb', 'BatchWriteItem', { RequestItems }, () => ({ UnprocessedItems: {} }));

  for (const table of ['a', 'b'] as const) {
    const parts = [...done.RequestItems[table], ...said.UnprocessedItems[table]];
    expect(parts.toSorted(byNumber)).toEqual(RequestItems[table].toSorted(byNumber));
    expect(said.UnprocessedItems[table].length).toBeGreaterThan(0);
  }
});

const byNumber = (one: object, other: object) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);

test('keys that were not read come back with how they are to be read', async () => {
  const Keys = numbers.map((number) => ({ id: { N: `${number}` } }));
  const input = { RequestItems: { a: { Keys, ConsistentRead: true } } };
  const { done, said } = await ask('dynamodb', 'BatchGetItem', input, () => ({ Responses: { a: [] } }));

  const read = done.RequestItems.a.Keys;
  expect(said.UnprocessedKeys.a.ConsistentRead).toBe(true);
  expect([...read, ...said.UnprocessedKeys.a.Keys].toSorted(byNumber)).toEqual(Keys.toSorted(byNumber));
});

test('a single item of DynamoDB is written, a single record of Kinesis is refused', async () => {
  const item = { RequestItems: { a: [{ PutRequest: { Item: {} } }] } };
  expect((await ask('dynamodb', 'BatchWriteItem', item, () => ({}))).done).toEqual(item);
  const record = { Records: [{ Data: 'x', PartitionKey: 'k' }] };
  const { done, said } = await ask('kinesis', 'PutRecords', record, () => ({}));
  expect(done).toBeUndefined();
  expect(said).toMatchObject({ FailedRecordCount: 1, Records: [{ ErrorCode: expect.any(String) }] });
});

test('messages that were not taken are named, and are nobody’s fault but the service’s', async () => {
  const Entries = numbers.map((number) => ({ Id: `${number}`, MessageBody: 'x' }));
  const { done, said } = await ask('sqs', 'SendMessageBatch', { Entries }, ({ Entries: some }) => ({
    Successful: some.map(({ Id }) => ({ Id })),
    Failed: [],
  }));

  expect(said.Failed[0]).toMatchObject({ SenderFault: false });
  const named = [...said.Successful, ...said.Failed].map(({ Id }: { Id: string }) => Number(Id));
  expect(named.toSorted((one, other) => one - other)).toEqual(numbers);
  expect(done.Entries.length).toBe(said.Successful.length);
});
