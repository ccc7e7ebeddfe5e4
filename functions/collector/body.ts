import { gunzipSync, inflateSync } from 'node:zlib';
import type { HttpEvent } from '../middleware/http.ts';
import { ProblemError } from '../middleware/problem.ts';

const decoders = new Map([
  ['gzip', gunzipSync],
  ['x-gzip', gunzipSync],
  ['deflate', inflateSync],
]);

/** Too much came out of the body: `decoded` bytes or more. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
  readonly bytes: number;

  constructor(bytes: number) {
    super(`The body has ${bytes} bytes or more`);
    this.bytes = bytes;
  }
}

/**
 * Text of a request's body: base64 and gzip undone, at most `limit` bytes, whatever content type it claims.
 * Throws `BodyTooLarge`, and a problem when it cannot be decoded.
 */
export function bodyText(event: HttpEvent, limit: number): string {
  const { body = '', isBase64Encoded } = event;
  const encoding = (event.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (!isBase64Encoded && encoding === 'identity') return bounded(body, limit);
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  return bounded(decoded(bytes, encoding, limit).toString('utf8'), limit);
}

/** Bytes in UTF-8 of a UTF-16 unit: bodies far below the limit need no counting. */
const MOST_BYTES_PER_UNIT = 3;

function bounded(text: string, limit: number): string {
  if (text.length * MOST_BYTES_PER_UNIT > limit) {
    const bytes = Buffer.byteLength(text);
    if (bytes > limit) throw new BodyTooLarge(bytes);
  }
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

function decoded(bytes: Buffer, encoding: string, limit: number): Buffer {
  if (encoding === 'identity') return bytes;
  const decode = decoders.get(encoding);
  if (!decode) {
    const given = JSON.stringify(encoding.slice(0, 40));
    throw new ProblemError('invalid_encoding', `Content-Encoding is ${given}: send gzip, deflate or none.`);
  }
  try {
    return decode(bytes, { maxOutputLength: limit });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new BodyTooLarge(limit + 1);
    throw new ProblemError(
      'invalid_encoding',
      `Content-Encoding is ${encoding}, but the body (${bytes.byteLength} bytes) is not: compress it, or leave the header out.`,
      { cause: error },
    );
  }
}
