import type { CleanEvent } from '../../schemas/event/clean-event.ts';
import type {
  BackfillItem,
  BackfillRecord,
  EraseRecord,
  LinkRecord,
  PartRecord,
  UnlinkRecord,
} from '../../schemas/stream/control.ts';

/** Where on the stream something lay. */
export interface StreamPlace {
  readonly shardId: string;
  readonly sequenceNumber: string;
  /** Arrival of the record at the stream, in milliseconds since 1970: the clock of the dedup window and of segments. */
  readonly arrivedAt: number;
}

/** An event of a key. */
export interface EventDelivery extends StreamPlace {
  /** Position of the event in its record. */
  readonly index: number;
  readonly event: CleanEvent;
}

/** The sweeper's clock. */
export interface KeyTick {
  readonly kind: 'tick';
  readonly at: number;
}

/** What the lake knows of the key's past. */
export interface KeyBackfill extends Pick<BackfillRecord, 'segments'>, Pick<BackfillItem, 'tracks'> {
  readonly kind: 'backfill';
}

/** Nobody may have seen the key's person since then. */
export interface KeyForget {
  readonly kind: 'forget';
  /** Milliseconds since 1970. */
  readonly before: number;
}

/** The key's events, or those of another key of its person, were folded anew. */
export interface KeyRebuilt {
  readonly kind: 'rebuilt';
}

/** What concerns a key and is no event. */
export interface ControlDelivery extends StreamPlace {
  readonly control:
    | LinkRecord
    | UnlinkRecord
    | PartRecord
    | EraseRecord
    | KeyForget
    | KeyTick
    | KeyBackfill
    | KeyRebuilt;
}

export type Delivery = EventDelivery | ControlDelivery;

export const isEventDelivery = (delivery: Delivery): delivery is EventDelivery => 'event' in delivery;
