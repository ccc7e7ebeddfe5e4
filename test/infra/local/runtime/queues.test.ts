import { SQS } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { aStack } from './stacks.ts';
import { start, type TestRuntime } from './test-runtime.ts';

/** A stack with a FIFO queue, whose dead letters another one takes, and a function that knows its address. */
function aStackWithQueue(settings: Record<string, unknown> = {}) {
  const stack = aStack();
  return {
    ...stack,
    Resources: {
      ...stack.Resources,
      Transitions: {
        Type: 'AWS::SQS::Queue',
        Properties: {
          FifoQueue: true,
          DeduplicationScope: 'messageGroup',
          FifoThroughputLimit: 'perMessageGroupId',
          MessageRetentionPeriod: 345600,
          RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 3 },
          SqsManagedSseEnabled: true,
          ...settings,
        },
      },
      Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead.fifo', FifoQueue: true } },
      Policy: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: { Queues: [{ Ref: 'Transitions' }], PolicyDocument: { Statement: [] } },
      },
      Echo: {
        ...stack.Resources.Echo,
        Type: 'AWS::Lambda::Function',
        Properties: {
          ...stack.Resources.Echo?.Properties,
          Environment: { Variables: { QUEUE_URL: { Ref: 'Transitions' } } },
        },
      },
    },
    Outputs: { ...stack.Outputs, QueueUrl: { Value: { Ref: 'Transitions' } } },
  };
}

function clientOf({ gateway }: TestRuntime): SQS {
  const credentials = { accessKeyId: 'HWTOOL', secretAccessKey: 'x' };
  return new SQS({ endpoint: gateway.url, region: 'us-east-1', credentials, maxAttempts: 1 });
}

test('makes the queues of the template, with its settings', async () => {
  await using runtime = await start(aStackWithQueue());
  const QueueUrl = runtime.outputs.QueueUrl;

  const { Attributes } = await clientOf(runtime).getQueueAttributes({ QueueUrl, AttributeNames: ['All'] });

  expect(QueueUrl).toBe(`${runtime.gateway.url}/000000000000/Headwater-test-Transitions.fifo`);
  expect(Attributes).toMatchObject({
    FifoQueue: 'true',
    DeduplicationScope: 'messageGroup',
    MessageRetentionPeriod: '345600',
    RedrivePolicy: '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead.fifo","maxReceiveCount":3}',
  });
  expect(await runtime.functions.get('Echo')?.invoke({})).toMatchObject({ payload: { env: { QUEUE_URL: QueueUrl } } });
});

test('keeps messages between runs, and takes over changed settings', async () => {
  const first = await start(aStackWithQueue({ DelaySeconds: 7 }));
  const message = { MessageBody: 'hello', MessageGroupId: 'ann', MessageDeduplicationId: 'ann-1' };
  await clientOf(first).sendMessage({ QueueUrl: first.outputs.QueueUrl, ...message });
  await first.stop();

  await using second = await start(aStackWithQueue({ VisibilityTimeout: 77 }), { dataDir: first.dataDir });
  // A client that still holds the address of the first run finds the queue as well.
  const QueueUrl = first.outputs.QueueUrl;
  const { Attributes } = await clientOf(second).getQueueAttributes({ QueueUrl, AttributeNames: ['All'] });

  expect(Attributes).toMatchObject({
    VisibilityTimeout: '77',
    DelaySeconds: '0',
    ApproximateNumberOfMessagesDelayed: '1',
  });
});

test.each([
  ['a setting that a queue does not have', { Colour: 'red' }, 'Unrecognized key: "Colour"'],
  ['a setting out of range', { VisibilityTimeout: 99_999 }, "Invalid value '99999' for VisibilityTimeout"],
  ['a name that is no FIFO name', { QueueName: 'plain' }, "ends in '.fifo'"],
])('says what is wrong with %s', async (_name, settings, message) => {
  await expect(start(aStackWithQueue(settings))).rejects.toThrow('Transitions (AWS::SQS::Queue) cannot run locally: ');
  await expect(start(aStackWithQueue(settings))).rejects.toThrow(message);
});
