import type { BackfillJob, Failure } from '../../shared/segments/backfill-job.ts';
import type { DynamoDb } from './dynamodb.ts';
import { createHeldItem, workKey } from './held-item.ts';
import type { Held, HeldStore } from './lease.ts';

/** The one backfill that there may be. */
export interface BackfillWork {
  /** Undefined when there is nothing to do. */
  readonly job: BackfillJob | undefined;
  /** Definitions whose queries failed, over all jobs. */
  readonly failures: readonly Failure[];
}

export type HeldJob = Held & BackfillWork;
export type BackfillJobs = HeldStore<BackfillWork>;

/** The backfill's job in the table of segments. */
export const createBackfillJobs = (dynamoDb: DynamoDb, table: string): BackfillJobs =>
  createHeldItem<BackfillWork>(dynamoDb, table, workKey('job'), {
    read: ({ job, failures }) => ({
      job: job?.S === undefined ? undefined : JSON.parse(job.S),
      failures: JSON.parse(failures?.S ?? '[]'),
    }),
    write: ({ job, failures }) => ({
      ...(job && { job: { S: JSON.stringify(job) } }),
      failures: { S: JSON.stringify(failures) },
    }),
  });
