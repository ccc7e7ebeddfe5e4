import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/**
 * Lines by bucket in one file: for each bucket a block of its own, compressed, so that a reader takes what it needs.
 *
 * The file begins with the length of each block, in four bytes each; a bucket without lines has a block of length 0.
 */
export function writeRun(buckets: readonly (readonly string[])[]): Uint8Array {
  const blocks = buckets.map((lines) => (lines.length === 0 ? Buffer.alloc(0) : zstdCompressSync(lines.join(''))));
  const head = Buffer.alloc(blocks.length * LENGTH_BYTES);
  for (const [bucket, block] of blocks.entries()) head.writeUInt32BE(block.length, bucket * LENGTH_BYTES);
  return Buffer.concat([head, ...blocks]);
}

const LENGTH_BYTES = 4;

/** Bytes at the beginning of a file that say where its blocks lie. */
export const headBytes = (buckets: number): number => buckets * LENGTH_BYTES;

/** Where a bucket's block lies in the file whose head this is. */
export function blockOf(head: Uint8Array, bucket: number): { readonly start: number; readonly length: number } {
  const view = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  let start = head.length;
  for (let before = 0; before < bucket; before += 1) start += view.readUInt32BE(before * LENGTH_BYTES);
  return { start, length: view.readUInt32BE(bucket * LENGTH_BYTES) };
}

/** The lines of a block. */
export const readBlock = (block: Uint8Array): string => zstdDecompressSync(block).toString('utf8');
