import type { StreamEnvelope } from '../../../schemas/event/stream-record.ts';
import type { ReceivedRecord } from '../../../shared/clean/cleaned-record.ts';
import { anEnvelope, aRecord, type Message } from '../../fixtures/events.ts';

/** A request that arrives at a moment, ISO 8601; its messages happened then, unless they say otherwise. */
export function arriving(at: string, messages: readonly Message[], over: Partial<StreamEnvelope> = {}): ReceivedRecord {
  const stamped = messages.map((message) => ({ ...message, timestamp: message.at ?? at, at: undefined }));
  const receivedAt = new Date(at).toISOString();
  return aRecord(anEnvelope(stamped, { receivedAt, ...over }), { arrivedAt: Date.parse(at) });
}
