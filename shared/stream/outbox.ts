import type { ControlRecord } from '../../schemas/stream/control.ts';

/** What the last write of an item has to say to the stream, and the delivery that caused the write. */
export interface Outbox {
  /** Of the last delivery that the write took in. */
  readonly shardId: string;
  readonly sequenceNumber: string;
  readonly records: readonly ControlRecord[];
}
