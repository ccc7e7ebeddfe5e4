import type { CleanEvent } from '../../schemas/event/clean-event.ts';
import type { FailedEvent } from '../../schemas/event/failed-event.ts';
import type { ReplayMark } from '../../schemas/event/stream-record.ts';

/** A record as it lies on the stream. */
export interface ReceivedRecord {
  readonly data: Uint8Array;
  readonly shardId: string;
  /** Up to 56 digits: a string, compared only within its shard. */
  readonly sequenceNumber: string;
  /** Arrival at the stream, in milliseconds since 1970. */
  readonly arrivedAt: number;
}

export type CleanOutcome =
  | { readonly ok: true; readonly event: CleanEvent }
  | { readonly ok: false; readonly failed: FailedEvent };

/** One message of a record and what became of it. */
export interface CleanedItem {
  /** Position in the record. */
  readonly index: number;
  /** As received, with IP addresses masked. */
  readonly message: unknown;
  readonly outcome: CleanOutcome;
}

/** A record after cleaning: each message has exactly one item, and a record that cannot be read has one. */
export interface CleanedRecord {
  readonly sourceId: string;
  readonly receivedAt: number;
  readonly sentAt?: number;
  readonly ip?: string;
  readonly userAgent?: string;
  /** Of which failed event the record is another try. */
  readonly replay?: ReplayMark;
  readonly items: readonly CleanedItem[];
}
