import type { FailedEvent } from '../../schemas/event/failed-event.ts';
import { MAX_MESSAGE_ID_LENGTH, type WithheldReason } from '../../schemas/event/vocabulary.ts';
import type { CleanedItem, CleanedRecord, Said } from './cleaned-record.ts';
import { maskAddressesInText } from './mask-ip.ts';
import { maskMessage } from './mask-message.ts';
import type { RecordContext, UnreadableRecord } from './read-record.ts';
import { serialise } from './serialise.ts';
import type { Drop } from './step.ts';

/** The item of a message that a step dropped: whole, so that it can be replayed after a fix, and with addresses masked at any depth. */
export function failedItem(
  record: RecordContext,
  received: unknown,
  index: number,
  { reason, path, detail }: Drop,
): CleanedItem {
  const message = typeof received === 'string' ? maskAddressesInText(received) : maskMessage(received);
  const payload = serialise(message);
  const failed: FailedEvent = {
    reason,
    path: pathInRecord(record, index, path),
    detail,
    messageId: messageIdOf(received),
    sourceId: record.sourceId,
    receivedAt: record.receivedAt,
    payload,
    payloadEncoding: 'json',
  };
  const said = saidBy(message);
  return {
    index,
    message: reason === 'too_deep' ? payload : message,
    outcome: { ok: false, failed },
    ...(said && { said }),
  };
}

/** What a message says of people, as it says it; undefined for what is no object. */
export function saidBy(message: unknown): Said | undefined {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return undefined;
  const { userId, anonymousId, previousId, traits, context } = message as Said;
  return { userId, anonymousId, previousId, traits, context };
}

/** The item of a message that must not be kept: where and when it came, and why it did not stay. */
export function withheldItem(
  record: Pick<CleanedRecord, 'sourceId' | 'receivedAt'>,
  index: number,
  reason: WithheldReason,
): CleanedItem {
  const { sourceId, receivedAt } = record;
  const failed = {
    reason,
    path: '',
    detail: '',
    messageId: null,
    sourceId,
    receivedAt,
    payload: null,
    payloadEncoding: null,
  };
  return { index, message: null, outcome: { ok: false, failed }, isWithheld: true };
}

/** The one item of a record that cannot be read. */
export function unreadableItem(record: RecordContext, unreadable: UnreadableRecord): CleanedItem {
  const { sourceId, receivedAt } = record;
  return {
    index: 0,
    message: unreadable.payload,
    outcome: { ok: false, failed: { ...unreadable, messageId: null, sourceId, receivedAt } },
  };
}

function pathInRecord({ shape }: RecordContext, index: number, path: string): string {
  if (shape === 'message') return path;
  const message = shape === 'envelope' ? `events.${index}` : `${index}`;
  return path === '' ? message : `${message}.${path}`;
}

/** The message's own id, where it is one. */
function messageIdOf(received: unknown): string | null {
  if (typeof received !== 'object' || received === null) return null;
  const { messageId } = received as { messageId?: unknown };
  if (typeof messageId === 'number') return String(messageId);
  if (typeof messageId !== 'string' || messageId === '' || messageId.length > MAX_MESSAGE_ID_LENGTH) return null;
  return messageId.toWellFormed().replaceAll('\0', '\ufffd');
}
