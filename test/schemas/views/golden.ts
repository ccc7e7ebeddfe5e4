import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type ALake, aLake } from '../../fixtures/a-lake.ts';
import { type Happening, recordsByDay } from './history.ts';

/** The lake in which a test's small world happens, and the tables that its views show. */
export interface GoldenLake {
  /** Lands what happened through the real clean pipeline, a file for each day of arrival. */
  happened(...happenings: Happening[]): Promise<void>;
  /** The rows of a query, its column names first, written as in `table`. */
  show(sql: string, parameters?: readonly string[]): Promise<string[][]>;
  readonly lake: ALake;
}

/** One lake for a test file, emptied before each test. */
export function goldenLake(): GoldenLake {
  let lake: ALake;
  beforeAll(async () => {
    lake = await aLake();
  });
  beforeEach(() => lake.clear());
  afterAll(() => lake[Symbol.asyncDispose]());
  return {
    happened: async (...happenings) => {
      for (const records of recordsByDay(happenings)) await lake.land(...records);
    },
    show: async (sql, parameters) => {
      const rows = await lake.objects(sql, parameters);
      const names = rows.length === 0 ? [] : [Object.keys(rows[0] as object)];
      return [...names, ...rows.map((row) => Object.values(row).map(shorten))];
    },
    get lake() {
      return lake;
    },
  };
}

/**
 * A table written by hand: a line for the names of the columns, then one a row, cells apart by `|`. An empty cell is a
 * NULL; `09:00` is that time on 2026-03-02, `03-05 09:00` on another day; amounts are without zeros at their end.
 */
export function table(text: string): string[][] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => line.split('|').map((cell) => cell.trim()));
}

/** A table of one row, written as a line for each column: its name, `|`, its cell. */
export function card(text: string): string[][] {
  const lines = table(text);
  return [0, 1].map((side) => lines.map((line) => line[side] ?? ''));
}

function shorten(cell: string | null): string {
  if (cell === null) return '';
  const time = /^2026-(\d\d-\d\d) (\d\d:\d\d)(:\d\d)\.(\d{3})$/.exec(cell);
  if (time) {
    const [, day = '', minutes = '', seconds = '', millis = ''] = time;
    const clock = `${minutes}${seconds === ':00' && millis === '000' ? '' : seconds}${millis === '000' ? '' : `.${millis}`}`;
    return day === '03-02' ? clock : `${day} ${clock}`;
  }
  return /^-?\d+\.\d*0$/.test(cell) ? cell.replace(/\.?0+$/, '') : cell;
}
