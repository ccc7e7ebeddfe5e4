import type { CompactWriter } from './compact-writer.ts';
import { GrowingBytes } from './growing-bytes.ts';
import type { PhysicalType } from './physical-type.ts';
import { type CellValue, writePlain } from './plain.ts';

/** Least and greatest value of a column, by which engines skip what a query cannot want. */
export interface Bounds {
  readonly min: Uint8Array;
  readonly max: Uint8Array;
}

/** Longer texts bound nothing that anybody asks for, and would fill the footer. */
const LONGEST_BOUND = 64;

/** Bounds of some values, or undefined where there are none, or where they would be long texts. */
export function boundsOf(type: PhysicalType, values: readonly CellValue[]): Bounds | undefined {
  const [first] = values;
  if (first === undefined) return undefined;
  if (type === 'BYTE_ARRAY') return textBounds(values as readonly string[]);
  let min = first;
  let max = first;
  for (const value of values) {
    if (value < min) min = value;
    else if (value > max) max = value;
  }
  // Of the zeros, the bounds take the outer ones: readers may compare by bits.
  if (type === 'DOUBLE') return { min: bytesOf(type, min === 0 ? -0 : min), max: bytesOf(type, max === 0 ? 0 : max) };
  return { min: bytesOf(type, min), max: bytesOf(type, max) };
}

export function writeStatistics(writer: CompactWriter, field: number, nulls: number, bounds: Bounds | undefined): void {
  writer.begin(field);
  writer.i64(3, nulls);
  if (bounds) {
    writer.binary(5, bounds.max);
    writer.binary(6, bounds.min);
  }
  writer.end();
}

function bytesOf(type: PhysicalType, value: CellValue): Uint8Array {
  const bytes = new GrowingBytes(8);
  writePlain(bytes, type, [value], 0, 1);
  return bytes.written();
}

const SURROGATE = /[\ud800-\udfff]/;
const BEYOND_SURROGATES = /[\ue000-\uffff]/;

/**
 * Parquet orders texts by their bytes in UTF-8, and JavaScript by its code units: the two differ only between surrogates
 * and the code units beyond them. So the least is right unless it holds a surrogate, the greatest unless it holds one
 * of those beyond, or unless a text holds half a pair, which UTF-8 has as U+FFFD.
 */
function textBounds(values: readonly string[]): Bounds | undefined {
  let min = values[0] as string;
  let max = min;
  for (const value of values) {
    if (value < min) min = value;
    else if (value > max) max = value;
  }
  if (min.length > LONGEST_BOUND || max.length > LONGEST_BOUND) return undefined;
  const inOrder = !SURROGATE.test(min) && !BEYOND_SURROGATES.test(max) && values.every((value) => value.isWellFormed());
  const bounds = inOrder ? { min: Buffer.from(min), max: Buffer.from(max) } : byteBounds(values);
  return bounds.min.length > LONGEST_BOUND || bounds.max.length > LONGEST_BOUND ? undefined : bounds;
}

function byteBounds(values: readonly string[]): { min: Buffer; max: Buffer } {
  let min = Buffer.from(values[0] as string);
  let max = min;
  for (const value of values) {
    const bytes = Buffer.from(value);
    if (Buffer.compare(bytes, min) < 0) min = bytes;
    else if (Buffer.compare(bytes, max) > 0) max = bytes;
  }
  return { min, max };
}
