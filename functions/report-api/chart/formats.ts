import type { ReportColumn } from '../../../schemas/report/report.ts';

/** Texts of numbers, the same on every machine: no locale is asked. */

const SIZES = [
  [1e9, 'B'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/** With its digits in groups: `1,234.5`. */
export function grouped(value: number, digits = 0): string {
  const [whole = '', part] = value.toFixed(digits).split('.');
  const groups = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return part === undefined ? groups : `${groups}.${part}`;
}

/** Short, for an axis: `12k`, `1.5M`, `0.25`. */
export function short(value: number): string {
  const size = SIZES.find(([least]) => Math.abs(value) >= least);
  if (!size) return String(Number(value.toFixed(2)));
  return `${Number((value / size[0]).toFixed(1))}${size[1]}`;
}

export const percent = (value: number, digits = 0): string => `${Number((value * 100).toFixed(digits))} %`;

/** `45 s`, `3 min`, `2.5 h`, `4 d`. */
export function duration(seconds: number): string {
  const units = [
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'min'],
    [1, 's'],
  ] as const;
  const [size, name] = units.find(([least]) => Math.abs(seconds) >= least) ?? [1, 's'];
  return `${Number((seconds / size).toFixed(1))} ${name}`;
}

/** A number of a column on an axis. */
export function onAxis({ unit }: ReportColumn): (value: number) => string {
  if (unit === 'share') return (value) => percent(value, 1);
  return unit === 'seconds' ? duration : short;
}

/** A number of a column beside its bar. */
export function besideBar({ unit, type }: ReportColumn): (value: number) => string {
  if (unit === 'share') return (value) => percent(value, 1);
  if (unit === 'seconds') return duration;
  if (type === 'money') return (value) => grouped(value, 2);
  return (value) => grouped(value, Number.isInteger(value) ? 0 : 2);
}

/** What the numbers of a column are, as the name of an axis. */
export function unitOf({ type, unit }: ReportColumn, currency: string): string {
  if (type === 'money') return currency;
  return unit === 'days' ? 'days' : '';
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** `3 Mar` of a day, anything else as it is. */
export function dayLabel(text: string): string {
  const [, month, day] = /^\d{4}-(\d\d)-(\d\d)$/.exec(text) ?? [];
  return month === undefined ? text : `${Number(day)} ${MONTHS[Number(month) - 1]}`;
}

export const cut = (text: string, most: number): string =>
  [...text].length > most ? `${[...text].slice(0, most - 1).join('')}…` : text;
