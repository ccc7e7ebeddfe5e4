import plot from 'simple-ascii-chart';
import type { Report, ReportChart } from '../../../schemas/report/report.ts';
import type { ReportAnswer } from './answer.ts';
import { cellText } from './cell-text.ts';

type Row = ReportAnswer['rows'][number];

const MOST_BARS = 20;
const HEIGHT = 12;

/** The chart of a report in characters; undefined where it has none, or nothing to show. */
export function chartText(report: Report, { rows }: ReportAnswer, width: number): string | undefined {
  const { chart } = report;
  if (rows.length === 0) return undefined;
  switch (chart.kind) {
    case 'line':
    case 'bar':
    case 'stackedBar':
      return lines(chart, rows, width);
    case 'rows':
      return bars(
        report,
        (row) =>
          chart.label
            .map((name) => row[name])
            .filter(isText)
            .join(' / '),
        chart.y[0],
        rows,
        width,
      );
    case 'funnel':
      return bars(report, (row) => String(row[chart.label]), chart.value, rows, width);
    case 'heatmap':
      return squares(chart, rows);
    case 'none':
      return undefined;
  }
}

/** The first measure over time, summed over its parts. */
function lines(
  { x, y }: Extract<ReportChart, { kind: 'line' | 'bar' | 'stackedBar' }>,
  rows: readonly Row[],
  width: number,
) {
  const [measure = ''] = y;
  const sums = new Map<string, number>();
  for (const row of rows) {
    const value = row[measure];
    if (typeof value === 'number') sums.set(String(row[x]), (sums.get(String(row[x])) ?? 0) + value);
  }
  const labels = [...sums.keys()];
  if (labels.length < 2) return undefined;
  const points = [...sums.values()].map((value, at): [number, number] => [at, value]);
  const name = measure.replaceAll('_', ' ');
  return plot(points, {
    title: `${name}, ${labels[0]} to ${labels.at(-1)}`,
    width: Math.min(width - 16, Math.max(30, labels.length * 3)),
    height: HEIGHT,
    formatter: (value, { axis }) => (axis === 'x' ? (labels[Math.round(value)]?.slice(5) ?? '') : short(value)),
  }).trim();
}

function bars(
  report: Report,
  labelOf: (row: Row) => string,
  measure: string | undefined,
  rows: readonly Row[],
  width: number,
): string | undefined {
  const column = report.columns.find(({ name }) => name === measure);
  if (!column) return undefined;
  const shown = rows.slice(0, MOST_BARS).map((row) => {
    const value = row[column.name];
    return { label: labelOf(row).slice(0, 36), value: typeof value === 'number' ? value : 0 };
  });
  const labels = Math.max(...shown.map(({ label }) => label.length));
  const room = Math.max(10, Math.min(60, width - labels - 18));
  const most = Math.max(...shown.map(({ value }) => value));
  return shown
    .map(
      ({ label, value }) =>
        `${label.padEnd(labels)}  ${bar(most > 0 ? (value / most) * room : 0)} ${cellText(column, value)}`,
    )
    .join('\n');
}

const EIGHTHS = ' ▏▎▍▌▋▊▉';

function bar(length: number): string {
  const whole = Math.floor(Math.max(0, length));
  const part = EIGHTHS[Math.floor((length - whole) * 8)] ?? '';
  return `${'█'.repeat(whole)}${part.trim()}` || '▏';
}

/** Shades of a square, the darker the more. */
function squares({ x, y, value, where }: Extract<ReportChart, { kind: 'heatmap' }>, rows: readonly Row[]): string {
  const byLine = new Map<string, string[]>();
  for (const row of rows) {
    const cells = byLine.get(String(row[y])) ?? [];
    const part = row[where] === true ? Number(row[value]) : Number.NaN;
    cells[Number(row[x])] = Number.isNaN(part) ? '   ·' : `${Math.round(part * 100)}%`.padStart(4);
    byLine.set(String(row[y]), cells);
  }
  return [...byLine]
    .map(([line, cells]) => `${line}  ${[...cells].map((cell) => cell ?? '    ').join(' ')}`)
    .join('\n');
}

const isText = (cell: Row[string] | undefined): cell is string => typeof cell === 'string' && cell !== '';

const short = (value: number): string =>
  Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 }).format(value);
