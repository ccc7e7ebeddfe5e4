import { z } from 'zod';
import { AwsError } from '../errors.ts';

const seconds = (lowest: number, highest: number, usual: number) =>
  z.coerce.number().int().min(lowest).max(highest).default(usual);
const flag = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .default(false);

const redrive = z.object({
  deadLetterTargetArn: z.string(),
  maxReceiveCount: z.coerce.number().int().min(1).max(1000),
});

/** The settings that have an effect here; the others of the API are kept and shown. */
const schema = z.looseObject({
  FifoQueue: flag,
  ContentBasedDeduplication: flag,
  DeduplicationScope: z.enum(['queue', 'messageGroup']).default('queue'),
  FifoThroughputLimit: z.enum(['perQueue', 'perMessageGroupId']).default('perQueue'),
  VisibilityTimeout: seconds(0, 43_200, 30),
  MessageRetentionPeriod: seconds(60, 1_209_600, 345_600),
  DelaySeconds: seconds(0, 900, 0),
  ReceiveMessageWaitTimeSeconds: seconds(0, 20, 0),
  MaximumMessageSize: seconds(1024, 1_048_576, 1_048_576),
  RedrivePolicy: z.string().transform(parsed).pipe(redrive).optional(),
});

function parsed(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue('it is not JSON');
    return z.NEVER;
  }
}

/** A queue's settings with their defaults, times in seconds. */
export type QueueSettings = z.output<typeof schema>;

/** Reads the attributes of a queue. Throws `InvalidAttributeValue`. */
export function settingsOf(attributes: Readonly<Record<string, string>>): QueueSettings {
  const { success, data: settings, error } = schema.safeParse(attributes);
  if (!success) {
    const [issue] = error.issues;
    const name = String(issue?.path[0]);
    throw new AwsError('InvalidAttributeValue', `Invalid value '${attributes[name]}' for ${name}: ${issue?.message}.`);
  }
  if (settings.ContentBasedDeduplication && !settings.FifoQueue) {
    throw new AwsError('InvalidAttributeName', 'ContentBasedDeduplication is for FIFO queues only.');
  }
  return settings;
}

/** What a queue tells of its settings: every one by its name, as text. */
export function shownAttributes(attributes: Readonly<Record<string, string>>): Record<string, string> {
  const { RedrivePolicy: _, ...settings } = settingsOf(attributes);
  const fifoOnly = ['FifoQueue', 'ContentBasedDeduplication', 'DeduplicationScope', 'FifoThroughputLimit'];
  const shown = Object.entries(settings).filter(([name]) => settings.FifoQueue || !fifoOnly.includes(name));
  return { ...Object.fromEntries(shown.map(([name, value]) => [name, String(value)])), ...attributes };
}
