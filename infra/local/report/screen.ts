import Table from 'cli-table3';
import type { Report } from '../../../schemas/report/report.ts';
import type { ReportAnswer } from './answer.ts';
import { cellText, isNumeric } from './cell-text.ts';
import { chartText } from './chart-text.ts';

/** Rows that a screen has room for. */
const MOST_ROWS = 60;

const style = { head: [], border: [], compact: true };

/** A report as a table and a chart for the terminal. */
export function screenOf(report: Report, answer: ReportAnswer, width: number): string {
  const { columns, rows, parameters, scannedBytes, milliseconds } = answer;
  const table = new Table({
    head: columns.map(({ name }) => name.replaceAll('_', ' ')),
    colAligns: columns.map((column) => (isNumeric(column) ? 'right' : 'left')),
    style,
  });
  table.push(...rows.slice(0, MOST_ROWS).map((row) => columns.map((column) => cellText(column, row[column.name]))));
  const more = rows.length > MOST_ROWS ? `\n… and ${rows.length - MOST_ROWS} more rows: --json or --csv has all.` : '';
  const chart = chartText(report, answer, width);
  const count = `${rows.length} ${rows.length === 1 ? 'row' : 'rows'}`;
  return [
    `${report.title}  ${withoutEmpty(parameters)}`,
    rows.length === 0 ? 'Nothing to show: no events of these days and filters.' : table.toString() + more,
    ...(chart ? [chart] : []),
    `${count}, ${milliseconds} ms, ${scannedBytes} bytes scanned`,
  ].join('\n\n');
}

function withoutEmpty(parameters: ReportAnswer['parameters']): string {
  const entries = Object.entries(parameters).filter(([, value]) => value !== null);
  return entries.map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(' > ') : value}`).join(' · ');
}

/** All reports, one a line. */
export function listOf(reports: readonly Report[]): string {
  const table = new Table({ head: ['report', 'what it tells'], style, wordWrap: true, colWidths: [20, 84] });
  table.push(...reports.map(({ name, description }) => [name, description]));
  return `${table.toString()}\n\nnpm run report -- NAME shows one, npm run report -- NAME --help what it takes.`;
}
