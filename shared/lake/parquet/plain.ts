import type { GrowingBytes } from './growing-bytes.ts';
import type { PhysicalType } from './physical-type.ts';

/** A value of a column; times are milliseconds, money is units of 1/10,000. */
export type CellValue = string | number | boolean;

/** Writes the values from `start` to `end` one after another, as Parquet's encoding PLAIN has them. */
export function writePlain(
  out: GrowingBytes,
  type: PhysicalType,
  values: readonly CellValue[],
  start: number,
  end: number,
): void {
  if (type === 'BYTE_ARRAY') {
    for (let at = start; at < end; at++) writeText(out, values[at] as string);
  } else if (type === 'BOOLEAN') {
    writeBooleans(out, values as readonly boolean[], start, end);
  } else {
    out.append(numberBytes[type](values as readonly number[], start, end));
  }
}

const bytesOf = (array: Int32Array | Float64Array): Uint8Array => new Uint8Array(array.buffer);

/** By typed arrays, which lie in memory as in Parquet: Lambda's processors, and all others that run Node, are little-endian. */
const numberBytes = {
  INT32: (values: readonly number[], start: number, end: number): Uint8Array => {
    const array = new Int32Array(end - start);
    for (let at = start; at < end; at++) array[at - start] = values[at] as number;
    return bytesOf(array);
  },
  INT64: (values: readonly number[], start: number, end: number): Uint8Array => {
    const halves = new Int32Array(2 * (end - start));
    let half = 0;
    for (let at = start; at < end; at++) {
      const value = values[at] as number;
      const high = Math.floor(value / 2 ** 32);
      halves[half++] = value - high * 2 ** 32;
      halves[half++] = high;
    }
    return bytesOf(halves);
  },
  DOUBLE: (values: readonly number[], start: number, end: number): Uint8Array => {
    const array = new Float64Array(end - start);
    for (let at = start; at < end; at++) array[at - start] = values[at] as number;
    return bytesOf(array);
  },
} as const;

function writeBooleans(out: GrowingBytes, values: readonly boolean[], start: number, end: number): void {
  const bytes = new Uint8Array(Math.ceil((end - start) / 8));
  for (let at = start; at < end; at++) {
    const bit = at - start;
    if (values[at]) bytes[bit >> 3] = (bytes[bit >> 3] as number) | (1 << (bit & 7));
  }
  out.append(bytes);
}

/** Up to this length, copying letters one by one is faster than a call of the encoder. */
const SHORT = 24;

/** Its length in bytes, and its bytes in UTF-8. */
function writeText(out: GrowingBytes, text: string): void {
  const { length } = text;
  out.reserve(4 + 3 * length);
  const { buffer } = out;
  const start = out.length + 4;
  let bytes = 0;
  if (length <= SHORT) {
    for (; bytes < length; bytes++) {
      const code = text.charCodeAt(bytes);
      if (code > 127) break;
      buffer[start + bytes] = code;
    }
  }
  if (bytes < length) bytes = buffer.write(text, start);
  buffer[start - 4] = bytes;
  buffer[start - 3] = bytes >>> 8;
  buffer[start - 2] = bytes >>> 16;
  buffer[start - 1] = bytes >>> 24;
  out.length = start + bytes;
}
