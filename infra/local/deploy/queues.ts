import { z } from 'zod';
import { TemplateError } from '../errors.ts';
import type { Gateway } from '../gateway/types.ts';
import { account, region } from '../template/types.ts';
import { type Deployer, flag, propertiesOf } from './deployer.ts';
import { physicalName } from './physical-name.ts';

const setting = z.union([z.string(), z.number(), z.boolean()]).transform(String).default('');

/** Strict, because a setting that the local queue does not honour would make the laptop differ from AWS. */
const schema = z.strictObject({
  QueueName: z.string().optional(),
  FifoQueue: flag.default(false),
  ContentBasedDeduplication: setting,
  DeduplicationScope: setting,
  FifoThroughputLimit: setting,
  VisibilityTimeout: setting,
  MessageRetentionPeriod: setting,
  DelaySeconds: setting,
  ReceiveMessageWaitTimeSeconds: setting,
  MaximumMessageSize: setting,
  RedrivePolicy: z
    .unknown()
    .optional()
    .transform((policy) => (policy === undefined ? '' : JSON.stringify(policy))),
});

/** Who may send dead letters here, and how the queue is encrypted: nothing on one's own machine. */
const withoutEffect = /^(RedriveAllowPolicy|SqsManagedSseEnabled|Kms.*|Tags)$/;

/** Makes a queue, or keeps the one of an earlier run with its messages, and gives it the template's settings. */
export const deployQueue: Deployer = async (resource, { gateway, assembly }) => {
  const effective = Object.entries(resource.properties).filter(([name]) => !withoutEffect.test(name));
  const properties = propertiesOf({ ...resource, properties: Object.fromEntries(effective) }, schema);
  const { QueueName, FifoQueue, ...settings } = properties;
  const suffix = FifoQueue ? '.fifo' : '';
  const name = QueueName ?? physicalName(assembly.stackName, resource.logicalId, 80 - suffix.length) + suffix;
  const url = `${gateway.url}/${account}/${name}`;
  try {
    if (!(await exists(gateway, name))) {
      const Attributes = FifoQueue ? { FifoQueue: 'true' } : {};
      await gateway.invoke('tool', 'sqs', 'CreateQueue', { QueueName: name, Attributes });
    }
    // An empty attribute is one that an earlier template may have set.
    await gateway.invoke('tool', 'sqs', 'SetQueueAttributes', { QueueUrl: url, Attributes: settings });
  } catch (cause) {
    const { message } = cause as Error;
    throw new TemplateError(`${resource.logicalId} (${resource.type}) cannot run locally: ${message}`, { cause });
  }
  return { ref: url, attributes: { Arn: `arn:aws:sqs:${region}:${account}:${name}`, QueueName: name, QueueUrl: url } };
};

async function exists(gateway: Gateway, name: string): Promise<boolean> {
  try {
    await gateway.invoke('tool', 'sqs', 'GetQueueUrl', { QueueName: name });
    return true;
  } catch (error) {
    if ((error as Error).name === 'QueueDoesNotExist') return false;
    throw error;
  }
}
