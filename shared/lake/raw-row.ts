import type { rawLanded } from '../../schemas/lake/tables.ts';
import type { CleanedItem, CleanedRecord } from '../clean/cleaned-record.ts';
import type { ColumnReaders } from './column-readers.ts';
import { type Position, positionReaders } from './position.ts';

/** A message as it was received, and the record that brought it. */
export interface RawSource {
  readonly record: CleanedRecord;
  /** Arrival of that record at the stream, milliseconds since 1970. */
  readonly arrivedAt: number;
  readonly item: CleanedItem;
  readonly position: Position;
}

export const rawReaders: ColumnReaders<typeof rawLanded, RawSource> = {
  message_id: ({ item: { outcome } }) =>
    outcome.ok ? outcome.event.messageId : (outcome.failed.messageId ?? undefined),
  source_id: ({ record }) => record.sourceId,
  received_at: ({ record }) => record.receivedAt,
  arrived_at: ({ arrivedAt }) => arrivedAt,
  sent_at: ({ record, item }) => (item.isWithheld ? undefined : isoTime(record.sentAt)),
  ip: ({ record, item }) => (item.isWithheld ? undefined : record.ip),
  user_agent: ({ record, item }) => (item.isWithheld ? undefined : record.userAgent),
  payload: ({ item: { outcome, message } }) =>
    outcome.ok ? JSON.stringify(message) : (outcome.failed.payload ?? undefined),
  failed_reason: ({ item: { outcome } }) => (outcome.ok ? undefined : outcome.failed.reason),
  request_id: ({ record, item }) => (item.isWithheld ? undefined : record.requestId),
  ...positionReaders,
};

const isoTime = (time: number | undefined): string | undefined =>
  time === undefined || Number.isNaN(new Date(time).getTime()) ? undefined : new Date(time).toISOString();
