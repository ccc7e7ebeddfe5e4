import type { FailedEvent } from '../../schemas/event/failed-event.ts';
import type { failedEventsLanded } from '../../schemas/lake/tables.ts';
import type { ColumnReaders } from './column-readers.ts';
import { type Position, positionReaders } from './position.ts';

export interface FailedEventSource {
  readonly failed: FailedEvent;
  readonly position: Position;
}

export const failedEventReaders: ColumnReaders<typeof failedEventsLanded, FailedEventSource> = {
  reason: ({ failed }) => failed.reason,
  path: ({ failed }) => failed.path,
  detail: ({ failed }) => failed.detail,
  message_id: ({ failed }) => failed.messageId ?? undefined,
  source_id: ({ failed }) => failed.sourceId,
  received_at: ({ failed }) => failed.receivedAt,
  payload: ({ failed }) => failed.payload ?? undefined,
  payload_encoding: ({ failed }) => failed.payloadEncoding ?? undefined,
  ...positionReaders,
};
