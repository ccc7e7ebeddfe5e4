import type { KinesisStreamBatchResponse, KinesisStreamHandler } from 'aws-lambda';
import type { ReceivedRecord } from '../../shared/clean/cleaned-record.ts';
import type { TableRows } from '../../shared/lake/column-readers.ts';
import { landedRows } from '../../shared/lake/landed-rows.ts';
import { barrierKey, landedKey } from '../../shared/lake/object-key.ts';
import { parquetFile } from '../../shared/lake/parquet/parquet-file.ts';
import { barriersIn, readBatch } from '../../shared/lake/read-batch.ts';
import { receivedRecords } from '../adapters/kinesis-batch.ts';
import { errorFields, log } from '../adapters/log.ts';
import type { PutObject } from '../adapters/s3.ts';

/**
 * Lands each batch of the stream: a file for each table that has rows, named after the batch's first record. When all
 * have landed, it marks the barriers of the batch.
 *
 * When a file cannot be stored, the batch is reported from its first record, so that it comes again as it was and
 * overwrites what it stored; an exception would make Lambda cut it in two, into files that nobody needs. An exception
 * is left for what we did not foresee: cutting then finds the one record that is at fault, and spares its neighbours.
 */
export function lakeWriter(put: PutObject): KinesisStreamHandler {
  return async (event): Promise<KinesisStreamBatchResponse> => {
    const records = receivedRecords(event);
    const [first] = records;
    if (!first) return { batchItemFailures: [] };
    const batch = readBatch(records);
    const tables = landedRows(batch).filter(({ count }) => count > 0);
    const failure =
      (await failureOf(tables.map((rows) => land(put, rows, first)))) ??
      (await failureOf(barriersIn(batch).map((id) => put(barrierKey(id, first.shardId), passed))));
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

const passed = Buffer.from('passed\n');

/** Waits for all; answers the first that failed. */
async function failureOf(writes: readonly Promise<void>[]): Promise<PromiseRejectedResult | undefined> {
  const results = await Promise.allSettled(writes);
  return results.find((result) => result.status === 'rejected');
}

const land = (put: PutObject, rows: TableRows, first: ReceivedRecord): Promise<void> =>
  put(landedKey(rows.table.name, first), parquetFile(rows));
