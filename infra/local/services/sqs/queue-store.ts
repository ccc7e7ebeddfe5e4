import path from 'node:path';
import { ClassicLevel } from 'classic-level';
import { openFolder } from '../level-emulator.ts';

/** A message as it was sent; it never changes. */
export interface StoredMessage {
  readonly id: string;
  readonly body: string;
  /** Epoch milliseconds. */
  readonly sentAt: number;
  readonly group?: string | undefined;
  readonly deduplicationId?: string | undefined;
}

/** A message that was received, or is delayed: nobody gets it before `until`. */
export interface Hidden {
  readonly until: number;
  /** 0 while it is delayed. */
  readonly receives: number;
  readonly firstReceivedAt?: number | undefined;
  /** What only the latest receiver knows. */
  readonly receipt?: string | undefined;
  readonly group?: string | undefined;
}

/** A queue's settings by their names in the API. */
export interface QueueRecord {
  readonly attributes: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly modifiedAt: number;
}

/** Where the next message goes, and how many there are. */
export interface Tally {
  readonly next: number;
  readonly count: number;
}

type Values = { queue: QueueRecord; tally: Tally; message: StoredMessage; hidden: Hidden; original: Original };

/** The message that a deduplication id stands for. */
export interface Original {
  readonly id: string;
  readonly position: number;
  readonly sentAt: number;
}

export type Change = { readonly type: 'put'; readonly key: string; readonly value: unknown } | Removal;
type Removal = { readonly type: 'del'; readonly key: string };

/** Queue names hold no `!`, positions are padded: keys of one kind and queue lie together, in order. */
export function keyOf(kind: keyof Values, queue: string, position?: number): string {
  return `${kind}!${queue}${position === undefined ? '' : `!${String(position).padStart(16, '0')}`}`;
}

export const positionOf = (key: string): number => Number(key.slice(key.lastIndexOf('!') + 1));

export const put = <Kind extends keyof Values>(
  kind: Kind,
  queue: string,
  value: Values[Kind],
  position?: number,
): Change => ({ type: 'put', key: keyOf(kind, queue, position), value });

/** Takes away what there is once for a queue. */
export const forget = (kind: 'queue' | 'tally', queue: string): Change => ({ type: 'del', key: keyOf(kind, queue) });

export const remove = (kind: keyof Values, queue: string, position: number): Change => ({
  type: 'del',
  key: keyOf(kind, queue, position),
});

/** All queues in one LevelDB folder. A write is whole or not at all, and outlives the process once it is awaited. */
export interface QueueStore {
  write(changes: readonly Change[]): Promise<void>;
  /** The values under a kind, or under one queue of it, in order, from a position on. */
  entries<Kind extends keyof Values>(
    kind: Kind,
    queue?: string,
    from?: number,
  ): AsyncIterable<readonly [key: string, value: Values[Kind]]>;
  find<Kind extends keyof Values>(keys: readonly string[]): Promise<(Values[Kind] | undefined)[]>;
  /** Deletes all keys from the first, short of the second. */
  clear(from: string, to: string): Promise<void>;
  /** Runs one piece of work after the other, so that what it read holds until it has written. */
  exclusive<Result>(work: () => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/** Opens `<dataDir>/sqs`. Throws `DataFolderError`. */
export async function openQueueStore(dataDir: string): Promise<QueueStore> {
  const folder = path.join(dataDir, 'sqs');
  const level = await openFolder(folder, async () => {
    const opening = new ClassicLevel<string, unknown>(folder, {
      valueEncoding: 'json',
      // Queues are short: what is not read back soon need not lie in memory.
      cacheSize: 1024 * 1024,
      writeBufferSize: 1024 * 1024,
    });
    await opening.open();
    return opening;
  });
  let last: Promise<unknown> = Promise.resolve();
  return {
    write: (changes) => level.batch([...changes]),
    entries: <Kind extends keyof Values>(kind: Kind, queue?: string, from?: number) => {
      const prefix = queue === undefined ? `${kind}!` : `${keyOf(kind, queue)}!`;
      const gte = queue === undefined || from === undefined ? prefix : keyOf(kind, queue, from);
      return level.iterator({ gte, lt: behind(prefix) }) as AsyncIterable<[string, Values[Kind]]>;
    },
    find: <Kind extends keyof Values>(keys: readonly string[]) =>
      level.getMany([...keys]) as Promise<(Values[Kind] | undefined)[]>,
    clear: (gte, lt) => level.clear({ gte, lt }),
    exclusive: (work) => {
      const result = last.then(work);
      last = result.catch(() => {});
      return result;
    },
    close: () => last.then(() => level.close()),
  };
}

/** The first key after all keys that begin with `prefix`, which ends with `!`. */
export const behind = (prefix: string): string => `${prefix.slice(0, -1)}"`;
