import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { day, instant, money, share, text, truth, whole } from '../../../schemas/report/columns.ts';
import { type Cell, reportRows } from '../../../shared/reports/cells.ts';
import { asCsv } from '../../../shared/reports/csv.ts';
import { periodsOf } from '../../../shared/reports/periods-of.ts';
import { seriesTable } from '../../../shared/reports/series.ts';
import { reportOf } from './read.ts';

const is = 'Something.';
const columns = [
  day('date', is),
  text('name', is),
  whole('count', is),
  money('revenue', is),
  share('rate', is),
  truth('is_new', is),
  instant('at', is),
];

test('gives cells their types, and nothing for what is no number', () => {
  const rows = reportRows(columns, { applied: {} }, [
    ['2026-06-01', 'O\'Neil, "x"', '12', '1234.5000', '1.0E-1', 'true', '2026-06-01 10:00:00.123'],
    [null, null, null, null, 'NaN', null, null],
  ]);
  expect(rows).toEqual([
    {
      date: '2026-06-01',
      name: 'O\'Neil, "x"',
      count: 12,
      revenue: 1234.5,
      rate: 0.1,
      is_new: true,
      at: '2026-06-01T10:00:00.123Z',
    },
    { date: null, name: null, count: null, revenue: null, rate: null, is_new: null, at: null },
  ]);
});

test('names a step after the list parameter that the caller gave', () => {
  const named = [{ ...text('event', is), namedBy: 'steps' }];
  expect(reportRows(named, { applied: { steps: ['a', 'b'] } }, [['2'], ['3']])).toEqual([
    { event: 'b' },
    { event: null },
  ]);
});

test('CSV of any cells reads back as it was, by RFC 4180', () => {
  const cell: fc.Arbitrary<Cell> = fc.oneof(
    fc.string(),
    fc.constantFrom('a,b', '"', 'two\r\nlines', '', "'"),
    fc.integer(),
  );
  const named = [text('a', is), text('b,c', is)];
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell)), (cells) => {
      const rows = cells.map(([a, b]) => ({ a, 'b,c': b }) as Record<string, Cell>);
      const csv = asCsv(named, rows);
      const read = parse(csv, { record_delimiter: '\r\n', relax_column_count: false }) as string[][];
      expect(read).toEqual([['a', 'b,c'], ...cells.map((each) => each.map(String))]);
    }),
  );
});

test('CSV tells nothing from an empty text', () => {
  expect(asCsv([text('a', is), text('b', is)], [{ a: null, b: '' }])).toBe('a,b\r\n,""\r\n');
});

test.each([
  ['day', ['2026-06-29', '2026-06-30', '2026-07-01']],
  ['week', ['2026-06-29']],
  ['month', ['2026-06-01', '2026-07-01']],
])('knows every %s of a range', (period, expected) => {
  expect(periodsOf({ from: '2026-06-29', to: '2026-07-01', period })).toEqual(expected);
});

test('shows a day without a row as none of what is counted', () => {
  const report = reportOf('orders');
  const { categories, series } = seriesTable(
    report,
    { kind: 'bar', x: 'date', y: ['orders', 'cancellation_rate'] },
    { from: '2026-06-01', to: '2026-06-03', period: 'day' },
    [{ date: '2026-06-02', orders: 3, cancellation_rate: 0.5 }],
  );
  expect(categories).toEqual(['2026-06-01', '2026-06-02', '2026-06-03']);
  expect(series.map(({ values }) => values)).toEqual([
    [0, 3, 0],
    [null, 0.5, null],
  ]);
});

test('shows the largest series, and the others together', () => {
  const rows = Array.from({ length: 12 }, (_, at) => ({ date: '2026-06-01', channel: `c${at}`, visits: at + 1 }));
  const { series } = seriesTable(
    reportOf('traffic'),
    { kind: 'stackedBar', x: 'date', y: ['visits'], series: 'channel' },
    { from: '2026-06-01', to: '2026-06-01', period: 'day' },
    rows,
  );
  expect(series.map(({ name, values }) => [name, values[0]])).toEqual([
    ['c11', 12],
    ['c10', 11],
    ['c9', 10],
    ['c8', 9],
    ['c7', 8],
    ['c6', 7],
    ['c5', 6],
    ['others', 15],
  ]);
});
