import { SQS } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSqsService } from '../../../../infra/local/services/sqs.ts';
import { type LocalAws, startLocalAws } from './local-aws.ts';

let aws: LocalAws;
let sqs: SQS;
let now: number;

beforeEach(async () => {
  now = Date.parse('2026-03-01T12:00:00Z');
  aws = await startLocalAws([({ dataDir }) => createSqsService({ dataDir, now: () => now })]);
  sqs = new SQS(aws.clientConfig());
});
afterEach(async () => {
  sqs.destroy();
  await aws[Symbol.asyncDispose]();
});

async function aQueue(Attributes: Record<string, string> = {}, name = 'plain'): Promise<string> {
  const { QueueUrl } = await sqs.createQueue({ QueueName: name, Attributes });
  return QueueUrl ?? '';
}

const aFifo = (attributes: Record<string, string> = {}, name = 'transitions.fifo') =>
  aQueue({ FifoQueue: 'true', ...attributes }, name);

/** Sends `group/text` messages to a FIFO queue; the text is the deduplication id. */
async function send(QueueUrl: string, ...messages: string[]): Promise<void> {
  for (const message of messages) {
    const [MessageGroupId, id] = message.split('/');
    await sqs.sendMessage({ QueueUrl, MessageBody: message, MessageGroupId, MessageDeduplicationId: id });
  }
}

async function receive(QueueUrl: string, options: object = {}) {
  const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10, ...options });
  return Messages.map(({ Body = '', ReceiptHandle = '', Attributes = {} }) => ({ Body, ReceiptHandle, Attributes }));
}

const bodiesOf = (messages: readonly { readonly Body: string }[]) => messages.map(({ Body }) => Body);

async function countsOf(QueueUrl: string): Promise<(string | undefined)[]> {
  const { Attributes = {} } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['All'] });
  const kinds = ['', 'NotVisible', 'Delayed'] as const;
  return kinds.map((kind) => Attributes[`ApproximateNumberOfMessages${kind}`]);
}

test('gives a message once, until it is deleted or its time is up', async () => {
  const QueueUrl = await aQueue({ VisibilityTimeout: '60' });
  await sqs.sendMessage({ QueueUrl, MessageBody: 'hello' });

  const first = await receive(QueueUrl);
  expect(bodiesOf(first)).toEqual(['hello']);
  expect(await receive(QueueUrl)).toEqual([]);
  now += 60_000;
  const second = await receive(QueueUrl, { MessageSystemAttributeNames: ['ApproximateReceiveCount'] });
  expect(second[0]?.Attributes).toEqual({ ApproximateReceiveCount: '2' });
  await sqs.deleteMessage({ QueueUrl, ReceiptHandle: second[0]?.ReceiptHandle });
  now += 3_600_000;

  expect(await receive(QueueUrl)).toEqual([]);
  expect(await countsOf(QueueUrl)).toEqual(['0', '0', '0']);
});

test('gives the messages of a group in order, and none while one of the group is in flight', async () => {
  const QueueUrl = await aFifo();
  await send(QueueUrl, 'ann/1', 'bob/2', 'ann/3', 'ann/4');

  const one = await receive(QueueUrl, { MaxNumberOfMessages: 1 });
  const others = await receive(QueueUrl);
  expect(bodiesOf(one)).toEqual(['ann/1']);
  expect(bodiesOf(others)).toEqual(['bob/2']);
  await sqs.deleteMessage({ QueueUrl, ReceiptHandle: one[0]?.ReceiptHandle });

  expect(bodiesOf(await receive(QueueUrl))).toEqual(['ann/3', 'ann/4']);
});

test('gives a group again from its first message that was not deleted', async () => {
  const QueueUrl = await aFifo({ VisibilityTimeout: '30' });
  await send(QueueUrl, 'ann/1', 'ann/2', 'ann/3');
  const [, second] = await receive(QueueUrl);
  await sqs.deleteMessage({ QueueUrl, ReceiptHandle: second?.ReceiptHandle });
  now += 30_000;

  expect(bodiesOf(await receive(QueueUrl))).toEqual(['ann/1', 'ann/3']);
});

