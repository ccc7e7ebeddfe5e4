import type { ControlRecord, Key } from '../../schemas/stream/control.ts';
import { type CleanRules, cleanRecord } from '../../shared/clean/clean-record.ts';
import type { ReceivedRecord } from '../../shared/clean/cleaned-record.ts';
import type { CleanedBatchRecord } from '../../shared/privacy/decide.ts';
import type { ControlDelivery, Delivery } from '../../shared/profile/delivery.ts';
import { firstOf } from '../../shared/stream/again.ts';
import { controlOf } from '../../shared/stream/read-stream.ts';
import type { PrivacyGate } from '../adapters/privacy-gate.ts';

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

/** A record with what it says: word from Headwater, or messages, which a record that comes again had where it lay first. */
type Heard = { readonly control?: ControlRecord } | CleanedBatchRecord;

/** What of events may be known to profiles. */
export interface Admittance {
  readonly rules: CleanRules;
  readonly gate: PrivacyGate;
}

/**
 * Groups what a batch says by key: its events, cleaned, as far as they may be stored, and the records that are addressed to
 * it. What is rejected is left out, the lake keeps it; transitions and identities are for others. Throws
 * `RegisterUnreachableError`.
 */
export async function groupByKey(records: readonly ReceivedRecord[], { rules, gate }: Admittance): Promise<Batch> {
  const heard = records.map((record) => hear(record, rules));
  const admitted = (await gate(heard.filter(hasMessages))).values();
  const keys = new Map<Key, KeyBatch>();
  const barriers: BarrierPlace[] = [];
  for (const [firstRecord, { shardId, sequenceNumber, arrivedAt }] of records.entries()) {
    const place = { shardId, sequenceNumber, arrivedAt };
    const add = (key: Key, delivery: Delivery) => {
      const batch = keys.get(key);
      if (batch === undefined) keys.set(key, { key, deliveries: [delivery], firstRecord });
      else batch.deliveries.push(delivery);
    };

    const said = heard[firstRecord] as Heard;
    if (hasMessages(said)) {
      for (const { index, outcome } of (admitted.next().value as CleanedBatchRecord).cleaned.items) {
        if (outcome.ok) add(outcome.event.profileKey, { ...place, index, event: outcome.event });
      }
    } else if (said.control?.kind === 'barrier') {
      barriers.push({ id: said.control.id, shardId, record: firstRecord });
    } else if (said.control !== undefined) {
      for (const [key, addressed] of addresseesOf(said.control)) add(key, { ...place, control: addressed });
    }
  }
  return { keys: [...keys.values()], barriers };
}

function hear(record: ReceivedRecord, rules: CleanRules): Heard {
  const control = controlOf(record);
  if (control === undefined) return { received: record, cleaned: cleanRecord(record, rules) };
  const first = control.kind === 'again' && control.to === 'profiles' ? firstOf(control) : undefined;
  // Cleaned and judged as it first lay on the stream; it is applied at the place where it comes again.
  return first === undefined ? { control } : { received: first, cleaned: cleanRecord(first, rules) };
}

const hasMessages = (heard: Heard): heard is CleanedBatchRecord => 'cleaned' in heard;

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
    case 'forget':
      return record.keys.map((key): Addressed => [key, { kind: 'forget', before: record.before }]);
    case 'rebuilt':
      return record.keys.map((key): Addressed => [key, { kind: 'rebuilt' }]);
    default:
      return [];
  }
}
