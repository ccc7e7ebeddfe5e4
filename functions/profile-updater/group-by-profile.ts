import { cleanRecord } from '../../shared/clean/clean-record.ts';
import type { ReceivedRecord } from '../../shared/clean/cleaned-record.ts';
import type { Delivery } from '../../shared/profile/fold.ts';

/** What a batch brings for one profile. */
export interface ProfileBatch {
  readonly key: string;
  /** In the order of the stream. */
  readonly deliveries: Delivery[];
  /** Place in the batch of the first record that brings something. */
  readonly firstRecord: number;
}

/** Cleans a batch and groups its events by profile. What is rejected is left out here: the lake keeps it. */
export function groupByProfile(records: readonly ReceivedRecord[]): ProfileBatch[] {
  const batches = new Map<string, ProfileBatch>();
  for (const [place, record] of records.entries()) {
    const { shardId, sequenceNumber, arrivedAt } = record;
    for (const { index, outcome } of cleanRecord(record).items) {
      if (!outcome.ok) continue;
      const { event } = outcome;
      const key = event.profileKey;
      let batch = batches.get(key);
      if (batch === undefined) {
        batch = { key, deliveries: [], firstRecord: place };
        batches.set(key, batch);
      }
      batch.deliveries.push({ shardId, sequenceNumber, index, arrivedAt, event });
    }
  }
  return [...batches.values()];
}
