import type { GrowingBytes } from './growing-bytes.ts';

/** From here on, a run is shorter written as a run than in bits. */
const RUN = 8;

/**
 * Writes the numbers from `start` to `end` in Parquet's hybrid of runs and bits, each of `bitWidth` bits: equal
 * neighbours as one run, all else eight at a time. The last eight may be filled up with zeros, which readers skip.
 */
export function writeHybrid(
  out: GrowingBytes,
  numbers: Uint8Array | Uint32Array,
  start: number,
  end: number,
  bitWidth: number,
): void {
  let packed = start; // Where the numbers begin that are to be written in bits.
  let at = start;
  while (at < end) {
    const value = numbers[at];
    let next = at + 1;
    while (next < end && numbers[next] === value) next++;
    // Bits hold eight numbers each, so that a run lends them what their last eight lack.
    const lent = (8 - ((at - packed) & 7)) & 7;
    if (next - at - lent >= RUN) {
      writeBits(out, numbers, packed, at + lent, bitWidth);
      writeRun(out, value as number, next - at - lent, bitWidth);
      packed = next;
    }
    at = next;
  }
  writeBits(out, numbers, packed, end, bitWidth);
}

function writeRun(out: GrowingBytes, value: number, count: number, bitWidth: number): void {
  out.varint(count * 2);
  for (let bits = 0; bits < bitWidth; bits += 8) out.byte((value >>> bits) & 255);
}

function writeBits(
  out: GrowingBytes,
  numbers: Uint8Array | Uint32Array,
  start: number,
  end: number,
  bitWidth: number,
): void {
  if (start === end) return;
  const groups = Math.ceil((end - start) / 8);
  out.varint(groups * 2 + 1);
  const bytes = groups * bitWidth;
  out.reserve(bytes);
  const { buffer } = out;
  let at = out.length;
  const stop = at + bytes;
  let bits = 0;
  let held = 0;
  for (let index = start; index < end; index++) {
    const value = numbers[index] as number;
    held |= value << bits;
    bits += bitWidth;
    while (bits >= 8) {
      buffer[at++] = held;
      held >>>= 8;
      bits -= 8;
    }
  }
  if (bits > 0) buffer[at++] = held;
  buffer.fill(0, at, stop);
  out.length = stop;
}

/** Bits that hold every number below `count`. */
export const bitWidthOf = (count: number): number => (count <= 1 ? 0 : 32 - Math.clz32(count - 1));
