import type { AppliedParameters, Report, ReportChart } from '../../../schemas/report/report.ts';
import type { ReportRow } from '../../../shared/reports/cells.ts';
import { asNumber, columnOf, label, titleOf } from '../../../shared/reports/series.ts';
import { besideBar, cut, onAxis, percent, unitOf } from './formats.ts';
import { COLORS, framed, INK, LINE, type Picture, QUIET } from './theme.ts';

const MOST_ROWS = 20;
const ROW_HEIGHT = 26;
const TOP = 84;

/** A bar for each of the first rows, the first on top. */
export function rowsChart(
  report: Report,
  { label: name, y }: Extract<ReportChart, { kind: 'rows' }>,
  applied: AppliedParameters,
  rows: readonly ReportRow[],
): Picture {
  const shown = rows.slice(0, MOST_ROWS);
  const column = columnOf(report, y);
  const beside = besideBar(column);
  const unit = unitOf(column, String(applied.currency ?? ''));
  const bars = shown.map((row) => ({
    name: cut(nameOf(row, name), 48),
    value: asNumber(row[y]) ?? 0,
    text: beside(asNumber(row[y]) ?? 0),
  }));
  return bar(report, applied, bars, `${titleOf(y)}${unit && `, ${unit}`}`, onAxis(column), ROW_HEIGHT);
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
  const first = asNumber(rows[0]?.[value]) ?? 0;
  const bars = rows.map((row, at) => {
    const count = asNumber(row[value]) ?? 0;
    const part = first === 0 ? '' : `  ${percent(count / first, 1)}`;
    return {
      name: `${at + 1}  ${cut(label(row[name]), 40)}`,
      value: count,
      text: `${besideBar(column)(count)}${part}`,
    };
  });
  return bar(report, applied, bars, titleOf(value), onAxis(column), 48);
}

function bar(
  report: Report,
  applied: AppliedParameters,
  bars: readonly { readonly name: string; readonly value: number; readonly text: string }[],
  axisName: string,
  formatter: (value: number) => string,
  rowHeight: number,
): Picture {
  return {
    height: TOP + Math.max(bars.length, 3) * rowHeight + 56,
    option: framed(report, applied, {
      grid: { left: 24, right: 110, top: TOP, bottom: 40, containLabel: true },
      xAxis: {
        type: 'value',
        name: axisName,
        nameLocation: 'middle',
        nameGap: 26,
        nameTextStyle: { color: QUIET, fontSize: 11 },
        axisLabel: { color: QUIET, fontSize: 11, formatter, hideOverlap: true },
        splitLine: { lineStyle: { color: LINE } },
      },
      yAxis: {
        type: 'category',
        inverse: true,
        data: bars.map(({ name }) => name),
        axisLabel: { color: INK, fontSize: 12, interval: 0 },
        axisTick: { show: false },
        axisLine: { show: false },
      },
      series: [
        {
          type: 'bar',
          barMaxWidth: rowHeight * 0.66,
          itemStyle: { color: COLORS[0], borderRadius: [0, 3, 3, 0] },
          label: {
            show: true,
            position: 'right',
            color: INK,
            fontSize: 11,
            formatter: ({ dataIndex }: { dataIndex: number }) => bars[dataIndex]?.text ?? '',
          },
          data: bars.map(({ value }) => value),
        },
      ],
    }),
  };
}
