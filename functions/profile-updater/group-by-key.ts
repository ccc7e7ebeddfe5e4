import type { ControlRecord, Key } from '../../schemas/stream/control.ts';
import { cleanRecord } from '../../shared/clean/clean-record.ts';
import type { ReceivedRecord } from '../../shared/clean/cleaned-record.ts';
import type { ControlDelivery, Delivery } from '../../shared/profile/delivery.ts';
import { firstOf } from '../../shared/stream/again.ts';
import { controlOf } from '../../shared/stream/read-stream.ts';

/** What a batch brings for one key. */
export interface KeyBatch {
  readonly key: Key;
  /** In the order of the stream. */
  readonly deliveries: Delivery[];
  /** Place in the batch of the first record that brings something. */
  readonly firstRecord: number;
}

/** A barrier that lies in a batch. */
export interface BarrierPlace {
  readonly id: string;
  readonly shardId: string;
  /** Place of its record in the batch. */
  readonly record: number;
}

export interface Batch {
  readonly keys: readonly KeyBatch[];
  readonly barriers: readonly BarrierPlace[];
}

/**
 * Groups what a batch says by key: its events, cleaned, and the records that are addressed to it. What is rejected is left
 * out, the lake keeps it; transitions and identities are for others.
 */
export function groupByKey(records: readonly ReceivedRecord[]): Batch {
  const keys = new Map<Key, KeyBatch>();
  const barriers: BarrierPlace[] = [];
  for (const [firstRecord, record] of records.entries()) {
    const { shardId, sequenceNumber, arrivedAt } = record;
    const place = { shardId, sequenceNumber, arrivedAt };
    const control = controlOf(record);
    const add = (key: Key, delivery: Delivery) => {
      const batch = keys.get(key);
      if (batch === undefined) keys.set(key, { key, deliveries: [delivery], firstRecord });
      else batch.deliveries.push(delivery);
    };

    const addEvents = (messages: ReceivedRecord) => {
      for (const { index, outcome } of cleanRecord(messages).items) {
        if (outcome.ok) add(outcome.event.profileKey, { ...place, index, event: outcome.event });
      }
    };
    if (control === undefined) {
      addEvents(record);
    } else if (control.kind === 'again') {
      // Cleaned as it first lay on the stream, at the place where it comes again.
      const first = control.to === 'profiles' ? firstOf(control) : undefined;
      if (first !== undefined) addEvents(first);
    } else if (control.kind === 'barrier') {
      barriers.push({ id: control.id, shardId, record: firstRecord });
    } else {
      for (const [key, addressed] of addresseesOf(control)) add(key, { ...place, control: addressed });
    }
  }
  return { keys: [...keys.values()], barriers };
}

type Addressed = readonly [Key, ControlDelivery['control']];

function addresseesOf(record: ControlRecord): readonly Addressed[] {
  switch (record.kind) {
    case 'link':
    case 'unlink':
      return [[record.child, record]];
    case 'part':
      return [[record.to, record]];
    case 'erase':
      return [[record.key, record]];
    case 'tick':
      return record.keys.map((key): Addressed => [key, { kind: 'tick', at: record.at }]);
    case 'backfill': {
      const { segments } = record;
      return record.items.map(({ key, tracks }): Addressed => [key, { kind: 'backfill', segments, tracks }]);
    }
    case 'rebuilt':
      return record.keys.map((key): Addressed => [key, { kind: 'rebuilt' }]);
    default:
      return [];
  }
}