test('takes a deduplication id once in five minutes, also after its message is gone', async () => {
  const QueueUrl = await aFifo();
  const message = { QueueUrl, MessageBody: 'x', MessageGroupId: 'ann', MessageDeduplicationId: 'ann-1' };
  const first = await sqs.sendMessage(message);
  const [received] = await receive(QueueUrl);
  await sqs.deleteMessage({ QueueUrl, ReceiptHandle: received?.ReceiptHandle });

  now += 299_999;
  const again = await sqs.sendMessage(message);
  expect([again.MessageId, again.SequenceNumber]).toEqual([first.MessageId, first.SequenceNumber]);
  expect(await receive(QueueUrl)).toEqual([]);

  now += 1;
  const later = await sqs.sendMessage(message);
  expect(later.MessageId).not.toBe(first.MessageId);
  expect(bodiesOf(await receive(QueueUrl))).toEqual(['x']);
});

test('counts a deduplication id by group when the queue says so', async () => {
  const QueueUrl = await aFifo({ DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' });
  await send(QueueUrl, 'ann/1', 'bob/1', 'ann/1');
  expect(bodiesOf(await receive(QueueUrl))).toEqual(['ann/1', 'bob/1']);
});

test('tells equal bodies apart from one another by their content when the queue says so', async () => {
  const QueueUrl = await aFifo({ ContentBasedDeduplication: 'true' });
  for (const MessageBody of ['a', 'b', 'a']) await sqs.sendMessage({ QueueUrl, MessageBody, MessageGroupId: 'g' });
  expect(bodiesOf(await receive(QueueUrl))).toEqual(['a', 'b']);
});

test('takes what can be taken of a batch, and deletes what can be deleted', async () => {
  const QueueUrl = await aFifo();
  const entry = (Id: string, more: object = {}) => ({
    Id,
    MessageBody: `body ${Id}`,
    MessageGroupId: 'ann',
    MessageDeduplicationId: Id,
    ...more,
  });
  const { Successful = [], Failed = [] } = await sqs.sendMessageBatch({
    QueueUrl,
    Entries: [
      entry('a'),
      entry('b', { MessageGroupId: undefined }),
      entry('c', { MessageDeduplicationId: 'a' }),
      entry('d'),
    ],
  });
  expect(Successful.map(({ Id, SequenceNumber }) => [Id, Number(SequenceNumber)])).toEqual([
    ['a', 1],
    ['c', 1],
    ['d', 2],
  ]);
  expect(Failed).toEqual([expect.objectContaining({ Id: 'b', SenderFault: true, Code: 'MissingParameter' })]);

  const [a] = await receive(QueueUrl);
  const deleted = await sqs.deleteMessageBatch({
    QueueUrl,
    Entries: [
      { Id: 'a', ReceiptHandle: a?.ReceiptHandle },
      { Id: 'x', ReceiptHandle: 'nonsense' },
    ],
  });
  expect(deleted.Successful).toEqual([{ Id: 'a' }]);
  expect(deleted.Failed).toEqual([expect.objectContaining({ Id: 'x', Code: 'ReceiptHandleIsInvalid' })]);
  expect(await countsOf(QueueUrl)).toEqual(['0', '1', '0']);
});

test('hides a message longer, or gives it back at once', async () => {
  const QueueUrl = await aQueue({ VisibilityTimeout: '10' });
  await sqs.sendMessage({ QueueUrl, MessageBody: 'hello' });
  const ReceiptHandle = (await receive(QueueUrl))[0]?.ReceiptHandle;

  await sqs.changeMessageVisibility({ QueueUrl, ReceiptHandle, VisibilityTimeout: 100 });
  now += 99_000;
  expect(await receive(QueueUrl)).toEqual([]);
  await sqs.changeMessageVisibility({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 });

  expect(bodiesOf(await receive(QueueUrl))).toEqual(['hello']);
  await expect(sqs.changeMessageVisibility({ QueueUrl, ReceiptHandle, VisibilityTimeout: 5 })).rejects.toMatchObject({
    name: 'MessageNotInflight',
  });
});

test('refuses to delete by a receipt that has expired, in a FIFO queue', async () => {
  const QueueUrl = await aFifo({ VisibilityTimeout: '10' });
  await send(QueueUrl, 'ann/1');
  const [first] = await receive(QueueUrl);
  now += 10_000;

  await expect(sqs.deleteMessage({ QueueUrl, ReceiptHandle: first?.ReceiptHandle })).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message: expect.stringContaining('expired'),
  });
  expect(bodiesOf(await receive(QueueUrl))).toEqual(['ann/1']);
});

