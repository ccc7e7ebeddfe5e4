import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { AwsError } from '../errors.ts';
import type { entries } from './input.ts';
import type { Outgoing, Queue, Received } from './queue.ts';
import type { Original } from './queue-store.ts';
import { handleOf } from './receipt.ts';

type SendInput = Omit<z.output<typeof entries.send>, 'Id'>;

const longestRequest = 1_048_576;

/** What XML 1.0 can carry. */
const carried = /^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]*$/u;

/** Reads a message for a queue. Throws what SQS says of a body, a group or a deduplication id that it refuses. */
export function outgoing({ settings }: Queue, input: SendInput): Outgoing {
  const { MessageBody: body, MessageGroupId: group, MessageDeduplicationId, DelaySeconds: delaySeconds } = input;
  if (Buffer.byteLength(body) > settings.MaximumMessageSize) {
    throw refused(`Message must be shorter than ${settings.MaximumMessageSize} bytes.`);
  }
  if (!carried.test(body)) {
    throw new AwsError('InvalidMessageContents', 'The message contains characters outside the allowed set.');
  }
  if (!settings.FifoQueue) {
    if (MessageDeduplicationId === undefined) return { body, group, delaySeconds };
    throw refused('The parameter MessageDeduplicationId is for FIFO queues only.');
  }
  if (group === undefined) {
    throw new AwsError('MissingParameter', 'The request must contain the parameter MessageGroupId.');
  }
  if (delaySeconds) throw refused(`DelaySeconds of ${delaySeconds} is not valid for a message of a FIFO queue.`);
  const ofContent = settings.ContentBasedDeduplication ? digest('sha256', body) : undefined;
  const deduplicationId = MessageDeduplicationId ?? ofContent;
  if (deduplicationId !== undefined) return { body, group, deduplicationId };
  throw refused(
    'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly.',
  );
}

/** Throws `BatchRequestTooLong` when messages together are longer than one may be. */
export function checkBatchSize(messages: readonly Outgoing[]): void {
  const bytes = messages.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0);
  if (bytes <= longestRequest) return;
  const limit = `Batch requests cannot be longer than ${longestRequest} bytes`;
  throw new AwsError('BatchRequestTooLong', `${limit}. You have sent ${bytes} bytes.`);
}

/** What the sender learns of a message. */
export function sentAnswer({ settings }: Queue, { body }: Outgoing, { id, position }: Original): object {
  const answer = { MessageId: id, MD5OfMessageBody: digest('md5', body) };
  return settings.FifoQueue ? { ...answer, SequenceNumber: sequenceNumber(position) } : answer;
}

/** What the receiver gets, with the system attributes that it asked for. */
export function receivedAnswer({ settings }: Queue, received: Received, asked: readonly string[]): object {
  const { message, hidden, position } = received;
  const attributes = {
    SenderId: 'local',
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(hidden.receives),
    ApproximateFirstReceiveTimestamp: String(hidden.firstReceivedAt),
    MessageGroupId: message.group,
    MessageDeduplicationId: message.deduplicationId,
    SequenceNumber: settings.FifoQueue ? sequenceNumber(position) : undefined,
  };
  const shown = Object.entries(attributes).filter(
    ([name, value]) => value !== undefined && (asked.includes('All') || asked.includes(name)),
  );
  return {
    MessageId: message.id,
    ReceiptHandle: handleOf(received),
    MD5OfBody: digest('md5', message.body),
    Body: message.body,
    ...(shown.length > 0 && { Attributes: Object.fromEntries(shown) }),
  };
}

function refused(reason: string): AwsError {
  return new AwsError('InvalidParameterValue', `One or more parameters are invalid. Reason: ${reason}`);
}

function digest(algorithm: string, text: string): string {
  return createHash(algorithm).update(text).digest('hex');
}

const sequenceNumber = (position: number) => String(position).padStart(20, '0');
