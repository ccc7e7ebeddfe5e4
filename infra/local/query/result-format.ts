import Table from 'cli-table3';

export interface QueryColumn {
  readonly name: string;
  readonly type: string;
}

/** Cells as Athena prints them; null for NULL. */
export type QueryRow = readonly (string | null)[];

const numeric = /^(tinyint|smallint|integer|int|bigint|float|real|double|decimal)/;
const jsonNumber = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;
const CELL_WIDTH = 100;

/** A JSON array of objects. Numbers are written digit by digit as Athena gave them, so that none is rounded. */
export function asJson(columns: readonly QueryColumn[], rows: readonly QueryRow[]): string {
  const objects = rows.map((row) => {
    const fields = columns.map(({ name, type }, index) => `${JSON.stringify(name)}: ${jsonCell(type, row[index])}`);
    return `  { ${fields.join(', ')} }`;
  });
  return objects.length === 0 ? '[]' : `[\n${objects.join(',\n')}\n]`;
}

function jsonCell(type: string, cell: string | null | undefined): string {
  if (cell === null || cell === undefined) return 'null';
  if (type === 'boolean') return cell;
  return numeric.test(type) && jsonNumber.test(cell) ? cell : JSON.stringify(cell);
}

/** CSV by RFC 4180 with a header. NULL is an empty field, an empty string is `""`. */
export function asCsv(columns: readonly QueryColumn[], rows: readonly QueryRow[]): string {
  const lines = [columns.map(({ name }) => csvField(name)), ...rows.map((row) => row.map(csvField))];
  return lines.map((fields) => fields.join(',')).join('\r\n');
}

function csvField(cell: string | null): string {
  if (cell === null) return '';
  return cell === '' || /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** A table for a person: numbers on the right, long cells cut. */
export function asTable(columns: readonly QueryColumn[], rows: readonly QueryRow[]): string {
  const table = new Table({
    head: columns.map(({ name }) => name),
    colAligns: columns.map(({ type }) => (numeric.test(type) ? 'right' : 'left')),
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows.map((row) => row.map(cut)));
  return table.toString();
}

function cut(cell: string | null): string {
  if (cell === null) return '';
  const line = cell.replace(/\s+/g, ' ');
  return line.length > CELL_WIDTH ? `${line.slice(0, CELL_WIDTH - 1)}…` : line;
}
