import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { eventually, refused, rules } from '../case.ts';
import type { Target } from '../target.ts';

async function aQueue({ sqs, queue }: Target, attributes: Record<string, string> = {}) {
  const QueueUrl = await queue({ VisibilityTimeout: '30', ...attributes });
  const receive = async (more: object = {}) =>
    (await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0, ...more })).Messages ?? [];
  const some = (more: object = {}) =>
    eventually('a message', async () => {
      const messages = await receive({ WaitTimeSeconds: 1, ...more });
      return messages.length > 0 && messages;
    });
  return { QueueUrl, receive, some };
}

export const visibility = rules(
  'sqs',
  'visibility',
  'AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html',
  {
    'a received message is hidden until its time is up, and then comes again': async (target) => {
      const { QueueUrl, receive, some } = await aQueue(target);
      await target.sqs.sendMessage({ QueueUrl, MessageBody: 'x' });
      const [first] = await some({ VisibilityTimeout: 5 });
      assert.deepEqual(await receive(), []);
      const [again] = await some();
      assert.equal(again?.MessageId, first?.MessageId);
      assert.notEqual(again?.ReceiptHandle, first?.ReceiptHandle);
    },
    'a message comes back at once when it is given back': async (target) => {
      const { QueueUrl, some } = await aQueue(target);
      await target.sqs.sendMessage({ QueueUrl, MessageBody: 'x' });
      const [first] = await some();
      await target.sqs.changeMessageVisibility({ QueueUrl, ReceiptHandle: first?.ReceiptHandle, VisibilityTimeout: 0 });
      assert.equal((await some())[0]?.MessageId, first?.MessageId);
    },
    'a deleted message does not come again': async (target) => {
      const { QueueUrl, receive, some } = await aQueue(target);
      await target.sqs.sendMessage({ QueueUrl, MessageBody: 'x' });
      const [first] = await some({ VisibilityTimeout: 1 });
      await target.sqs.deleteMessage({ QueueUrl, ReceiptHandle: first?.ReceiptHandle });
      assert.deepEqual(await receive({ WaitTimeSeconds: 2 }), []);
    },
    'a delayed message comes when its delay is over': async (target) => {
      const { QueueUrl, receive, some } = await aQueue(target);
      await target.sqs.sendMessage({ QueueUrl, MessageBody: 'x', DelaySeconds: 5 });
      assert.deepEqual(await receive(), []);
      assert.equal((await some())[0]?.Body, 'x');
    },
    'a message that was received too often goes to the dead-letter queue': async (target) => {
      const { sqs } = target;
      const dead = await aQueue(target);
      const { Attributes } = await sqs.getQueueAttributes({ QueueUrl: dead.QueueUrl, AttributeNames: ['QueueArn'] });
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: Attributes?.QueueArn, maxReceiveCount: 1 });
      const { QueueUrl, receive, some } = await aQueue(target, { RedrivePolicy });
      await sqs.sendMessage({ QueueUrl, MessageBody: 'x' });
      await some({ VisibilityTimeout: 0 });
      const [moved] = await eventually('the message in the dead-letter queue', async () => {
        assert.deepEqual(await receive(), []);
        const messages = await dead.receive({ WaitTimeSeconds: 1 });
        return messages.length > 0 && messages;
      });
      assert.equal(moved?.Body, 'x');
    },
  },
);

export const batches = rules('sqs', 'batches', 'AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html', {
  'what is wrong in a batch fails alone, by its id': async (target) => {
    const { QueueUrl, some } = await aQueue(target);
    const { Successful, Failed } = await target.sqs.sendMessageBatch({
      QueueUrl,
      Entries: [
        { Id: 'good', MessageBody: 'x' },
        { Id: 'bad', MessageBody: 'y', DelaySeconds: 901 },
      ],
    });
    assert.deepEqual(
      Successful?.map(({ Id }) => Id),
      ['good'],
    );
    assert.deepEqual(
      Failed?.map(({ Id, SenderFault }) => [Id, SenderFault]),
      [['bad', true]],
    );
    assert.deepEqual(
      (await some()).map(({ Body }) => Body),
      ['x'],
    );
  },
  'a batch has 1 to 10 entries with ids of their own': async (target) => {
    const { QueueUrl } = await aQueue(target);
    const send = (...ids: string[]) =>
      target.sqs.sendMessageBatch({ QueueUrl, Entries: ids.map((Id) => ({ Id, MessageBody: 'x' })) });
    const code = (name: string) => [name, `AWS.SimpleQueueService.${name}`];
    await refused(send(), ...code('EmptyBatchRequest'));
    await refused(send('a', 'a'), ...code('BatchEntryIdsNotDistinct'));
    await refused(send(...'abcdefghijk'), ...code('TooManyEntriesInBatchRequest'));
    await refused(send('no blanks'), ...code('InvalidBatchEntryId'));
  },
  'a batch of deletes names what it could not delete': async (target) => {
    const { QueueUrl, some, receive } = await aQueue(target);
    await target.sqs.sendMessage({ QueueUrl, MessageBody: 'x' });
    const [message] = await some({ VisibilityTimeout: 1 });
    const { Successful, Failed } = await target.sqs.deleteMessageBatch({
      QueueUrl,
      Entries: [
        { Id: 'good', ReceiptHandle: message?.ReceiptHandle },
        { Id: 'bad', ReceiptHandle: 'none' },
      ],
    });
    assert.deepEqual([Successful?.map(({ Id }) => Id), Failed?.map(({ Id }) => Id)], [['good'], ['bad']]);
    assert.deepEqual(await receive({ WaitTimeSeconds: 2 }), []);
  },
  'an answer has the MD5 of the body': async (target) => {
    const { QueueUrl, some } = await aQueue(target);
    const md5 = createHash('md5').update('žluť').digest('hex');
    assert.equal((await target.sqs.sendMessage({ QueueUrl, MessageBody: 'žluť' })).MD5OfMessageBody, md5);
    const [message] = await some();
    assert.deepEqual([message?.Body, message?.MD5OfBody], ['žluť', md5]);
  },
  'a receive takes 1 to 10 messages': async (target) => {
    const { receive } = await aQueue(target);
    const codes = ['InvalidParameterValue', 'InvalidParameterValueException'];
    await refused(receive({ MaxNumberOfMessages: 11 }), ...codes);
    await refused(receive({ MaxNumberOfMessages: 0 }), ...codes);
  },
  'a body with a character that XML cannot carry is refused': async (target) => {
    const { QueueUrl } = await aQueue(target);
    await refused(target.sqs.sendMessage({ QueueUrl, MessageBody: '\u0000' }), 'InvalidMessageContents');
  },
  'a queue that is not there is QueueDoesNotExist': async ({ sqs, fresh }) => {
    const codes = ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'];
    await refused(sqs.getQueueUrl({ QueueName: fresh() }), ...codes);
  },
});
