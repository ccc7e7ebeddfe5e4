import fc from 'fast-check';
import type { Column, ColumnType, LakeTable } from '../../../../schemas/lake/column.ts';
import type { TableRows } from '../../../../shared/lake/column-readers.ts';

export type Cell = string | number | boolean | undefined;

/** A table with a column of each given type, and its cells column by column. */
export function aTable(...columns: readonly (readonly [ColumnType, readonly Cell[]])[]): TableRows {
  const described = columns.map(([type, values], index) => {
    const column: Column = { name: `c${index}_${type.replace(/\W.*/, '')}`, type, comment: 'A column.' };
    return { column, values };
  });
  const table: LakeTable = { name: 'things', comment: 'Things.', columns: described.map(({ column }) => column) };
  return { table, count: columns[0]?.[1].length ?? 0, columns: described };
}

export const rowsOf = ({ columns, count }: TableRows): Cell[][] =>
  Array.from({ length: count }, (_, row) => columns.map(({ values }) => values[row]));

const cells: Readonly<Record<ColumnType, fc.Arbitrary<Cell>>> = {
  string: fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: 'grapheme-ascii', maxLength: 100 }),
    fc.constantFrom('', '\u{e000}', '\u{ffff}', '\u{10000}', '\u{10ffff}', 'ä', '😀', 'a\u0000b', 'x'.repeat(70)),
  ),
  int: fc.oneof(fc.integer(), fc.constantFrom(-(2 ** 31) + 1, 2 ** 31 - 1, 0)),
  bigint: fc.oneof(fc.maxSafeInteger(), fc.constantFrom(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 2 ** 32, -1)),
  double: fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(0, -0, Number.MAX_VALUE, Number.MIN_VALUE),
  ),
  boolean: fc.boolean(),
  timestamp: fc.integer({ min: Date.parse('0001-01-01T00:00:00Z'), max: Date.parse('9999-12-31T23:59:59.999Z') }),
  'decimal(18,4)': fc.maxSafeInteger(),
};

/** So many cells: some of few values, some all different, with gaps, and with runs of equals. */
const columnOf = (type: ColumnType, count: number): fc.Arbitrary<Cell[]> =>
  fc
    .tuple(
      fc.constantFrom(0, 0.2, 0.95, 1),
      fc.array(
        fc.tuple(cells[type], fc.constantFrom(1, 1, 2, 7, 8, 9, 30), fc.double({ min: 0, max: 1, noNaN: true })),
        {
          minLength: 1,
          maxLength: 60,
        },
      ),
    )
    .map(([gaps, runs]) => {
      const values = runs.flatMap(([value, length, chance]) =>
        Array.from({ length }, () => (chance < gaps ? undefined : value)),
      );
      return Array.from({ length: count }, (_, row) => values[row % values.length]);
    });

const types = Object.keys(cells) as ColumnType[];

/** A table of every type with 0 to 300 rows. */
export const tables: fc.Arbitrary<TableRows> = fc
  .constantFrom(0, 1, 2, 7, 8, 9, 33, 300)
  .chain((count) => fc.tuple(...types.map((type) => columnOf(type, count))))
  .map((columns) => aTable(...columns.map((values, index) => [types[index] as ColumnType, values] as const)));
