import type { AppliedParameters, Report, ReportColumn } from '../../../schemas/report/report.ts';
import type { ReportRow } from '../../../shared/reports/cells.ts';
import { type Series, type SeriesChart, seriesTable } from '../../../shared/reports/series.ts';
import { cut, dayLabel, onAxis, unitOf } from './formats.ts';
import { framed, HEAD, HEIGHT, INK, LEGEND, LINE, type Picture, QUIET } from './theme.ts';

/** Points up to which a line shows each of its own. */
const MOST_POINTS = 45;

/** Lines, bars or stacks over a common axis. */
export function seriesChart(
  report: Report,
  chart: SeriesChart,
  applied: AppliedParameters,
  rows: readonly ReportRow[],
): Picture {
  const { categories, series } = seriesTable(report, chart, applied, rows);
  const currency = String(applied.currency ?? '');
  const left = series.filter(({ column }) => !chart.right?.includes(column.name));
  const right = series.filter(({ column }) => chart.right?.includes(column.name));
  const shape = shapeOf(chart, categories.length);
  return {
    height: HEIGHT,
    option: framed(report, applied, {
      legend: { ...LEGEND, show: series.length > 1, data: series.map(({ name }) => name) },
      grid: { left: 24, right: 24, top: HEAD + 12, bottom: 16, containLabel: true },
      xAxis: {
        type: 'category',
        data: categories.map((category) => cut(dayLabel(category), 24)),
        boundaryGap: chart.kind !== 'line' || categories.length === 1,
        axisLabel: { color: QUIET, fontSize: 11, hideOverlap: true },
        axisTick: { show: false },
        axisLine: { lineStyle: { color: LINE } },
      },
      yAxis: [axis(left, currency), ...(right.length > 0 ? [axis(right, currency, true)] : [])],
      series: [
        ...left.map((each) => ({ ...shape, name: each.name, data: each.values })),
        ...right.map((each) => ({
          ...lineShape(categories.length),
          name: each.name,
          data: each.values,
          yAxisIndex: 1,
        })),
      ],
    }),
  };
}

function axis(series: readonly Series[], currency: string, isRight = false) {
  const column = series[0]?.column as ReportColumn;
  const isWhole = series.every((each) => each.column.type === 'whole');
  return {
    type: 'value',
    name: unitOf(column, currency),
    nameTextStyle: { color: QUIET, fontSize: 11, align: isRight ? 'left' : 'right' },
    ...(isWhole && { minInterval: 1 }),
    axisLabel: { color: isRight ? INK : QUIET, fontSize: 11, formatter: onAxis(column) },
    splitLine: { show: !isRight, lineStyle: { color: LINE } },
  };
}

function shapeOf({ kind }: SeriesChart, points: number): Record<string, unknown> {
  if (kind === 'line') return lineShape(points);
  const bar = { type: 'bar', barMaxWidth: 44, barCategoryGap: '28%' };
  return kind === 'bar' ? { ...bar, itemStyle: { borderRadius: [3, 3, 0, 0] } } : { ...bar, stack: 'all' };
}

const lineShape = (points: number) => ({
  type: 'line',
  symbol: 'circle',
  symbolSize: 5,
  showSymbol: points <= MOST_POINTS,
  showAllSymbol: true,
  connectNulls: true,
  lineStyle: { width: 2 },
});
