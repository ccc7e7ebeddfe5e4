import type { AppliedParameters, Report, ReportChart, ReportColumn } from '../../../schemas/report/report.ts';
import type { ReportRow } from '../../../shared/reports/cells.ts';
import { asNumber, columnOf, label, titleOf } from '../../../shared/reports/series.ts';
import { besideBar, cut, onAxis, percent, unitOf } from './formats.ts';
import { framed, HEAD, INK, LEGEND, LINE, type Picture, QUIET } from './theme.ts';

const MOST_ROWS = 20;
const ROW_HEIGHT = 26;
const TOP = 84;

/** A bar, or one for each measure, for each of the first rows, the first on top. */
export function rowsChart(
  report: Report,
  { label: names, y }: Extract<ReportChart, { kind: 'rows' }>,
  applied: AppliedParameters,
  rows: readonly ReportRow[],
): Picture {
  const shown = rows.slice(0, MOST_ROWS);
  const measures = y.map((name) => {
    const column = columnOf(report, name);
    const values = shown.map((row) => asNumber(row[name]) ?? 0);
    return { column, name: titleOf(name), values, texts: values.map(besideBar(column)) };
  });
  const unit = unitOf(columnOf(report, y[0] ?? ''), String(applied.currency ?? ''));
  const axisName = [...(y.length === 1 ? [titleOf(y[0] ?? '')] : []), ...(unit ? [unit] : [])].join(', ');
  const labels = shown.map((row) => cut(nameOf(row, names), 48));
  return bars(report, applied, labels, measures, axisName, ROW_HEIGHT * (0.4 + 0.6 * y.length));
}

/** Its first columns that say something: `paid / google / summer`. */
function nameOf(row: ReportRow, columns: readonly string[]): string {
  const names = columns.map((column) => row[column]).filter((cell) => cell !== null && cell !== undefined);
  return names.length === 0 ? label(null) : [...new Set(names.map(String))].join(' / ');
}

/** A bar for each step, with its part of the first step. */
export function funnelChart(
  report: Report,
  { label: name, value }: Extract<ReportChart, { kind: 'funnel' }>,
  applied: AppliedParameters,
  rows: readonly ReportRow[],
): Picture {
  const column = columnOf(report, value);
  const values = rows.map((row) => asNumber(row[value]) ?? 0);
  const [first = 0] = values;
  const texts = values.map((count) => {
    return first === 0 ? besideBar(column)(count) : `${besideBar(column)(count)}  (${percent(count / first, 1)})`;
  });
  const labels = rows.map((row, at) => `${at + 1}  ${cut(label(row[name]), 40)}`);
  return bars(report, applied, labels, [{ column, name: titleOf(value), values, texts }], titleOf(value), 48);
}

interface Measure {
  readonly column: ReportColumn;
  readonly name: string;
  readonly values: readonly number[];
  /** Beside the bars. */
  readonly texts: readonly string[];
}

function bars(
  report: Report,
  applied: AppliedParameters,
  labels: readonly string[],
  measures: readonly Measure[],
  axisName: string,
  rowHeight: number,
): Picture {
  const top = measures.length > 1 ? HEAD : TOP;
  const isWhole = measures.every(({ column }) => column.type === 'whole');
  const formatter = onAxis(measures[0]?.column as ReportColumn);
  return {
    height: top + Math.max(labels.length, 3) * rowHeight + 56,
    option: framed(report, applied, {
      legend: { ...LEGEND, show: measures.length > 1, data: measures.map(({ name }) => name) },
      grid: { left: 24, right: 110, top, bottom: 40, containLabel: true },
      xAxis: {
        type: 'value',
        name: axisName,
        nameLocation: 'middle',
        nameGap: 26,
        nameTextStyle: { color: QUIET, fontSize: 11 },
        ...(isWhole && { minInterval: 1 }),
        axisLabel: { color: QUIET, fontSize: 11, formatter, hideOverlap: true },
        splitLine: { lineStyle: { color: LINE } },
      },
      yAxis: {
        type: 'category',
        inverse: true,
        data: [...labels],
        axisLabel: { color: INK, fontSize: 12, interval: 0 },
        axisTick: { show: false },
        axisLine: { show: false },
      },
      series: measures.map(({ name, values, texts }) => ({
        type: 'bar',
        name,
        barMaxWidth: 32,
        barCategoryGap: '34%',
        itemStyle: { borderRadius: [0, 3, 3, 0] },
        label: {
          show: true,
          position: 'right',
          color: INK,
          fontSize: 11,
          formatter: ({ dataIndex }: { dataIndex: number }) => texts[dataIndex] ?? '',
        },
        data: [...values],
      })),
    }),
  };
}
