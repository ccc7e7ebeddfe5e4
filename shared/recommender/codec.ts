import { crc32 } from 'node:zlib';
import type { ItemNeighbours, Neighbours } from './model.ts';
import { ModelBytesError } from './model-bytes-error.ts';

/*
 * An item's neighbours as bytes: format (1 byte), CRC-32 of what follows (4, little-endian), the length of both lists, then
 * for each neighbour its item and by how much its score is below the one before; numbers are unsigned LEB128. About 4.6 bytes
 * a neighbour in a model of 40,000 items.
 *
 * A score is stored as the upper 24 bits of its float32, sign and magnitude: floats sort as these do, so order holds. It comes
 * back within 1/65,536 of itself (where it is 1e-37 or more from 0), and a second round trip changes nothing.
 */
const FORMAT = 1;
const HEADER_BYTES = 5;
/** Most bytes of a neighbour: two numbers of 32 bits. */
const MAX_BYTES = 10;
/** Of a neighbour that is read: its item and its score. */
const NEIGHBOUR_BYTES = 8;
const LOW_BITS = 8;
const GREATEST_CODE = 0x7f7fff;
const MAGNITUDE = 0x7fff_ffff;
const SIGN = 0x8000_0000;

/** Neighbours as compact bytes. Throws a RangeError on scores that aren't finite, are 0 or aren't in descending order. */
export function encodeNeighbours({ collaborative, content }: ItemNeighbours): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + MAX_BYTES * (1 + collaborative.items.length + content.items.length));
  let end = writeVarint(bytes, HEADER_BYTES, collaborative.items.length);
  end = writeVarint(bytes, end, content.items.length);
  end = writeList(bytes, end, collaborative);
  end = writeList(bytes, end, content);
  bytes[0] = FORMAT;
  new DataView(bytes.buffer).setUint32(1, crc32(bytes.subarray(HEADER_BYTES, end)), true);
  return bytes.slice(0, end);
}

/** Neighbours of `encodeNeighbours`. Throws a ModelBytesError on anything else. */
export function decodeNeighbours(bytes: Uint8Array): ItemNeighbours {
  if (bytes.length < HEADER_BYTES) throw damaged(`they are ${bytes.length}, and ${HEADER_BYTES} at least`);
  if (bytes[0] !== FORMAT) throw damaged(`they are of format ${bytes[0]}, and this reads ${FORMAT}`);
  const sum = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1, true);
  if (crc32(bytes.subarray(HEADER_BYTES)) !== sum) throw damaged('their checksum differs');
  const reader = new Reader(bytes, HEADER_BYTES);
  const [collaborative, content] = [reader.varint(), reader.varint()];
  const left = bytes.length - reader.at;
  const all = collaborative + content;
  if (all * 2 > left) throw damaged(`${all} neighbours don't fit into ${left} bytes`);
  // One buffer for all: a buffer costs more than what is in it.
  const buffer = new ArrayBuffer(all * NEIGHBOUR_BYTES);
  const neighbours = {
    collaborative: reader.list(buffer, 0, collaborative),
    content: reader.list(buffer, collaborative, content),
  };
  if (reader.at !== bytes.length) throw damaged(`${bytes.length - reader.at} are left over`);
  return neighbours;
}

const damaged = (why: string) => new ModelBytesError(`These bytes hold no neighbours: ${why}.`);

function writeList(bytes: Uint8Array, start: number, { items, scores }: Neighbours): number {
  if (items.length !== scores.length) {
    throw new RangeError(`${items.length} neighbours have ${scores.length} scores: give one each.`);
  }
  const bits = new Uint32Array(Float32Array.from(scores).buffer);
  let at = start;
  let before = GREATEST_CODE;
  for (let place = 0; place < items.length; place++) {
    const score = scores[place] as number;
    if (!Number.isFinite(score) || score === 0) {
      throw new RangeError(`Score ${score} of neighbour ${place} cannot be stored: scores are finite and not 0.`);
    }
    if (place > 0 && score > (scores[place - 1] as number)) {
      throw new RangeError(`Score ${score} of neighbour ${place} is above the one before: give the closest first.`);
    }
    const rounded = (((bits[place] as number) & MAGNITUDE) + (1 << (LOW_BITS - 1))) >>> LOW_BITS;
    const size = Math.min(GREATEST_CODE, Math.max(1, rounded));
    const code = score > 0 ? size : -size;
    at = writeVarint(bytes, at, items[place] as number);
    at = writeVarint(bytes, at, before - code);
    before = code;
  }
  return at;
}

function writeVarint(bytes: Uint8Array, start: number, value: number): number {
  let at = start;
  let rest = value;
  while (rest > 127) {
    bytes[at++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  bytes[at++] = rest;
  return at;
}

class Reader {
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  /** Most numbers take three bytes or fewer. A byte beyond the end is neither, and left to the long way. */
  varint(): number {
    const bytes = this.#bytes;
    const at = this.at;
    const first = bytes[at] as number;
    if (first < 128) {
      this.at = at + 1;
      return first;
    }
    const second = bytes[at + 1] as number;
    if (second < 128) {
      this.at = at + 2;
      return (first & 127) | (second << 7);
    }
    const third = bytes[at + 2] as number;
    if (third < 128) {
      this.at = at + 3;
      return (first & 127) | ((second & 127) << 7) | (third << 14);
    }
    return this.#longVarint();
  }

  #longVarint(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 28; factor *= 128) {
      const byte = this.#bytes[this.at++];
      if (byte === undefined) throw damaged('they end within a number');
      value += (byte & 127) * factor;
      if (byte < 128) {
        if (value > 0xffff_ffff) break;
        return value;
      }
    }
    throw damaged(`a number ends or goes beyond 32 bits at byte ${this.at}`);
  }

  /** A list that lies in `buffer` behind `before` other neighbours. */
  list(buffer: ArrayBuffer, before: number, length: number): Neighbours {
    const start = before * NEIGHBOUR_BYTES;
    const items = new Uint32Array(buffer, start, length);
    const bits = new Uint32Array(buffer, start + 4 * length, length);
    let code = GREATEST_CODE;
    for (let place = 0; place < length; place++) {
      items[place] = this.varint();
      code -= this.varint();
      if (code === 0 || code < -GREATEST_CODE) throw damaged(`the score of neighbour ${place} is none`);
      bits[place] = code > 0 ? code << LOW_BITS : (SIGN | (-code << LOW_BITS)) >>> 0;
    }
    return { items, scores: new Float32Array(buffer, start + 4 * length, length) };
  }
}
