import type { ReportColumn } from '../../../schemas/report/report.ts';
import type { ReportAnswer } from './answer.ts';

type Cell = ReportAnswer['rows'][number][string];

/** A cell for a person: digits in groups, shares as percent, durations in a fitting unit. */
export function cellText({ type, unit }: ReportColumn, cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell !== 'number') return String(cell).replace(/\s+/g, ' ').slice(0, 60);
  if (unit === 'share') return `${grouped(cell * 100, 1)} %`;
  if (unit === 'seconds') return duration(cell);
  if (type === 'money') return grouped(cell, 2);
  return Number.isInteger(cell) ? grouped(cell, 0) : grouped(cell, 2);
}

export const isNumeric = ({ type }: ReportColumn): boolean => ['whole', 'number', 'money'].includes(type);

const grouped = (value: number, digits: number): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });

function duration(seconds: number): string {
  if (seconds < 60) return `${grouped(seconds, 0)} s`;
  if (seconds < 3_600) return `${grouped(seconds / 60, 1)} min`;
  return seconds < 86_400 ? `${grouped(seconds / 3_600, 1)} h` : `${grouped(seconds / 86_400, 1)} d`;
}
