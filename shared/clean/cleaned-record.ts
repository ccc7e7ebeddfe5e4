import type { CleanEvent } from '../../schemas/event/clean-event.ts';
import type { FailedEvent } from '../../schemas/event/failed-event.ts';
import type { ReplayMark, StreamSignals } from '../../schemas/event/stream-record.ts';

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

/** What a message says of whose it is and of consent; of one that was rejected as it was received. */
export interface Said {
  readonly userId?: unknown;
  readonly anonymousId?: unknown;
  readonly previousId?: unknown;
  readonly traits?: unknown;
  readonly context?: unknown;
}

/** One message of a record and what became of it. */
export interface CleanedItem {
  /** Position in the record. */
  readonly index: number;
  /** As received, with IP addresses masked, fields left out or hashed, and consent by default written down. */
  readonly message: unknown;
  readonly outcome: CleanOutcome;
  /** Of a message that was rejected, if it was an object at all; an event says it itself. */
  readonly said?: Said;
  /** Whether address and user agent of the request belong to nobody's event: nothing of them may be stored with it. */
  readonly isWithheld?: true;
}

/** A record after cleaning: each message has exactly one item, and a record that cannot be read has one. */
export interface CleanedRecord {
  readonly sourceId: string;
  readonly receivedAt: number;
  readonly sentAt?: number;
  readonly ip?: string;
  readonly userAgent?: string;
  readonly signals?: StreamSignals;
  /** Request that brought the record. */
  readonly requestId?: string;
  /** Of which failed event the record is another try. */
  readonly replay?: ReplayMark;
  readonly items: readonly CleanedItem[];
}
