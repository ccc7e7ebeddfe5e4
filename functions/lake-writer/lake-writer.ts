import type { KinesisStreamBatchResponse, KinesisStreamHandler } from 'aws-lambda';
import type { CleanRules } from '../../shared/clean/clean-record.ts';
import type { ReceivedRecord } from '../../shared/clean/cleaned-record.ts';
import type { TableRows } from '../../shared/lake/column-readers.ts';
import { landedRows } from '../../shared/lake/landed-rows.ts';
import { barrierKey, landedKey } from '../../shared/lake/object-key.ts';
import { parquetFile } from '../../shared/lake/parquet/parquet-file.ts';
import { barriersIn, hasMessages, type ReadRecord, readBatch } from '../../shared/lake/read-batch.ts';
import { receivedRecords } from '../adapters/kinesis-batch.ts';
import { errorFields, log } from '../adapters/log.ts';
import { type PrivacyGate, RegisterUnreachableError } from '../adapters/privacy-gate.ts';
import type { PutObject } from '../adapters/s3.ts';

export interface LakeWriterProps {
  readonly put: PutObject;
  readonly rules: CleanRules;
  readonly gate: PrivacyGate;
}

/**
 * Lands what may be stored of each batch of the stream: a file for each table that has rows, named after the batch's first
 * record. When all have landed, it marks the barriers of the batch.
 *
 * When the register does not answer, or a file cannot be stored, the batch is reported from its first record, so that it comes again as it was and
 * overwrites what it stored; an exception would make Lambda cut it in two, into files that nobody needs. An exception
 * is left for what we did not foresee: cutting then finds the one record that is at fault, and spares its neighbours.
 */
export function lakeWriter({ put, rules, gate }: LakeWriterProps): KinesisStreamHandler {
  return async (event): Promise<KinesisStreamBatchResponse> => {
    const records = receivedRecords(event);
    const [first] = records;
    if (!first) return { batchItemFailures: [] };
    const batch = readBatch(records, rules);
    const [admitted] = await Promise.allSettled([gate(batch.filter(hasMessages))]);
    if (admitted.status === 'rejected' && !(admitted.reason instanceof RegisterUnreachableError)) throw admitted.reason;
    const failure = admitted.status === 'rejected' ? admitted : await store(put, first, batch, admitted.value);
    if (!failure) return { batchItemFailures: [] };
    log('error', 'A batch could not be stored in the lake, and will be tried again.', {
      code: 'lake_not_stored',
      shardId: first.shardId,
      sequenceNumber: first.sequenceNumber,
      records: records.length,
      ...errorFields(failure.reason),
    });
    return { batchItemFailures: [{ itemIdentifier: first.sequenceNumber }] };
  };
}

/** Lands what may be stored of a batch, then marks its barriers. Answers the first write that failed. */
async function store(
  put: PutObject,
  first: ReceivedRecord,
  batch: readonly ReadRecord[],
  admitted: readonly ReadRecord[],
): Promise<PromiseRejectedResult | undefined> {
  const judged = admitted.values();
  const rest = batch.map((read) => (hasMessages(read) ? (judged.next().value as ReadRecord) : read));
  const tables = landedRows(rest).filter(({ count }) => count > 0);
  return (
    (await failureOf(tables.map((rows) => land(put, rows, first)))) ??
    (await failureOf(barriersIn(batch).map((id) => put(barrierKey(id, first.shardId), passed))))
  );
}

const passed = Buffer.from('passed\n');

/** Waits for all; answers the first that failed. */
async function failureOf(writes: readonly Promise<void>[]): Promise<PromiseRejectedResult | undefined> {
  const results = await Promise.allSettled(writes);
  return results.find((result) => result.status === 'rejected');
}

const land = (put: PutObject, rows: TableRows, first: ReceivedRecord): Promise<void> =>
  put(landedKey(rows.table.name, first), parquetFile(rows));
