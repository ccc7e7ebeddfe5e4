import type { AppliedParameters } from '../../schemas/report/report.ts';

const DAY_MS = 86_400_000;
/** The first Monday since 1970, as days. */
const MONDAY = 4;

/** First days, YYYY-MM-DD, of the periods that a report's range touches: of days unless `period` says otherwise. */
export function periodsOf({ from, to, period = 'day' }: AppliedParameters): string[] {
  if (typeof from !== 'string' || typeof to !== 'string') return [];
  const days: string[] = [];
  for (let time = startOf(Date.parse(from), period); time <= Date.parse(to); time = next(time, period)) {
    days.push(new Date(time).toISOString().slice(0, 10));
  }
  return days;
}

type Period = AppliedParameters[string];

function startOf(time: number, period: Period): number {
  const date = new Date(time);
  if (period === 'month') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
  if (period !== 'week') return time;
  const days = Math.floor(time / DAY_MS) - MONDAY;
  return time - (((days % 7) + 7) % 7) * DAY_MS;
}

function next(time: number, period: Period): number {
  const date = new Date(time);
  if (period === 'month') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
  return time + (period === 'week' ? 7 : 1) * DAY_MS;
}
