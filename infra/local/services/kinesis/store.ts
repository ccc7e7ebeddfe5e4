export interface StoredShard {
  readonly ShardId: string;
  readonly SequenceNumberRange: { readonly EndingSequenceNumber?: string };
}

/** A record by `<shard in hex>/<sequence number>`. */
export interface StoredRecord {
  readonly key: string;
  readonly value: { readonly ApproximateArrivalTimestamp: number };
}

/** What kinesalite keeps, as far as corrections look at it. */
export interface KinesisStore {
  getStream(name: string, done: (error: unknown, stream: { readonly Shards: readonly StoredShard[] }) => void): void;
  getStreamDb(name: string): {
    createReadStream(range: { readonly gt: string; readonly lt: string }): AsyncIterable<StoredRecord>;
  };
}