test('waits for a message to be sent, to come back, or for the group to be free', async () => {
  now = Date.now();
  const realTime = await startLocalAws([createSqsService]);
  const client = new SQS(realTime.clientConfig());
  const { QueueUrl } = await client.createQueue({ QueueName: 'q.fifo', Attributes: { FifoQueue: 'true' } });
  const wait = async (VisibilityTimeout: number) => {
    const { Messages } = await client.receiveMessage({ QueueUrl, WaitTimeSeconds: 10, VisibilityTimeout });
    return Messages?.[0];
  };
  const put = (id: string) =>
    client.sendMessage({ QueueUrl, MessageBody: id, MessageGroupId: 'g', MessageDeduplicationId: id });

  const sent = wait(1);
  await put('a');
  expect((await sent)?.Body).toBe('a');
  await put('b');
  const back = await wait(60);
  expect(back?.Body).toBe('a');
  const freed = wait(60);
  await client.deleteMessage({ QueueUrl, ReceiptHandle: back?.ReceiptHandle });
  expect((await freed)?.Body).toBe('b');

  const idle = wait(1).catch((error: Error) => error);
  await realTime[Symbol.asyncDispose]();
  await idle;
  client.destroy();
});

test('answers an empty receive when its wait is over', async () => {
  await using realTime = await startLocalAws([createSqsService]);
  await realTime.gateway.invoke('tool', 'sqs', 'CreateQueue', { QueueName: 'q' });
  const from = performance.now();

  const answer = await realTime.gateway.invoke('tool', 'sqs', 'ReceiveMessage', { QueueUrl: '/q', WaitTimeSeconds: 1 });

  expect(answer).toEqual({});
  expect(performance.now() - from).toBeGreaterThan(950);
});

test('delays what is to be delayed', async () => {
  const QueueUrl = await aQueue();
  await sqs.sendMessage({ QueueUrl, MessageBody: 'later', DelaySeconds: 5 });
  await sqs.sendMessage({ QueueUrl, MessageBody: 'now' });

  expect(await countsOf(QueueUrl)).toEqual(['1', '0', '1']);
  expect(bodiesOf(await receive(QueueUrl))).toEqual(['now']);
  now += 5000;
  expect(bodiesOf(await receive(QueueUrl))).toEqual(['later']);
});

test('forgets what is older than the retention period', async () => {
  const QueueUrl = await aQueue({ MessageRetentionPeriod: '60' });
  await sqs.sendMessage({ QueueUrl, MessageBody: 'old' });
  now += 59_000;
  await sqs.sendMessage({ QueueUrl, MessageBody: 'young' });
  now += 1000;

  expect(await countsOf(QueueUrl)).toEqual(['1', '0', '0']);
  expect(bodiesOf(await receive(QueueUrl))).toEqual(['young']);
});

test('moves what was received too often to the dead-letter queue', async () => {
  const dead = await aQueue({}, 'dead');
  const redrive = { deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:dead', maxReceiveCount: 2 };
  const QueueUrl = await aQueue({ VisibilityTimeout: '0', RedrivePolicy: JSON.stringify(redrive) });
  await sqs.sendMessage({ QueueUrl, MessageBody: 'poison' });

  expect([await receive(QueueUrl), await receive(QueueUrl)].map(bodiesOf)).toEqual([['poison'], ['poison']]);
  expect(await receive(QueueUrl)).toEqual([]);

  expect(await countsOf(QueueUrl)).toEqual(['0', '0', '0']);
  expect(bodiesOf(await receive(dead))).toEqual(['poison']);
});

test('empties a queue', async () => {
  const QueueUrl = await aFifo();
  await send(QueueUrl, 'ann/1', 'ann/2', 'bob/3');
  await receive(QueueUrl, { MaxNumberOfMessages: 1 });

  await sqs.purgeQueue({ QueueUrl });

  expect(await countsOf(QueueUrl)).toEqual(['0', '0', '0']);
  await send(QueueUrl, 'ann/4');
  expect(bodiesOf(await receive(QueueUrl))).toEqual(['ann/4']);
});

test('finds queues by name and prefix, through the gateway', async () => {
  const first = await aQueue({}, 'jobs-a');
  await aQueue({}, 'jobs-b');
  await aQueue({}, 'other');

  expect(first).toBe(`${aws.gateway.url}/000000000000/jobs-a`);
  expect((await sqs.getQueueUrl({ QueueName: 'jobs-a' })).QueueUrl).toBe(first);
  expect((await sqs.listQueues({ QueueNamePrefix: 'jobs-' })).QueueUrls).toHaveLength(2);
  await expect(sqs.getQueueUrl({ QueueName: 'none' })).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
});

test('tells a queue by its attributes', async () => {
  const QueueUrl = await aFifo({ VisibilityTimeout: '45' });
  await sqs.setQueueAttributes({ QueueUrl, Attributes: { MessageRetentionPeriod: '3600' } });

  const { Attributes } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['All'] });

  expect(Attributes).toMatchObject({
    QueueArn: 'arn:aws:sqs:us-east-1:000000000000:transitions.fifo',
    FifoQueue: 'true',
    VisibilityTimeout: '45',
    MessageRetentionPeriod: '3600',
    DelaySeconds: '0',
  });
  const one = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['VisibilityTimeout'] });
  expect(one.Attributes).toEqual({ VisibilityTimeout: '45' });
});

