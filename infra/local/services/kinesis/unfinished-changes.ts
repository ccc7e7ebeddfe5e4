interface Stream {
  readonly StreamStatus: string;
}

export interface StreamsStore {
  readonly metaDb: {
    createReadStream(): AsyncIterable<{ readonly key: string; readonly value: Stream }>;
    put(key: string, stream: Stream): Promise<void>;
    del(key: string): Promise<void>;
  };
  deleteStreamDb(name: string, done: (error?: Error) => void): void;
}

/**
 * Puts streams right whose change a killed process had begun: kinesalite notes the change first and makes it in the next
 * turn of its process. A stream that was made or deleted is gone then, a split or merge did not happen.
 */
export async function endUnfinishedChanges({ metaDb, deleteStreamDb }: StreamsStore): Promise<void> {
  for await (const { key, value } of metaDb.createReadStream()) {
    if (value.StreamStatus === 'UPDATING') await metaDb.put(key, { ...value, StreamStatus: 'ACTIVE' });
    if (value.StreamStatus !== 'CREATING' && value.StreamStatus !== 'DELETING') continue;
    await new Promise<void>((resolve, reject) => deleteStreamDb(key, (error) => (error ? reject(error) : resolve())));
    await metaDb.del(key);
  }
}
