import { z } from 'zod';

export const hours = (most: number) => z.int().min(1).max(most);

export const stream = z
  .discriminatedUnion('mode', [
    /** Scales by itself and is billed by volume. */
    z.strictObject({ mode: z.literal('onDemand'), retentionHours: hours(8760).min(24).default(24) }),
    /** Cheaper for a steady load; one shard takes 1 MB/s and 1,000 records/s. */
    z.strictObject({
      mode: z.literal('provisioned'),
      shards: z.int().min(1).max(500),
      retentionHours: hours(8760).min(24).default(24),
    }),
  ])
  .default({ mode: 'onDemand', retentionHours: 24 });

const units = (least: number) => z.int().min(1).max(40_000).default(least);

/** The tables that every batch of events reads or writes: profiles, audiences, due times and the register of privacy. */
export const busyTables = z
  .discriminatedUnion('mode', [
    /** Takes any load at once and is billed by request. */
    z.strictObject({ mode: z.literal('onDemand') }),
    /**
     * Follows the load within minutes, for less than half the price where that is steady. A load that jumps above what is there
     * waits: profiles are late then, and reads of apps may be refused.
     */
    z.strictObject({
      mode: z.literal('provisioned'),
      /** Write and read units a second of each table that are always there. */
      leastWrites: units(2),
      leastReads: units(4),
      /** The most that a table follows to. */
      mostWrites: units(1_000),
      mostReads: units(1_000),
      /** Percent of the units that shall be used. */
      utilisation: z.int().min(20).max(90).default(70),
    }),
  ])
  .default({ mode: 'onDemand' });

/** How a function reads the stream. */
export const consumer = (defaults: { batchSize: number; windowSeconds: number; retryAttempts?: number }) =>
  z
    .strictObject({
      /** Most records of one invocation. */
      batchSize: z.int().min(1).max(10_000).default(defaults.batchSize),
      /** Longest wait for a full batch. Longer means fewer writes and fresher data later. */
      windowSeconds: z.int().min(0).max(300).default(defaults.windowSeconds),
      /** Retries of a failing batch before it goes to the failure destination. */
      retryAttempts: z
        .int()
        .min(0)
        .max(10_000)
        .default(defaults.retryAttempts ?? 20),
      /** Age at which a record goes to the failure destination unread. Keep it below the stream's retention. */
      recordAgeHours: hours(168).default(12),
    })
    .prefault({});
