import { expect, test } from 'vitest';
import type { ReportAnswer } from '../../../../infra/local/report/answer.ts';
import { chartText } from '../../../../infra/local/report/chart-text.ts';
import { readRequest } from '../../../../infra/local/report/request.ts';
import { listOf, screenOf } from '../../../../infra/local/report/screen.ts';
import { reports } from '../../../../schemas/report/reports.ts';
import { reportOf } from '../../../shared/reports/read.ts';

const anAnswer = (name: string, rows: ReportAnswer['rows']): ReportAnswer => {
  const { title, columns } = reportOf(name);
  const parameters = { from: '2026-06-01', to: '2026-06-30', segment: null };
  return { name, title, parameters, columns, rows, scannedBytes: 1234, milliseconds: 56 };
};

const funnel = anAnswer('funnel', [
  { step: 1, event: 'Product Viewed', count: 400, rate: 1, step_rate: null, median_seconds: null },
  { step: 2, event: 'Order Completed', count: 100, rate: 0.25, step_rate: 0.25, median_seconds: 90 },
]);

test('shows a table with shares as percent and durations in a fitting unit', () => {
  const screen = screenOf(reportOf('funnel'), funnel, 100);
  expect(screen).toMatch(/^Funnel {2}from 2026-06-01 · to 2026-06-30\n/);
  expect(screen).toMatch(/│ +2 │ Order Completed │ +100 │ +25\.0 % │ +25\.0 % │ +1\.5 min │/);
  expect(screen).toMatch(/2 rows, 56 ms, 1234 bytes scanned$/);
});

test('draws bars as long as their numbers', () => {
  const [first = '', second = ''] = chartText(reportOf('funnel'), funnel, 100)?.split('\n') ?? [];
  const bars = (line: string) => [...line].filter((sign) => sign === '█').length;
  expect(bars(second)).toBe(bars(first) / 4);
  expect(second).toMatch(/^Order Completed {2}█+ 100$/);
});

test('draws what is counted over time', () => {
  const rows = ['2026-06-01', '2026-06-02', '2026-06-03'].flatMap((date, at) => [
    { date, channel: 'email', visits: at },
    { date, channel: 'direct', visits: 10 },
  ]);
  const chart = chartText(reportOf('traffic'), anAnswer('traffic', rows), 100);
  expect(chart).toContain('visits, 2026-06-01 to 2026-06-03');
  expect(chart).toContain('12');
});

test('draws cohorts as lines, and what is not over as a dot', () => {
  const rows = [
    { cohort: '2026-06-01', period_number: 0, rate: 1, is_complete: true },
    { cohort: '2026-06-01', period_number: 1, rate: 0.25, is_complete: false },
  ];
  expect(chartText(reportOf('retention'), anAnswer('retention', rows), 100)).toMatch(/^2026-06-01 +100% +·$/);
});

test('says that there is nothing', () => {
  expect(screenOf(reportOf('funnel'), anAnswer('funnel', []), 100)).toContain('Nothing to show');
});

test('lists every report', () => {
  const list = listOf(reports);
  for (const { name } of reports) expect(list).toContain(name);
});

test('reads a name, its parameters and where to ask', () => {
  const args = ['funnel', '--from', '2026-06-01', '--steps', 'a', '--steps', 'b', '--csv', '--url', 'https://api.test'];
  expect(readRequest(args, { HEADWATER_API_KEY: 'k' })).toEqual({
    kind: 'report',
    request: {
      name: 'funnel',
      parameters: { from: ['2026-06-01'], steps: ['a', 'b'] },
      format: 'csv',
      file: undefined,
      source: { kind: 'api', url: 'https://api.test', key: 'k' },
    },
  });
  expect(readRequest([], {})).toEqual({ kind: 'list' });
});

test('tells what one report takes', () => {
  const asked = readRequest(['attribution', '--help'], {});
  expect(asked).toMatchObject({ kind: 'help', text: expect.stringMatching(/--model .*One of first, last, linear/) });
});

test.each<[string[], RegExp]>([
  [['revenue', '--colour', 'red'], /--colour/],
  [['revenue', 'orders'], /One report at a time/],
  [['revenue', '--json', '--csv'], /not both/],
  [['revenue', '--url', 'https://api.test'], /HEADWATER_API_KEY/],
  [['revenue', '--url', 'nowhere', '--key', 'k'], /--url takes an address/],
  [['revenue', '--key', 'k'], /--key goes with --url/],
])('refuses %j', (args, message) => {
  expect(() => readRequest(args, {})).toThrow(message);
});
