/** A line of the file: cells by position, or the object of a line of NDJSON. */
export type Row = readonly string[] | Readonly<Record<string, unknown>>;

/** Reads a cell; undefined when it is empty. */
export type CellReader = (row: Row) => unknown;

/** The columns that a file has. */
export interface Columns {
  /** Undefined with a reason when the file has no such column, or two. */
  reader(name: string): CellReader | string;
}

/** Columns of CSV, by the names in its header. Cells lose the spaces around them. */
export function namedColumns(names: readonly string[], empty: readonly string[]): Columns {
  const isEmpty = new Set(['', ...empty]);
  return {
    reader: (name) => {
      const at = names.indexOf(name);
      if (at < 0) return `names the column ${name}, which the file does not have: it has ${names.join(', ')}`;
      if (names.indexOf(name, at + 1) >= 0) return `names the column ${name}, which the file has twice`;
      return (row) => {
        const cell = (row as readonly string[])[at]?.trim() ?? '';
        return isEmpty.has(cell) ? undefined : cell;
      };
    },
  };
}

/** Fields of NDJSON: a name as it is, or a path as in `user.id`. Any line may lack any field. */
export function pathColumns(empty: readonly string[]): Columns {
  const isEmpty = new Set(['', ...empty]);
  return {
    reader: (name) => {
      const steps = name.split('.');
      return (row) => {
        const found = Object.hasOwn(row, name) ? (row as Record<string, unknown>)[name] : follow(row, steps);
        const value = typeof found === 'string' ? found.trim() : found;
        return value === null || (typeof value === 'string' && isEmpty.has(value)) ? undefined : value;
      };
    },
  };
}

function follow(row: Row, steps: readonly string[]): unknown {
  let value: unknown = row;
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}
