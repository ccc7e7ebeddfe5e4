import { cleanMessage } from '../clean/clean-record.ts';
import type { RecordContext } from '../clean/read-record.ts';
import type { JsonObject } from '../clean/step.ts';
import { partitionKeyOf } from '../stream/pack-control.ts';
import { sourceOf } from './import-source.ts';
import { LineProblem } from './line-problem.ts';

/** An event as it goes on the stream. */
export interface CheckedEvent {
  /** JSON. */
  readonly text: string;
  readonly partitionKey: string;
}

/**
 * Cleans an event as every consumer of the stream will, so that what they would reject is rejected before it is sent.
 * Throws `LineProblem` with cleaning's own reason.
 */
export function checkEvent(message: JsonObject, importName: string, receivedAt: number): CheckedEvent {
  const text = JSON.stringify(message);
  const context: RecordContext = {
    sourceId: sourceOf(importName),
    receivedAt,
    sentAt: undefined,
    ip: undefined,
    userAgent: undefined,
    shardId: '',
    sequenceNumber: '',
    shape: 'message',
    suspicious: text.includes('\\u'),
    imported: true,
  };
  const { outcome } = cleanMessage(context, message, 0);
  if (!outcome.ok) throw new LineProblem(outcome.failed.reason, outcome.failed.path, outcome.failed.detail);
  const { event } = outcome;
  if (event.flags.includes('time_clamped')) {
    const detail = `expected a time from 1970 to now, found ${message.timestamp}`;
    throw new LineProblem('time_out_of_range', 'timestamp', detail);
  }
  return { text, partitionKey: partitionKeyOf(event.profileKey) };
}
