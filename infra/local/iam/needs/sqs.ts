import { arnOf } from './arn.ts';
import { textField } from './body.ts';
import type { NeedsOf, ServiceNeeds } from './needs-of.ts';

const on =
  (action: string): NeedsOf =>
  ({ body }) => {
    const name = textField(body, 'QueueUrl')?.split('/').at(-1) ?? textField(body, 'QueueName');
    return name === undefined ? [] : [{ action: `sqs:${action}`, resource: arnOf('sqs', name) }];
  };

const alone = [
  'CreateQueue',
  'SetQueueAttributes',
  'GetQueueUrl',
  'GetQueueAttributes',
  'PurgeQueue',
  'DeleteQueue',
  'ReceiveMessage',
] as const;

/** What is there for one message and for several asks for the same action. */
const alsoBatched = ['SendMessage', 'DeleteMessage', 'ChangeMessageVisibility'] as const;

export const sqsNeeds: ServiceNeeds = {
  operations: {
    ...Object.fromEntries(alone.map((name) => [name, on(name)])),
    ...Object.fromEntries(alsoBatched.flatMap((name) => [name, `${name}Batch`].map((each) => [each, on(name)]))),
    ListQueues: () => [{ action: 'sqs:ListQueues', resource: '*' }],
  },
};
