import type { ReplayJob } from '../../shared/replay/job.ts';
import type { DynamoDb } from './dynamodb.ts';
import { createHeldItem, workKey } from './held-item.ts';
import type { HeldStore } from './lease.ts';

/** The one replay that there may be. */
export interface ReplayWork {
  /** The latest, which may be over; undefined when there never was any. */
  readonly job: ReplayJob | undefined;
  /** When a command last had it go on, milliseconds since 1970; 0 for never. */
  readonly calledAt: number;
}

/** The replay in the table of segments. */
export const createReplayJobs = (dynamoDb: DynamoDb, table: string): HeldStore<ReplayWork> =>
  createHeldItem<ReplayWork>(dynamoDb, table, workKey('replay'), {
    read: ({ job, calledAt }) => ({
      job: job?.S === undefined ? undefined : JSON.parse(job.S),
      calledAt: Number(calledAt?.N ?? 0),
    }),
    write: ({ job, calledAt }) => ({
      calledAt: { N: String(calledAt) },
      ...(job && { job: { S: JSON.stringify(job) } }),
    }),
  });
