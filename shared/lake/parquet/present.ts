import type { CellValue } from './plain.ts';

/** The values of a column without its gaps. */
export interface Present {
  readonly values: readonly CellValue[];
  /** For each row 1 where it has a value, else 0. */
  readonly levels: Uint8Array;
}

/** What the rows from `start` to `end` of a column hold. */
export function presentOf(all: readonly (CellValue | undefined)[], start: number, end: number): Present {
  const levels = new Uint8Array(end - start);
  const values: CellValue[] = [];
  for (let row = start; row < end; row++) {
    const value = all[row];
    if (value === undefined) continue;
    levels[row - start] = 1;
    values.push(value);
  }
  return { values, levels };
}
