import { pathOf, s3Error } from './s3.ts';
import { type SignedHttpOptions, signedHttp } from './signed-http.ts';

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

const REFUSED = new Set([404, 409, 412]);

/** The object under a key, by S3's conditional writes. Throws `ServiceError`, and what the connection threw. */
export function createStateObject<State>(bucket: string, key: string, options?: SignedHttpOptions): StateObject<State> {
  const send = signedHttp('s3', options);
  const path = pathOf(bucket, key);

  const get = () =>
    send({ method: 'GET', path }, (answer) => {
      if (answer.status < 300) return { text: answer.body.toString('utf8'), etag: String(answer.headers.etag) };
      const error = s3Error(answer, `a GET of ${key}`);
      if (error.name === 'NoSuchKey') return undefined;
      throw error;
    });

  return {
    read: async () => {
      const found = await get();
      return found && { state: JSON.parse(found.text) as State, etag: found.etag };
    },
    write: async (state, over) => {
      const text = JSON.stringify(state);
      const condition: Record<string, string> = over === undefined ? { 'if-none-match': '*' } : { 'if-match': over };
      const headers = { 'content-type': 'application/json', ...condition };
      const etag = await send({ method: 'PUT', path, headers, body: Buffer.from(text) }, (answer) => {
        if (REFUSED.has(answer.status)) return undefined;
        if (answer.status >= 300) throw s3Error(answer, `a PUT of ${key}`);
        return String(answer.headers.etag);
      });
      if (etag !== undefined) return etag;
      const found = await get();
      return found?.text === text ? found.etag : undefined;
    },
  };
}
