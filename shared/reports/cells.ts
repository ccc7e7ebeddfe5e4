import type { AppliedValue, CellType, ReportColumn } from '../../schemas/report/report.ts';
import type { ParameterValues } from './parameter-values.ts';

/** A cell of an answer. Money and other numbers keep the digits that Athena gave, as far as a double holds them. */
export type Cell = string | number | boolean | null;

export type ReportRow = Readonly<Record<string, Cell>>;

/** A cell as Athena prints it. */
type Printed = string | null;

const readers: Readonly<Record<CellType, (text: string) => Cell>> = {
  text: (text) => text,
  day: (text) => text.slice(0, 10),
  instant: (text) => `${text.slice(0, 19).replace(' ', 'T')}${text.slice(19, 23)}Z`,
  whole: Number,
  number: Number,
  money: Number,
  truth: (text) => text === 'true',
};

/** Rows of a query as objects by column, cells in their types; names of a list parameter come from that. */
export function reportRows(
  columns: readonly ReportColumn[],
  { applied }: Pick<ParameterValues, 'applied'>,
  rows: readonly (readonly Printed[])[],
): ReportRow[] {
  return rows.map((row) =>
    Object.fromEntries(
      columns.map(({ name, type, namedBy }, index) => {
        const cell = cellOf(type, row[index] ?? null);
        return [name, namedBy === undefined ? cell : nameAt(applied[namedBy], cell)];
      }),
    ),
  );
}

function nameAt(names: AppliedValue | undefined, place: Cell): Cell {
  return Array.isArray(names) ? (names[Number(place) - 1] ?? null) : null;
}

function cellOf(type: CellType, printed: Printed): Cell {
  if (printed === null) return null;
  const cell = readers[type](printed);
  return typeof cell === 'number' && !Number.isFinite(cell) ? null : cell;
}
