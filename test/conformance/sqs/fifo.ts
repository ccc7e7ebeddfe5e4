import assert from 'node:assert/strict';
import { eventually, refused, rules } from '../case.ts';
import type { Target } from '../target.ts';

const fifo = { FifoQueue: 'true' };

async function aFifo({ sqs, queue }: Target, attributes: Record<string, string> = {}) {
  const QueueUrl = await queue({ ...fifo, VisibilityTimeout: '30', ...attributes });
  let count = 0;
  const send = (body: string, group: string, more: object = {}) => {
    count += 1;
    const ids = { MessageGroupId: group, MessageDeduplicationId: `d${count}` };
    return sqs.sendMessage({ QueueUrl, MessageBody: body, ...ids, ...more });
  };
  const receive = async (MaxNumberOfMessages = 10, WaitTimeSeconds = 0) =>
    (await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages, WaitTimeSeconds, AttributeNames: ['All'] })).Messages ??
    [];
  /** What is surely there. */
  const some = (most = 10) =>
    eventually('a message', async () => {
      const messages = await receive(most, 1);
      return messages.length > 0 && messages;
    });
  return { QueueUrl, send, receive, some };
}

const bodies = (messages: readonly { Body?: string | undefined }[]) => messages.map(({ Body }) => Body);

export const fifos = rules(
  'sqs',
  'FIFO',
  'AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html',
  {
    'messages of a group come in the order of their sends': async (target) => {
      const { send, some } = await aFifo(target);
      for (const body of ['1', '2', '3']) await send(body, 'a');
      assert.deepEqual(bodies(await some()), ['1', '2', '3']);
    },
    'a group with a message in flight gives none, others do': async (target) => {
      const { send, some, receive } = await aFifo(target);
      for (const [body, group] of [
        ['a1', 'a'],
        ['a2', 'a'],
        ['b1', 'b'],
      ] as const)
        await send(body, group);
      assert.deepEqual(bodies(await some(1)), ['a1']);
      assert.deepEqual(bodies(await some()), ['b1']);
      assert.deepEqual(await receive(), []);
    },
    'a group goes on when its message is deleted': async (target) => {
      const { QueueUrl, send, some } = await aFifo(target);
      await send('1', 'a');
      await send('2', 'a');
      const [first] = await some(1);
      await target.sqs.deleteMessage({ QueueUrl, ReceiptHandle: first?.ReceiptHandle });
      assert.deepEqual(bodies(await some()), ['2']);
    },
    'a group begins again with the first message that was given back': async (target) => {
      const { QueueUrl, send, some } = await aFifo(target);
      await send('1', 'a');
      await send('2', 'a');
      for (const { ReceiptHandle } of await some(2)) {
        await target.sqs.changeMessageVisibility({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 });
      }
      const again = await some();
      assert.deepEqual(bodies(again), ['1', '2']);
      assert.equal(again[0]?.Attributes?.ApproximateReceiveCount, '2');
    },
    'a deduplication id is accepted again within five minutes, and delivered once': async (target) => {
      const { QueueUrl, send, some, receive } = await aFifo(target);
      await send('1', 'a', { MessageDeduplicationId: 'same' });
      await send('other', 'a', { MessageDeduplicationId: 'same' });
      const [message, ...others] = await some();
      assert.deepEqual([message?.Body, others], ['1', []]);
      await target.sqs.deleteMessage({ QueueUrl, ReceiptHandle: message?.ReceiptHandle });
      await send('1', 'a', { MessageDeduplicationId: 'same' });
      assert.deepEqual(await receive(), []);
    },
    'content stands for the deduplication id where the queue says so': async (target) => {
      const { send, some } = await aFifo(target, { ContentBasedDeduplication: 'true' });
      for (const body of ['x', 'x', 'y']) await send(body, 'a', { MessageDeduplicationId: undefined });
      assert.deepEqual(bodies(await some()), ['x', 'y']);
    },
    'a message without a group, or without a deduplication id, is refused': async (target) => {
      const { send } = await aFifo(target);
      await refused(send('1', 'a', { MessageGroupId: undefined }), 'MissingParameter');
      const noId = send('1', 'a', { MessageDeduplicationId: undefined });
      await refused(noId, 'InvalidParameterValue', 'InvalidParameterValueException');
    },
    'sequence numbers of a queue grow': async (target) => {
      const { send } = await aFifo(target);
      const [one, two] = [await send('1', 'a'), await send('2', 'a')];
      assert.ok(BigInt(two.SequenceNumber ?? 0) > BigInt(one.SequenceNumber ?? 0));
    },
    'a name without .fifo is refused': async ({ sqs, fresh }) => {
      const codes = ['InvalidParameterValue', 'InvalidParameterValueException'];
      await refused(sqs.createQueue({ QueueName: fresh(), Attributes: fifo }), ...codes);
    },
  },
);
