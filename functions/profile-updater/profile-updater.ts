import type { KinesisStreamBatchResponse, KinesisStreamEvent } from 'aws-lambda';
import type { ReceivedRecord } from '../../shared/clean/cleaned-record.ts';
import { type CatalogSource, createCatalog } from '../adapters/compiled-catalog.ts';
import { receivedRecords } from '../adapters/kinesis-batch.ts';
import { errorFields } from '../adapters/log.ts';
import { RegisterUnreachableError } from '../adapters/privacy-gate.ts';
import { type BatchProps, BatchUpdate } from './batch-update.ts';
import { type Admittance, groupByKey } from './group-by-key.ts';
import { WarmProfiles } from './warm-profiles.ts';

export interface ProfileUpdaterProps extends BatchProps, Admittance {
  readonly catalog: CatalogSource;
}

/**
 * Makes the stream consumer that keeps the profiles: takes a batch in by key, writes each touched item once, and publishes
 * what the writes have to say.
 *
 * No crash loses or doubles a link, a report or a transition:
 *
 * 1. An item is written, on the condition of its version, with all that the deliveries change: the part, the identity, the
 *    memberships and their numbers, what was applied, and the outbox. So a transition is decided once, with its id.
 * 2. Outboxes are published after the writes, and a batch is acknowledged after that. If a sandbox dies in between, the
 *    batch comes again. Then nothing in it is new to the item, and the outbox that was found is published again.
 * 3. An outbox is replaced only once it was surely published: this sandbox has done so, or the consumer of transitions has
 *    heard of them. Any other one is published before, or as soon as an event comes. That an earlier batch of the shard
 *    wrote it proves nothing: that batch may have been given up halfway.
 * 4. What is published twice has the same ids and numbers: keys, consumers and the lake know what they have seen.
 * 5. A due time is armed before the item that relies on it is written: a crash between leaves a tick that finds nothing.
 * 6. A barrier is marked when all that lies before it in the batch was written and published.
 * 7. The parts of a person's other keys are read after the home. What they change later is reported later, so the last
 *    evaluation of a person has seen the last of each part.
 * 8. Before anything is read, the privacy register says what may be taken in, and is told what the batch chooses: whatever
 *    comes later, here or in the lake, is judged by it.
 *
 * After a first failure no further item is begun, and the batch is answered with the earliest record of a key that was not
 * written or published: everything from there comes again, in order. An item that can never be written is logged by its
 * opaque id and left behind, so that it does not hold up the shard; its events are in the lake.
 */
export function createProfileUpdater(props: ProfileUpdaterProps) {
  const warm = new WarmProfiles();
  const readCatalog = createCatalog(props.catalog);
  return async (event: KinesisStreamEvent): Promise<KinesisStreamBatchResponse> => {
    const records = receivedRecords(event);
    const batch = await groupByKey(records, props).catch((error: unknown) => {
      if (!(error instanceof RegisterUnreachableError)) throw error;
      props.log('error', 'The privacy register did not answer; the batch comes again.', {
        code: 'register_not_read',
        ...errorFields(error.cause),
      });
    });
    if (batch === undefined) return failedAt(records[0]);
    const starts = new Map<string, string>();
    for (const { shardId, sequenceNumber } of records) {
      if (!starts.has(shardId)) starts.set(shardId, sequenceNumber);
    }
    const failed = await new BatchUpdate(props, warm, starts).run(batch, readCatalog);
    return failedAt(records[failed]);
  };
}

/** The record from which a batch comes again, if it does. */
const failedAt = (record: ReceivedRecord | undefined): KinesisStreamBatchResponse => ({
  batchItemFailures: record === undefined ? [] : [{ itemIdentifier: record.sequenceNumber }],
});
