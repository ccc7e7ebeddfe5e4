import type { Mark } from '../../shared/lake/marks.ts';
import type { DynamoDb } from './dynamodb.ts';
import { createHeldItem } from './held-item.ts';
import type { HeldStore } from './lease.ts';

/** The one training that there may be. */
export interface TrainingWork<Training> {
  /** The latest, which may be over; undefined when there never was any. */
  readonly training: Training | undefined;
  /** When a command last had it go on, milliseconds since 1970; 0 for never. */
  readonly calledAt: number;
  /** What the lake shows of the catalog; undefined when nothing yet. */
  readonly catalog: ShownCatalog | undefined;
}

/** Snapshots of the catalog in the lake. */
export interface ShownCatalog {
  /** What the mark shows, milliseconds since 1970. */
  readonly snapshotAt: number;
  readonly mark: Mark;
  /** Until when events have taught what they tell; undefined for not at all. */
  readonly learntAt?: number;
  readonly keys: readonly string[];
  /** Files of the one before: whoever began to read it is done when the next is whole. */
  readonly replaced: readonly string[];
}

/** The training in the table of models, beside the versions. */
export const createTrainingWork = <Training>(dynamoDb: DynamoDb, table: string): HeldStore<TrainingWork<Training>> =>
  createHeldItem<TrainingWork<Training>>(
    dynamoDb,
    table,
    { pk: { S: 'training' } },
    {
      read: ({ training, calledAt, catalog }) => ({
        training: training?.S === undefined ? undefined : JSON.parse(training.S),
        calledAt: Number(calledAt?.N ?? 0),
        catalog: catalog?.S === undefined ? undefined : JSON.parse(catalog.S),
      }),
      write: ({ training, calledAt, catalog }) => ({
        calledAt: { N: String(calledAt) },
        ...(training !== undefined && { training: { S: JSON.stringify(training) } }),
        ...(catalog && { catalog: { S: JSON.stringify(catalog) } }),
      }),
    },
  );
