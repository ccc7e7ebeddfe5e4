import type { AppliedParameters, Report, ReportChart } from '../../../schemas/report/report.ts';
import type { ReportRow } from '../../../shared/reports/cells.ts';
import { asNumber, columnOf, label, titleOf } from '../../../shared/reports/series.ts';
import { cut, onAxis } from './formats.ts';
import { framed, INK, type Picture, QUIET } from './theme.ts';

const ROW_HEIGHT = 28;
const TOP = 96;
const MOST_COLUMNS = 26;
const MOST_ROWS = 40;
/** Cells above this part of the largest are so dark that their number is written in white. */
const DARK = 0.7;

/** A square for each pair of values, the darker the more. */
export function heatmap(
  report: Report,
  { x, y, value, where }: Extract<ReportChart, { kind: 'heatmap' }>,
  applied: AppliedParameters,
  all: readonly ReportRow[],
): Picture {
  const rows = all.filter((row) => row[where] === true);
  const column = columnOf(report, value);
  const write = onAxis(column);
  const across = [...new Set(rows.map((row) => label(row[x])))].sort(byNumber).slice(0, MOST_COLUMNS);
  const down = [...new Set(rows.map((row) => label(row[y])))].slice(0, MOST_ROWS);
  const cells = rows.flatMap((row) => {
    const [column, line] = [across.indexOf(label(row[x])), down.indexOf(label(row[y]))];
    const number = asNumber(row[value]);
    return column < 0 || line < 0 || number === null ? [] : [[column, line, number] as const];
  });
  // All of a cohort is there in its first period, which would leave all others pale.
  const later = cells.filter(([place]) => place > 0);
  const most = Math.max(...(later.length > 0 ? later : cells).map(([, , number]) => number), 0) || 1;
  return {
    height: TOP + down.length * ROW_HEIGHT + 40,
    option: framed(report, applied, {
      grid: { left: 24, right: 24, top: TOP, bottom: 16, containLabel: true },
      xAxis: {
        type: 'category',
        name: titleOf(x),
        nameLocation: 'middle',
        nameGap: 28,
        nameTextStyle: { color: QUIET, fontSize: 11 },
        position: 'top',
        data: across,
        axisLabel: { color: QUIET, fontSize: 11, interval: 0 },
        axisTick: { show: false },
        axisLine: { show: false },
      },
      yAxis: {
        type: 'category',
        inverse: true,
        data: down.map((each) => cut(each, 30)),
        axisLabel: { color: INK, fontSize: 11, interval: 0 },
        axisTick: { show: false },
        axisLine: { show: false },
      },
      visualMap: { show: false, min: 0, max: most, inRange: { color: ['#f3f8fb', '#c3dff0', '#6fb0d8', '#0b5c8f'] } },
      series: [
        {
          type: 'heatmap',
          itemStyle: { borderColor: '#ffffff', borderWidth: 2 },
          label: { show: true, fontSize: 10, formatter: (cell: { value: number[] }) => write(cell.value[2] ?? 0) },
          data: cells.map((cell) => ({
            value: [...cell],
            label: { color: cell[2] / most > DARK ? '#ffffff' : INK },
          })),
        },
      ],
    }),
  };
}

function byNumber(one: string, other: string): number {
  return Number(one) - Number(other) || (one < other ? -1 : one > other ? 1 : 0);
}
