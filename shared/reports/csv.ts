import type { ReportColumn } from '../../schemas/report/report.ts';
import type { Cell, ReportRow } from './cells.ts';

/** CSV by RFC 4180 with a header: lines end in CRLF; NULL is an empty field, an empty text is `""`. */
export function asCsv(columns: readonly ReportColumn[], rows: readonly ReportRow[]): string {
  const names = columns.map(({ name }) => name);
  const lines = [names, ...rows.map((row) => names.map((name) => row[name] ?? null))];
  return lines.map((cells) => `${cells.map(field).join(',')}\r\n`).join('');
}

function field(cell: Cell): string {
  if (cell === null) return '';
  const text = String(cell);
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
