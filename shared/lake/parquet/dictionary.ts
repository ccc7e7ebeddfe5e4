import type { PhysicalType } from './physical-type.ts';
import type { CellValue } from './plain.ts';

/** The different values of a column, and for each of its values which of them it is. */
export interface Dictionary {
  readonly distinct: readonly CellValue[];
  readonly indexes: Uint32Array;
}

/** Fewer values than these are shorter without a page of their own for the dictionary. */
const FEWEST_VALUES = 8;
/** A reader holds the whole dictionary: characters, or bytes of numbers, that it may have. */
const LARGEST_DICTIONARY = 1_000_000;
/** After so many values, and again after twice as many each time, a column that hardly repeats is given up. */
const FIRST_LOOK = 512;
const REPEATS_ENOUGH = 0.66;

/** The dictionary of a column's values, or undefined where it would not be worth its page. */
export function dictionaryOf(type: PhysicalType, values: readonly CellValue[]): Dictionary | undefined {
  if (type === 'BOOLEAN' || values.length < FEWEST_VALUES) return undefined;
  const places = new Map<CellValue, number>();
  const distinct: CellValue[] = [];
  const indexes = new Uint32Array(values.length);
  let size = 0;
  let look = FIRST_LOOK;
  for (let at = 0; at < values.length; at++) {
    const value = values[at] as CellValue;
    // A Map takes the two zeros for one.
    if (value === 0 && Object.is(value, -0)) return undefined;
    let place = places.get(value);
    if (place === undefined) {
      place = distinct.length;
      places.set(value, place);
      distinct.push(value);
      size += typeof value === 'string' ? value.length + 4 : 8;
      if (size > LARGEST_DICTIONARY) return undefined;
    }
    indexes[at] = place;
    if (at === look) {
      if (distinct.length > at * REPEATS_ENOUGH) return undefined;
      look *= 2;
    }
  }
  return distinct.length > values.length * REPEATS_ENOUGH ? undefined : { distinct, indexes };
}
