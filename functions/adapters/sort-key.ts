import { createHash } from 'node:crypto';

/** DynamoDB takes sort keys of 1,024 bytes; the rest is for what is put before. */
const MAX_BYTES = 960;

/** A text as the end of a sort key: itself, or where it is too long for DynamoDB a hash, which no key equals. */
export function sortKeyOf(text: string): string {
  return Buffer.byteLength(text) <= MAX_BYTES ? text : `#${createHash('sha256').update(text).digest('hex')}`;
}
