import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MappingSpec } from '../deploy/local-parts.ts';
import type { Gateway } from '../gateway/types.ts';
import { s3Put } from '../s3-put.ts';
import { eventOf, type PolledRecord } from './kinesis-event.ts';
import type { Outcome } from './outcome.ts';

export interface Discard {
  readonly shardId: string;
  /** At least one. */
  readonly records: readonly PolledRecord[];
  readonly condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded';
  readonly invocations: number;
  /** How the last invocation ended; missing when there was none. */
  readonly outcome: Outcome | undefined;
}

/** Keeps given-up records; tells whether it could. */
export type FailureDestination = (discard: Discard) => Promise<boolean>;

const attempts = 5;

/**
 * Writes each discarded batch to the mapping's S3 bucket as Lambda does: one object with what happened and the
 * whole event, put with the function's own permissions.
 */
export function createFailureDestination(gateway: Gateway, spec: MappingSpec): FailureDestination {
  return async (discard) => {
    if (spec.failureBucket === undefined) return false;
    const now = new Date();
    const path = `/${spec.failureBucket}/${objectKey(spec.uuid, discard.shardId, now)}`;
    const body = JSON.stringify(invocationRecord(spec, discard, now));
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const status = await s3Put(gateway, spec.functionLogicalId, path, body).catch(() => 0);
      if (status >= 200 && status < 300) return true;
      await sleep(50 * 2 ** attempt);
    }
    return false;
  };
}

/** `aws/lambda/<mapping>/<shard>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<UUID>`. */
export function objectKey(uuid: string, shardId: string, now: Date): string {
  const iso = now.toISOString();
  const time = iso.slice(0, 19).replaceAll(':', '.');
  return `aws/lambda/${uuid}/${shardId}/${iso.slice(0, 10).replaceAll('-', '/')}/${time}-${randomUUID()}`;
}

/** The record of a discarded batch, in the shape that AWS documents. */
export function invocationRecord(spec: MappingSpec, discard: Discard, now: Date): object {
  const { records, outcome } = discard;
  const first = records[0];
  const last = records.at(-1);
  return {
    requestContext: {
      requestId: randomUUID(),
      functionArn: spec.functionArn,
      condition: discard.condition,
      approximateInvokeCount: discard.invocations,
    },
    ...(outcome && {
      responseContext: {
        statusCode: 200,
        executedVersion: '$LATEST',
        functionError: outcome.ok ? null : 'Unhandled',
      },
    }),
    version: '1.0',
    timestamp: now.toISOString(),
    KinesisBatchInfo: {
      shardId: discard.shardId,
      startSequenceNumber: first?.sequenceNumber,
      endSequenceNumber: last?.sequenceNumber,
      approximateArrivalOfFirstRecord: new Date(first?.arrivedAtMs ?? 0).toISOString(),
      approximateArrivalOfLastRecord: new Date(last?.arrivedAtMs ?? 0).toISOString(),
      batchSize: records.length,
      streamArn: spec.streamArn,
    },
    payload: JSON.stringify(eventOf(records)),
  };
}
