import type { ModelItems } from '../../shared/recommender/model.ts';

/** A part of the items of a version that fits into one item of a table. */
export interface ModelChunk {
  /** From 0, in the order of the items. */
  readonly number: number;
  /** JSON array. */
  readonly ids: string;
  /** Little-endian floats of 32 bits, as many as there are ids. */
  readonly popularity: Uint8Array;
  readonly trend: Uint8Array;
}

/** DynamoDB takes 400 KB; a batch of 25 has to be sent within seconds. */
const CHUNK_BYTES = 100_000;
const FLOAT_BYTES = 4;
/** Quotes and a comma around an id, and two floats. */
const EXTRA_BYTES = 3 + 2 * FLOAT_BYTES;

/** All items in chunks of some size; one chunk without items where there are none. */
export function chunksOf({ ids, popularity, trend }: ModelItems, maxBytes = CHUNK_BYTES): ModelChunk[] {
  const chunks: ModelChunk[] = [];
  const close = (from: number, to: number) => {
    chunks.push({
      number: chunks.length,
      ids: JSON.stringify(ids.slice(from, to)),
      popularity: bytesOf(popularity.subarray(from, to)),
      trend: bytesOf(trend.subarray(from, to)),
    });
  };
  let from = 0;
  let bytes = 0;
  for (const [index, id] of ids.entries()) {
    const more = Buffer.byteLength(id) + EXTRA_BYTES;
    if (bytes > 0 && bytes + more > maxBytes) {
      close(from, index);
      from = index;
      bytes = 0;
    }
    bytes += more;
  }
  close(from, ids.length);
  return chunks;
}

/** The items of all chunks, in their order. */
export function itemsOf(chunks: readonly ModelChunk[]): ModelItems {
  return {
    ids: chunks.flatMap((chunk) => JSON.parse(chunk.ids) as string[]),
    popularity: floatsOf(chunks.map(({ popularity }) => popularity)),
    trend: floatsOf(chunks.map(({ trend }) => trend)),
  };
}

function bytesOf(floats: Float32Array): Uint8Array {
  const bytes = Buffer.alloc(floats.length * FLOAT_BYTES);
  for (const [index, float] of floats.entries()) bytes.writeFloatLE(float, index * FLOAT_BYTES);
  return bytes;
}

function floatsOf(parts: readonly Uint8Array[]): Float32Array {
  const bytes = Buffer.concat(parts);
  const floats = new Float32Array(bytes.length / FLOAT_BYTES);
  for (let index = 0; index < floats.length; index += 1) floats[index] = bytes.readFloatLE(index * FLOAT_BYTES);
  return floats;
}
