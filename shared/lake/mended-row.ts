import type { ReplayMark } from '../../schemas/event/stream-record.ts';
import type { mendedEventsLanded } from '../../schemas/lake/tables.ts';
import type { CleanedRecord, ReceivedRecord } from '../clean/cleaned-record.ts';
import type { ColumnReaders } from './column-readers.ts';
import { type Position, positionReaders } from './position.ts';

/** A failed event that passed when it was run again. */
export interface MendedSource {
  readonly replay: ReplayMark;
  /** messageId of the event that it became; undefined for a record of which several came. */
  readonly messageId: string | undefined;
  readonly receivedAt: number;
  readonly arrivedAt: number;
  readonly position: Position;
}

/** What a replayed record mends: its event if that passes now; a record that could not be read, if it can be read now. */
export function mendedIn({ received, cleaned }: { received: ReceivedRecord; cleaned: CleanedRecord }): MendedSource[] {
  const { replay, items, receivedAt } = cleaned;
  if (replay === undefined) return [];
  const { shardId, sequenceNumber, arrivedAt } = received;
  const [first] = items.filter(({ outcome }) => outcome.ok);
  if (first === undefined && !replay.isRecord) return [];
  const messageId = first?.outcome.ok && !replay.isRecord ? first.outcome.event.messageId : undefined;
  const position = { shardId, sequenceNumber, index: first?.index ?? 0 };
  return [{ replay, messageId, receivedAt, arrivedAt, position }];
}

export const mendedReaders: ColumnReaders<typeof mendedEventsLanded, MendedSource> = {
  message_id: ({ messageId }) => messageId,
  source_id: ({ replay }) => replay.sourceId,
  reason: ({ replay }) => replay.reason,
  failed_message_id: ({ replay }) => replay.messageId ?? undefined,
  failed_shard_id: ({ replay }) => replay.shardId,
  failed_sequence_number: ({ replay }) => replay.sequenceNumber,
  failed_record_index: ({ replay }) => replay.index,
  failed_at: ({ receivedAt }) => receivedAt,
  mended_at: ({ arrivedAt }) => arrivedAt,
  replay_id: ({ replay }) => replay.id,
  ...positionReaders,
};
