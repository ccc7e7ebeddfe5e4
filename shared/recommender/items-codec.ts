import { crc32 } from 'node:zlib';
import type { ModelItems } from './model.ts';
import { ModelBytesError } from './model-bytes-error.ts';

/*
 * The items of a version as chunks, each: format (4 bytes), CRC-32 of what follows, place of its first item, number of its
 * items, number of all items, bytes of its ids (4 each, little-endian); popularity and trend as float32; the ids as JSON.
 */
const FORMAT = 1;
const HEADER_BYTES = 24;
/** Quotes, a comma and two floats of an item. */
const ITEM_BYTES = 11;
const MAX_CHUNK_BYTES = 350_000;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** All items in chunks of at most `maxBytes`, one at least. Throws a RangeError on an id that no chunk can hold. */
export function encodeItems({ ids, popularity, trend }: ModelItems, maxBytes = MAX_CHUNK_BYTES): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let from = 0;
  let size = HEADER_BYTES;
  const close = (to: number) => {
    const text = encoder.encode(JSON.stringify(ids.slice(from, to)));
    chunks.push(chunkOf(from, ids.length, text, popularity.subarray(from, to), trend.subarray(from, to)));
    from = to;
    size = HEADER_BYTES;
  };
  for (const [index, id] of ids.entries()) {
    const bytes = ITEM_BYTES + encoder.encode(JSON.stringify(id)).length;
    if (HEADER_BYTES + bytes > maxBytes) throw new RangeError(`Id ${index} of ${id.length} characters fits no chunk.`);
    if (size + bytes > maxBytes) close(index);
    size += bytes;
  }
  close(ids.length);
  return chunks;
}

/** The items of all chunks, in whatever order they come. Throws a ModelBytesError on damaged or missing ones. */
export function decodeItems(chunks: readonly Uint8Array[]): ModelItems {
  const parts = chunks.map(partOf).sort((one, other) => one.first - other.first);
  const total = parts[0]?.total ?? 0;
  const ids: string[] = [];
  const found = parts.reduce((sum, part) => sum + part.ids.length, 0);
  if (parts.length === 0 || found !== total) throw damaged(`they name ${found} of ${total}`);
  const popularity = new Float32Array(total);
  const trend = new Float32Array(total);
  for (const part of parts) {
    if (part.first !== ids.length || part.total !== total) throw damaged(`a chunk for item ${ids.length} is missing`);
    popularity.set(part.popularity, part.first);
    trend.set(part.trend, part.first);
    for (const id of part.ids) ids.push(id);
  }
  return { ids, popularity, trend };
}

interface Part extends ModelItems {
  readonly first: number;
  readonly total: number;
}

const damaged = (why: string) => new ModelBytesError(`These bytes hold no items: ${why}.`);

function chunkOf(first: number, total: number, ids: Uint8Array, popularity: Float32Array, trend: Float32Array) {
  const count = popularity.length;
  const bytes = new Uint8Array(HEADER_BYTES + 8 * count + ids.length);
  const view = new DataView(bytes.buffer);
  for (const [at, word] of [FORMAT, 0, first, count, total, ids.length].entries()) view.setUint32(4 * at, word, true);
  for (let at = 0; at < count; at++) {
    view.setFloat32(HEADER_BYTES + 4 * at, popularity[at] as number, true);
    view.setFloat32(HEADER_BYTES + 4 * (count + at), trend[at] as number, true);
  }
  bytes.set(ids, HEADER_BYTES + 8 * count);
  view.setUint32(4, crc32(bytes.subarray(8)), true);
  return bytes;
}

function partOf(bytes: Uint8Array): Part {
  if (bytes.length < HEADER_BYTES) throw damaged(`a chunk has ${bytes.length} of ${HEADER_BYTES} bytes at least`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (at: number) => view.getUint32(4 * at, true);
  const [format, sum, first, count, total, idBytes] = [word(0), word(1), word(2), word(3), word(4), word(5)];
  if (format !== FORMAT) throw damaged(`a chunk is of format ${format}, and this reads ${FORMAT}`);
  if (crc32(bytes.subarray(8)) !== sum) throw damaged('the checksum of a chunk differs');
  if (bytes.length !== HEADER_BYTES + 8 * count + idBytes) throw damaged(`a chunk has ${bytes.length} bytes`);
  const floats = (from: number) =>
    Float32Array.from({ length: count }, (_, at) => view.getFloat32(from + 4 * at, true));
  const ids = idsOf(bytes.subarray(HEADER_BYTES + 8 * count));
  if (ids.length !== count) throw damaged(`a chunk has ${ids.length} ids for ${count} items`);
  return { first, total, ids, popularity: floats(HEADER_BYTES), trend: floats(HEADER_BYTES + 4 * count) };
}

function idsOf(bytes: Uint8Array): string[] {
  let ids: unknown;
  try {
    ids = JSON.parse(decoder.decode(bytes));
  } catch (cause) {
    throw new ModelBytesError('These bytes hold no items: their ids are no JSON.', { cause });
  }
  if (Array.isArray(ids) && ids.every((id) => typeof id === 'string')) return ids;
  throw damaged('their ids are no list of texts');
}
