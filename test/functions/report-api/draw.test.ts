import { JSDOM } from 'jsdom';
import { expect, test } from 'vitest';
import { draw } from '../../../functions/report-api/draw.ts';
import { hasChart } from '../../../functions/report-api/has-chart.ts';
import type { Report, ReportColumn } from '../../../schemas/report/report.ts';
import { reports } from '../../../schemas/report/reports.ts';
import type { Cell, ReportRow } from '../../../shared/reports/cells.ts';
import { reportOf, valuesOf } from '../../shared/reports/read.ts';

const drawn = reports.filter(hasChart).map((report) => [report.name, report] as const);

/** Cells that differ from row to row. */
function cellOf({ type, unit, namedBy }: ReportColumn, row: number): Cell {
  if (namedBy) return ['Product Viewed', 'Product Added', 'Checkout Started'][row] ?? null;
  if (type === 'day') return `2026-06-${String(row + 1).padStart(2, '0')}`;
  if (type === 'text') return ['<Tents & more>', '"quoted"', null][row % 3] ?? null;
  if (type === 'truth') return true;
  return unit === 'share' ? 0.25 * (row + 1) : 1234.5 * (row + 1);
}

const rowsOf = ({ columns }: Report): ReportRow[] =>
  [0, 1, 2].map((row) => Object.fromEntries(columns.map((column) => [column.name, cellOf(column, row)])));

/** The document of a picture; throws when it is not well-formed. */
const documentOf = (svg: string) => new JSDOM(svg, { contentType: 'image/svg+xml' }).window.document;

const textOf = (svg: string): string => documentOf(svg).documentElement.textContent ?? '';

test.each(drawn)('%s is a well-formed picture with its title and what it was made of', (_, report) => {
  const { applied } = valuesOf(report);
  const svg = draw(report, applied, rowsOf(report));
  expect(documentOf(svg).documentElement.getAttribute('viewBox')).toMatch(/^0 0 960 \d+/);
  expect(textOf(svg)).toContain(report.title);
  if (applied.from) expect(textOf(svg)).toContain(`${applied.from} to ${applied.to}`);
  expect(svg).not.toMatch(/NaN|undefined|null/);
});

test.each(drawn)('%s says that there is nothing where there are no rows', (_, report) => {
  const svg = draw(report, valuesOf(report).applied, []);
  expect(textOf(svg)).toContain('Nothing to show');
  expect(textOf(svg)).toContain(report.title);
});

test('makes the same picture of the same rows', () => {
  const report = reportOf('traffic');
  const { applied } = valuesOf(report);
  expect(draw(report, applied, rowsOf(report))).toBe(draw(report, applied, rowsOf(report)));
});

test('writes money in its currency, shares as percent, and names as they are', () => {
  const products = reportOf('products');
  const picture = textOf(draw(products, valuesOf(products, { currency: ['EUR'] }).applied, rowsOf(products)));
  expect(picture).toContain('Revenue, EUR');
  expect(picture).toContain('<Tents & more>');
  expect(picture).toContain('1,234.50');
  const retention = reportOf('retention');
  expect(textOf(draw(retention, valuesOf(retention).applied, rowsOf(retention)))).toContain('25 %');
});

test('shows the step of a funnel beside its part of the first', () => {
  const funnel = reportOf('funnel');
  const rows = [400, 100].map((count, at) => ({ step: at + 1, event: `Step ${at + 1}`, count }));
  expect(textOf(draw(funnel, valuesOf(funnel).applied, rows))).toMatch(/400 {2}\(100 %\).*100 {2}\(25 %\)/s);
});
