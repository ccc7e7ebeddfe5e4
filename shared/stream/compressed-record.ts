import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/** Every frame of zstd begins so, and no text in UTF-8 does. */
const FRAME = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
/** How an envelope of events begins. Other records stay text: event source mappings filter them by what they say. */
const EVENTS = Buffer.from('{"v":1,"kind":"events",');
/** Volume is charged by the KB of a record: what takes no more gains nothing. */
const PLAIN_BYTES = 1_000;
/** No record holds more: what claims to is damaged, or made to fill the memory. */
const MAX_BYTES = 12_000_000;
const params = { [constants.ZSTD_c_compressionLevel]: 1 };

/** A record's data as it is put on the stream: envelopes of events compressed, where that saves volume. */
export function compressRecord(data: Uint8Array): Uint8Array {
  if (data.length <= PLAIN_BYTES || EVENTS.compare(data, 0, EVENTS.length) !== 0) return data;
  return zstdCompressSync(data, { params, pledgedSrcSize: data.length });
}

/**
 * A record's data as it was before `compressRecord`. Whatever else lies on the stream, text of other producers and frames
 * that are damaged, is answered as it is. Never throws.
 */
export function uncompressRecord(data: Uint8Array): Uint8Array {
  if (data.length < FRAME.length || FRAME.compare(data, 0, FRAME.length) !== 0) return data;
  try {
    return zstdDecompressSync(data, { maxOutputLength: MAX_BYTES });
  } catch {
    return data;
  }
}
