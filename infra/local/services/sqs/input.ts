import { z } from 'zod';
import { AwsError } from '../errors.ts';

const id = z
  .string()
  .regex(/^[!-~]{1,128}$/, 'can only include alphanumeric and punctuation characters, 1 to 128 of them');
const message = {
  MessageBody: z.string().min(1),
  DelaySeconds: z.number().int().min(0).max(900).optional(),
  MessageGroupId: id.optional(),
  MessageDeduplicationId: id.optional(),
  // Their digest is part of the answer; nothing of ours sends any.
  MessageAttributes: z.never('MessageAttributes have no local part').optional(),
};
const visibility = z.number().int().min(0).max(43_200);
const Id = z.string();
const QueueUrl = z.string();
const receipt = { ReceiptHandle: z.string() };
const attributes = z.record(z.string(), z.string());

export const inputs = {
  CreateQueue: z.object({
    QueueName: z.string().regex(/^[\w-]{1,80}$|^[\w-]{1,75}\.fifo$/, {
      error: 'can only include alphanumeric characters, hyphens, or underscores; 1 to 80 in length',
    }),
    Attributes: attributes.default({}),
  }),
  SetQueueAttributes: z.object({ QueueUrl, Attributes: attributes }),
  GetQueueUrl: z.object({ QueueName: z.string() }),
  GetQueueAttributes: z.object({ QueueUrl, AttributeNames: z.array(z.string()).default([]) }),
  ListQueues: z.object({ QueueNamePrefix: z.string().default('') }),
  DeleteQueue: z.object({ QueueUrl }),
  PurgeQueue: z.object({ QueueUrl }),
  SendMessage: z.object({ QueueUrl, ...message }),
  SendMessageBatch: z.object({ QueueUrl, Entries: z.array(z.looseObject({ Id })) }),
  ReceiveMessage: z.object({
    QueueUrl,
    MaxNumberOfMessages: z.number().int().min(1).max(10).default(1),
    VisibilityTimeout: visibility.optional(),
    WaitTimeSeconds: z.number().int().min(0).max(20).optional(),
    AttributeNames: z.array(z.string()).default([]),
    MessageSystemAttributeNames: z.array(z.string()).default([]),
  }),
  DeleteMessage: z.object({ QueueUrl, ...receipt }),
  DeleteMessageBatch: z.object({ QueueUrl, Entries: z.array(z.looseObject({ Id })) }),
  ChangeMessageVisibility: z.object({ QueueUrl, ...receipt, VisibilityTimeout: visibility }),
  ChangeMessageVisibilityBatch: z.object({ QueueUrl, Entries: z.array(z.looseObject({ Id })) }),
} as const;

/** One entry of a batch. */
export const entries = {
  send: z.object({ Id, ...message }),
  delete: z.object({ Id, ...receipt }),
  hide: z.object({ Id, ...receipt, VisibilityTimeout: visibility }),
} as const;

/** Reads an input. Throws `MissingParameter` or `InvalidParameterValue`, naming the parameter. */
export function checked<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const { success, data, error } = schema.safeParse(input);
  if (success) return data;
  const [issue] = error.issues;
  const name = issue?.path.join('.') ?? '';
  if (issue?.code === 'invalid_type' && issue.input === undefined) {
    throw new AwsError('MissingParameter', `The request must contain the parameter ${name}.`);
  }
  throw new AwsError('InvalidParameterValue', `Value for parameter ${name} is invalid. Reason: ${issue?.message}.`);
}