test.each<[string, (QueueUrl: string) => Promise<unknown>, string]>([
  ['no body', (QueueUrl) => sqs.sendMessage({ QueueUrl, MessageBody: undefined }), 'MissingParameter'],
  ['no group', (QueueUrl) => sqs.sendMessage({ QueueUrl, MessageBody: 'a' }), 'MissingParameter'],
  [
    'a group with a blank',
    (QueueUrl) => sqs.sendMessage({ QueueUrl, MessageBody: 'a', MessageGroupId: 'a b', MessageDeduplicationId: 'a' }),
    'InvalidParameterValue',
  ],
  [
    'no deduplication id',
    (QueueUrl) => sqs.sendMessage({ QueueUrl, MessageBody: 'a', MessageGroupId: 'a' }),
    'InvalidParameterValue',
  ],
  [
    'a body over the limit',
    (QueueUrl) => sqs.sendMessage({ QueueUrl, MessageBody: 'ä'.repeat(524_289), MessageGroupId: 'a' }),
    'InvalidParameterValue',
  ],
  [
    'a body that XML cannot carry',
    (QueueUrl) => sqs.sendMessage({ QueueUrl, MessageBody: 'a\u0000', MessageGroupId: 'a' }),
    'InvalidMessageContents',
  ],
  ['eleven messages', (QueueUrl) => sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 11 }), 'InvalidParameterValue'],
  ['an empty batch', (QueueUrl) => sqs.sendMessageBatch({ QueueUrl, Entries: [] }), 'EmptyBatchRequest'],
  [
    'a batch with the same id twice',
    (QueueUrl) =>
      sqs.deleteMessageBatch({
        QueueUrl,
        Entries: [
          { Id: 'a', ReceiptHandle: 'x' },
          { Id: 'a', ReceiptHandle: 'y' },
        ],
      }),
    'BatchEntryIdsNotDistinct',
  ],
  [
    'a batch over the limit',
    (QueueUrl) =>
      sqs.sendMessageBatch({
        QueueUrl,
        Entries: ['a', 'b'].map((Id) => ({
          Id,
          MessageBody: 'a'.repeat(524_289),
          MessageGroupId: 'a',
          MessageDeduplicationId: Id,
        })),
      }),
    'BatchRequestTooLong',
  ],
  ['a queue that there is not', () => sqs.receiveMessage({ QueueUrl: 'http://x/1/none' }), 'QueueDoesNotExist'],
  ['a time that is none', () => aQueue({ VisibilityTimeout: 'soon' }, 'bad'), 'InvalidAttributeValue'],
  ['a FIFO queue without the name of one', () => aQueue({ FifoQueue: 'true' }, 'bad'), 'InvalidParameterValue'],
  ['the same name with other attributes', () => aFifo({ DelaySeconds: '9' }), 'QueueNameExists'],
])('refuses %s', async (_name, call, code) => {
  const QueueUrl = await aFifo();
  await expect(call(QueueUrl)).rejects.toMatchObject({ name: code, $metadata: { httpStatusCode: 400 } });
});
