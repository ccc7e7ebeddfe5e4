import type { AppliedParameters, Report, ReportChart, ReportColumn } from '../../schemas/report/report.ts';
import type { Cell, ReportRow } from './cells.ts';
import { periodsOf } from './periods-of.ts';

export type SeriesChart = Extract<ReportChart, { kind: 'line' | 'bar' | 'stackedBar' }>;

/** One line or one colour of bars. */
export interface Series {
  readonly name: string;
  /** The column of its numbers. */
  readonly column: ReportColumn;
  /** One for each category; null where there is none. */
  readonly values: readonly (number | null)[];
}

export interface SeriesTable {
  /** What stands on the x axis, in the order of the rows. */
  readonly categories: readonly string[];
  readonly series: readonly Series[];
}

/** Series that a picture can tell apart; the others go together into one. */
const MOST_SERIES = 8;
const OTHERS = 'others';

/**
 * Rows as series over categories. With a series column, one for each of its values, the largest first. A period of the
 * range without a row has none of what is counted.
 */
export function seriesTable(
  report: Report,
  chart: SeriesChart,
  applied: AppliedParameters,
  rows: readonly ReportRow[],
): SeriesTable {
  const categories = categoriesOf(report, chart, applied, rows);
  const columns = [...chart.y, ...(chart.right ?? [])].map((name) => columnOf(report, name));
  const { series: by } = chart;
  const [column] = columns;
  if (by !== undefined && column) return { categories, series: pivot(chart, column, by, categories, rows) };
  const byCategory = new Map(rows.map((row) => [label(row[chart.x]), row]));
  const series = columns.map((each) => ({
    name: titleOf(each.name),
    column: each,
    values: categories.map((category) => {
      const row = byCategory.get(category);
      return row ? asNumber(row[each.name]) : nothingOf(each);
    }),
  }));
  return { categories, series };
}

function categoriesOf(
  report: Report,
  { x }: SeriesChart,
  applied: AppliedParameters,
  rows: readonly ReportRow[],
): string[] {
  const found = new Set(rows.map((row) => label(row[x])));
  if (columnOf(report, x).type !== 'day') return [...found];
  return [...new Set([...periodsOf(applied), ...found])].sort();
}

/** Counts and sums of nothing are zero; a rate or an average of nothing is none. */
const nothingOf = ({ type, unit }: ReportColumn): number | null =>
  (type === 'whole' || type === 'money') && unit === undefined ? 0 : null;

function pivot(
  chart: SeriesChart,
  column: ReportColumn,
  by: string,
  categories: readonly string[],
  rows: readonly ReportRow[],
): Series[] {
  const places = new Map(categories.map((category, index) => [category, index]));
  const sums = new Map<string, (number | null)[]>();
  for (const row of rows) {
    const name = label(row[by]);
    const values = sums.get(name) ?? categories.map(() => nothingOf(column));
    const place = places.get(label(row[chart.x])) ?? 0;
    const value = asNumber(row[column.name]);
    values[place] = value === null ? (values[place] ?? null) : (values[place] ?? 0) + value;
    sums.set(name, values);
  }
  const totalOf = (values: readonly (number | null)[]) => values.reduce<number>((sum, each) => sum + (each ?? 0), 0);
  const all = [...sums]
    .map(([name, values]) => ({ name, column, values, total: totalOf(values) }))
    .sort((one, other) => other.total - one.total || (one.name < other.name ? -1 : 1));
  const shown = all.length > MOST_SERIES ? all.slice(0, MOST_SERIES - 1) : all;
  const rest = all.slice(shown.length);
  const others = {
    name: OTHERS,
    column,
    values: categories.map((_, at) => rest.reduce((sum, { values }) => sum + (values[at] ?? 0), 0)),
  };
  return [...shown.map(({ name, column, values }) => ({ name, column, values })), ...(rest.length > 0 ? [others] : [])];
}

export function columnOf(report: Report, name: string): ReportColumn {
  const column = report.columns.find((each) => each.name === name);
  if (!column) throw new Error(`The chart of ${report.name} names the column ${name}, which it has not.`);
  return column;
}

/** A name for people: `page_views` is Page views. */
export const titleOf = (name: string): string => {
  const words = name.replaceAll('_', ' ');
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
};

export const label = (cell: Cell | undefined): string =>
  cell === null || cell === undefined ? '(none)' : String(cell);

export const asNumber = (cell: Cell | undefined): number | null => (typeof cell === 'number' ? cell : null);
