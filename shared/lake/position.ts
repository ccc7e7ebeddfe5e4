/** Where an event lay on the stream. */
export interface Position {
  readonly shardId: string;
  readonly sequenceNumber: string;
  /** Position within the record, from 0. */
  readonly index: number;
}

export const positionReaders = {
  shard_id: ({ position }: { position: Position }) => position.shardId,
  sequence_number: ({ position }: { position: Position }) => position.sequenceNumber,
  record_index: ({ position }: { position: Position }) => position.index,
} as const;
