import { pathOf, s3Error } from './s3.ts';
import { type SignedAnswer, type SignedHttpOptions, signedHttp } from './signed-http.ts';

/** A file as it was when it was read. */
export interface VersionedFile {
  readonly body: Buffer;
  /** Tells this content from what was there before. */
  readonly etag: string;
  /** Since when it was there, in milliseconds since 1970: as `since` of the write says, else when it was written. */
  readonly since?: number;
}

/** What is said of a content beside its bytes. */
export interface Said {
  /** @default JSON */
  readonly type?: string;
  /**
   * It stands for what was there since then, in milliseconds since 1970, of which nothing is kept: whoever brings files
   * back to a moment takes it for what was there at it.
   */
  readonly since?: number | undefined;
}

/** The file is another than the one that was asked for, or is gone. */
export class FileChangedError extends Error {
  override readonly name = 'FileChangedError';
}

/** Files of a bucket that several may write, or that may be replaced while they are read. Throws `ServiceError`. */
export interface VersionedFiles {
  /** Undefined when there is none. */
  read(key: string): Promise<VersionedFile | undefined>;
  /** Up to `length` bytes from `start` on of the file with this ETag. Throws `FileChangedError`. */
  readPart(key: string, etag: string, start: number, length: number): Promise<Buffer>;
  /**
   * Writes over the file with this ETag, or where there is none. Answers the new ETag; undefined when what is there is
   * something else, which may be what this call wrote before its answer was lost.
   */
  writeOver(key: string, before: string | undefined, body: Uint8Array, said?: Said): Promise<string | undefined>;
  /** Removes the file with this ETag; another that is there stays. */
  remove(key: string, etag: string): Promise<void>;
}

/** Metadata of an object: an ISO time. `infra/local/restore-drill/restore-objects.ts` reads it. */
const SINCE = 'x-amz-meta-since';
const PRECONDITION_FAILED = 412;
/** Two writes at the same time: the other one won. */
const CONFLICT = 409;
const NOT_FOUND = 404;
const RANGE_NOT_SATISFIABLE = 416;

export function createVersionedFiles(bucket: string, options: SignedHttpOptions = {}): VersionedFiles {
  const send = signedHttp('s3', { timeoutMs: 30_000, ...options });
  const tagOf = ({ headers }: SignedAnswer): string => headers.etag ?? '';
  return {
    read: (key) =>
      send({ method: 'GET', path: pathOf(bucket, key) }, (answer) => {
        if (answer.status < 300) return { body: answer.body, etag: tagOf(answer), ...sinceOf(answer) };
        const error = s3Error(answer, `a GET of ${key}`);
        if (error.name === 'NoSuchKey') return undefined;
        throw error;
      }),
    readPart: async (key, etag, start, length) => {
      const headers = { range: `bytes=${start}-${start + length - 1}`, 'if-match': etag };
      const found = await send({ method: 'GET', path: pathOf(bucket, key), headers }, (answer) => {
        if (answer.status === RANGE_NOT_SATISFIABLE) return Buffer.alloc(0);
        if (answer.status === PRECONDITION_FAILED || answer.status === NOT_FOUND) return undefined;
        if (answer.status >= 300) throw s3Error(answer, `a GET of ${key}`);
        return answer.body;
      });
      if (found === undefined) throw new FileChangedError('The file was replaced or removed while it was read.');
      return found;
    },
    writeOver: (key, before, body, { type = 'application/json', since } = {}) => {
      const condition = before === undefined ? { 'if-none-match': '*' } : { 'if-match': before };
      const stands = since === undefined ? {} : { [SINCE]: new Date(since).toISOString() };
      const headers = { 'content-type': type, ...condition, ...stands };
      return send({ method: 'PUT', path: pathOf(bucket, key), headers, body }, (answer) => {
        if ([PRECONDITION_FAILED, CONFLICT, NOT_FOUND].includes(answer.status)) return undefined;
        if (answer.status >= 300) throw s3Error(answer, `a PUT of ${key}`);
        return tagOf(answer);
      });
    },
    remove: (key, etag) => {
      const headers = { 'if-match': etag };
      return send({ method: 'DELETE', path: pathOf(bucket, key), headers }, (answer) => {
        const isGone = [PRECONDITION_FAILED, CONFLICT, NOT_FOUND].includes(answer.status);
        if (answer.status >= 300 && !isGone) throw s3Error(answer, `a DELETE of ${key}`);
      });
    },
  };
}

function sinceOf({ headers }: SignedAnswer): { readonly since?: number } {
  const since = Date.parse(String(headers[SINCE] ?? headers['last-modified']));
  return Number.isNaN(since) ? {} : { since };
}
