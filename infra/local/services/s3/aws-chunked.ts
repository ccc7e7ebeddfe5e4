import type { AwsCall } from '../../gateway/types.ts';
import { AwsError } from '../errors.ts';

/**
 * Takes the framing off a body that an SDK streamed: `<hex size>[;chunk-signature=...]\r\n<bytes>\r\n`, repeated
 * until size 0, then trailers. Any other body is returned as it is.
 */
export function payloadOf({ headers, body }: Pick<AwsCall, 'headers' | 'body'>): Buffer {
  const isFramed = headers['x-amz-content-sha256']?.startsWith('STREAMING-') && headers['x-amz-decoded-content-length'];
  if (!isFramed) return body;
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = body.indexOf('\r\n', at);
    const size = lineEnd < 0 ? Number.NaN : Number.parseInt(body.toString('latin1', at, lineEnd), 16);
    const start = lineEnd + 2;
    if (!(size >= 0) || start + size > body.length) throw incomplete(`no whole chunk at byte ${at}`);
    if (size === 0) break;
    chunks.push(body.subarray(start, start + size));
    at = start + size + 2;
  }
  const payload = Buffer.concat(chunks);
  if (payload.length === Number(headers['x-amz-decoded-content-length'])) return payload;
  throw incomplete(`${payload.length} bytes of ${headers['x-amz-decoded-content-length']} came`);
}

function incomplete(reason: string): AwsError {
  return new AwsError('IncompleteBody', `The streamed body is not whole: ${reason}`);
}
