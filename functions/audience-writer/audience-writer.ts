import type { KinesisStreamBatchResponse, KinesisStreamEvent } from 'aws-lambda';
import type { Transition } from '../../schemas/stream/control.ts';
import type { AudienceStore } from '../adapters/audience-store.ts';
import type { Barriers } from '../adapters/barriers.ts';
import { receivedRecords } from '../adapters/kinesis-batch.ts';
import { errorFields, type log } from '../adapters/log.ts';
import { planChanges } from './plan-changes.ts';
import { barriersOf, readTransitions, type Slice } from './read-transitions.ts';

export interface AudienceWriterProps {
  readonly store: AudienceStore;
  /** Sends transitions out, those of each person in order; throws when one was not taken. */
  readonly send: (transitions: readonly Transition[]) => Promise<void>;
  readonly barriers: Pick<Barriers, 'markBarrier'>;
  readonly log: typeof log;
}

/**
 * Makes the stream consumer that keeps members, counts and lists of transitions, then sends the transitions out.
 *
 * Each step may happen again without harm, and a later one only when the earlier ones are done: whatever fails, the batch
 * is answered with the first record that is not through, and comes again from there.
 */
export function createAudienceWriter({ store, send, barriers, log }: AudienceWriterProps) {
  return async (event: KinesisStreamEvent): Promise<KinesisStreamBatchResponse> => {
    const records = receivedRecords(event);
    const slices = readTransitions(records);
    let transitions = 0;
    for (const slice of slices) {
      try {
        await write(store, slice);
        await send(distinct(slice));
        transitions += slice.arrivals.length;
      } catch (error) {
        const [first] = slice.records;
        log('error', 'Transitions were not written; the batch comes again.', {
          code: 'transitions_not_written',
          transitions: slice.arrivals.length,
          ...errorFields(error),
        });
        return { batchItemFailures: [{ itemIdentifier: first?.sequenceNumber ?? '' }] };
      }
    }
    const passed = barriersOf(records);
    for (const { id, record } of passed) {
      try {
        await barriers.markBarrier(id, record.shardId);
      } catch (error) {
        log('error', 'A barrier was not marked; the batch comes again.', {
          code: 'barrier_not_marked',
          ...errorFields(error),
        });
        return { batchItemFailures: [{ itemIdentifier: record.sequenceNumber }] };
      }
    }
    const unread = records.length - passed.length - slices.reduce((sum, slice) => sum + slice.records.length, 0);
    if (unread > 0) log('error', 'Records hold no transitions.', { code: 'transitions_unreadable', records: unread });
    log('info', 'Transitions were written.', { code: 'transitions_written', transitions });
    return { batchItemFailures: [] };
  };
}

async function write(store: AudienceStore, { records, arrivals }: Slice): Promise<void> {
  const shardId = records[0]?.shardId ?? '';
  const transitions = arrivals.map(({ transition }) => transition);
  const [counts, stored] = await Promise.all([
    store.readCounts(shardId, new Set(transitions.map(({ segmentId }) => segmentId))),
    store.readMembers(transitions),
  ]);
  const changes = planChanges(arrivals, stored, counts.bySegment);
  await store.writeTransitions(transitions);
  await store.writeCounts(counts, changes.counts);
  await store.writeMembers(changes.members);
}

/** Each transition once: a record may be put on the stream twice. */
const distinct = ({ arrivals }: Slice): Transition[] => [
  ...new Map(arrivals.map(({ transition }) => [transition.id, transition])).values(),
];
