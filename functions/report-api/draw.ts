import { BarChart, HeatmapChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent, VisualMapContinuousComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { LegacyGridContainLabel } from 'echarts/features';
import { SVGRenderer } from 'echarts/renderers';
import type { AppliedParameters, Report } from '../../schemas/report/report.ts';
import type { ReportRow } from '../../shared/reports/cells.ts';
import { heatmap } from './chart/heatmap.ts';
import { funnelChart, rowsChart } from './chart/rows-chart.ts';
import { seriesChart } from './chart/series-chart.ts';
import { empty, type Picture, WIDTH } from './chart/theme.ts';

use([
  LegacyGridContainLabel,
  BarChart,
  HeatmapChart,
  LineChart,
  GridComponent,
  LegendComponent,
  TitleComponent,
  VisualMapContinuousComponent,
  SVGRenderer,
]);

/** Draws the chart of a report as SVG: the same rows make the same picture. */
export type Draw = (report: Report, applied: AppliedParameters, rows: readonly ReportRow[]) => string;

export const draw: Draw = (report, applied, rows) => {
  const { option, height } = pictureOf(report, applied, rows);
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  try {
    chart.setOption(option);
    return still(chart.renderToSVGString({ useViewBox: true }));
  } finally {
    chart.dispose();
  }
};

function pictureOf(...[report, applied, rows]: Parameters<Draw>): Picture {
  const { chart } = report;
  if (rows.length === 0) return empty(report, applied);
  switch (chart.kind) {
    case 'line':
    case 'bar':
    case 'stackedBar':
      return seriesChart(report, chart, applied, rows);
    case 'rows':
      return rowsChart(report, chart, applied, rows);
    case 'heatmap':
      return heatmap(report, chart, applied, rows);
    case 'funnel':
      return funnelChart(report, chart, applied, rows);
    case 'none':
      throw new Error(`The report ${report.name} has no chart.`);
  }
}

/**
 * Without what is for a page that moves: styles under the pointer, by names that count over the life of a process. In texts
 * a quote is written as an entity, so that none looks like an attribute.
 */
const still = (svg: string): string =>
  svg
    .replace(/<style\s*>.*?<\/style>\s*/s, '')
    .replaceAll(/ (?:class="zr\d+-cls-\d+"|pointer-events="\w+"|ecmeta_\w+="[^"]*")/g, '')
    .replaceAll(/zr\d+-/g, 'zr-');
