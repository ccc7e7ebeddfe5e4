import type { Held, HeldStore } from './lease.ts';
import type { VersionedFiles } from './versioned-files.ts';

/** What a state object holds, and the tag by which S3 knows that content. */
export interface Stored<State> {
  readonly state: State;
  readonly etag: string;
}

/** A JSON text in S3 that several may want to change: a change is made only to what its maker has read. */
export interface StateObject<State> {
  read(): Promise<Stored<State> | undefined>;
  /**
   * Writes over what has that tag, or where nothing is. Answers the new tag; undefined when somebody else has written
   * since. States must differ, in a counter for example: by that a lost answer is told from a conflict.
   */
  write(state: State, over: string | undefined): Promise<string | undefined>;
}

type Files = Pick<VersionedFiles, 'read' | 'writeOver'>;

/** The object under a key, by S3's conditional writes. Throws `ServiceError`, and what the connection threw. */
export function createStateObject<State>(files: Files, key: string): StateObject<State> {
  return {
    read: async () => {
      const found = await files.read(key);
      return found && { state: JSON.parse(found.body.toString('utf8')) as State, etag: found.etag };
    },
    write: async (state, over) => {
      const body = Buffer.from(JSON.stringify(state));
      const etag = await files.writeOver(key, over, body);
      if (etag !== undefined) return etag;
      const found = await files.read(key);
      return found?.body.equals(body) ? found.etag : undefined;
    },
  };
}

/** Work that only one may do, as such an object: lease and progress change together or not at all. */
export function createHeldObject<Work extends object>(object: StateObject<Held & Work>): HeldStore<Work> {
  let latest: Stored<Held & Work> | undefined;
  return {
    read: async () => {
      latest = await object.read();
      return latest?.state;
    },
    write: async (held) => {
      const etag = await object.write(held, latest?.etag);
      if (etag !== undefined) latest = { state: held, etag };
      return etag !== undefined;
    },
  };
}
