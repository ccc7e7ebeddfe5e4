import { readState, writeState } from '../state-file.ts';

/** Where reading of a shard goes on. */
export type Position =
  | { readonly after: string }
  /** From the shard's first record that arrived at or after this time; 0 for the whole shard. */
  | { readonly fromMs: number }
  /** The shard is closed and processed. */
  | { readonly ended: true };

interface CheckpointFile {
  /** Creation time of the stream that the sequence numbers belong to. */
  readonly stream: number;
  /** Where shards without an entry begin. */
  readonly fromMs: number;
  readonly shards: Record<string, Position>;
}

/** How far a mapping has come in each shard, kept in a file. */
export interface Checkpoints {
  positionOf(shardId: string): Position;
  /** Resolves when the position is on disk. */
  set(shardId: string, position: Position): Promise<void>;
  /** Forgets every position: all shards begin with their first record that arrived at or after this time. */
  reset(fromMs: number): Promise<void>;
}

/**
 * Opens a mapping's checkpoints. A file of another stream, one that was deleted and made anew, doesn't count.
 * Throws `DamagedDataError` when the file cannot be read.
 */
export async function openCheckpoints(file: string, stream: number, fromMs: number): Promise<Checkpoints> {
  const kept = await readState<CheckpointFile>(file);
  let content: CheckpointFile = kept?.stream === stream ? kept : { stream, fromMs, shards: {} };
  let writing = Promise.resolve();
  let waiting: Promise<void> | undefined;

  /** Writes after the write that is under way; calls that come meanwhile share one write. */
  const save = (): Promise<void> => {
    waiting ??= writing.then(() => {
      waiting = undefined;
      writing = writeState(file, content);
      return writing;
    });
    return waiting;
  };
  if (content !== kept) await save();
  return {
    positionOf: (shardId) => content.shards[shardId] ?? { fromMs: content.fromMs },
    set: (shardId, position) => {
      content.shards[shardId] = position;
      return save();
    },
    reset: (time) => {
      content = { stream, fromMs: time, shards: {} };
      return save();
    },
  };
}
