import { expect, test } from 'vitest';
import type { ReportChart } from '../../../schemas/report/report.ts';
import { reports } from '../../../schemas/report/reports.ts';

test('has about twenty reports or more, each under a name of its own', () => {
  const names = reports.map(({ name }) => name);
  expect(names.length).toBeGreaterThanOrEqual(20);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
});

test.each(reports.map((report) => [report.name, report] as const))('%s is described', (_, report) => {
  for (const text of [report.title, report.description, ...report.columns.map(({ description }) => description)]) {
    expect(text).toMatch(/^[A-Zgr]?.{5,}/);
  }
  const names = [...report.columns, ...report.parameters].map(({ name }) => name);
  for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
  expect(new Set(report.columns.map(({ name }) => name)).size).toBe(report.columns.length);
  expect(new Set(report.parameters.map(({ name }) => name)).size).toBe(report.parameters.length);
});

test.each(reports.map((report) => [report.name, report] as const))('%s draws columns that it has', (_, report) => {
  const names = report.columns.map(({ name }) => name);
  for (const column of columnsOf(report.chart)) expect(names).toContain(column);
});

function columnsOf(chart: ReportChart): readonly string[] {
  switch (chart.kind) {
    case 'line':
    case 'bar':
    case 'stackedBar':
      return [chart.x, ...chart.y, ...(chart.right ?? []), ...(chart.series ? [chart.series] : [])];
    case 'rows':
      return [...chart.label, ...chart.y];
    case 'heatmap':
      return [chart.x, chart.y, chart.value, chart.where];
    case 'funnel':
      return [chart.label, chart.value];
    case 'none':
      return [];
  }
}
