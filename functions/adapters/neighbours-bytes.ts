import type { ItemNeighbours, Neighbours } from '../../shared/recommender/model.ts';

const WORD = 4;

/** Both lists, each as its length, its items and its scores, in little-endian words of 32 bits. */
export function encodeNeighbours({ collaborative, content }: ItemNeighbours): Uint8Array {
  return Buffer.concat([collaborative, content].map(listBytes));
}

export function decodeNeighbours(bytes: Uint8Array): ItemNeighbours {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const collaborative = listAt(view, 0);
  return { collaborative, content: listAt(view, (1 + 2 * collaborative.items.length) * WORD) };
}

function listBytes({ items, scores }: Neighbours): Buffer {
  const bytes = Buffer.alloc((1 + 2 * items.length) * WORD);
  bytes.writeUInt32LE(items.length, 0);
  for (const [index, item] of items.entries()) bytes.writeUInt32LE(item, (1 + index) * WORD);
  for (const [index, score] of scores.entries()) bytes.writeFloatLE(score, (1 + items.length + index) * WORD);
  return bytes;
}

function listAt(bytes: Buffer, start: number): Neighbours {
  const count = bytes.readUInt32LE(start);
  const word = (index: number) => start + (1 + index) * WORD;
  return {
    items: Uint32Array.from({ length: count }, (_, index) => bytes.readUInt32LE(word(index))),
    scores: Float32Array.from({ length: count }, (_, index) => bytes.readFloatLE(word(count + index))),
  };
}
