import { Cron } from 'croner';

/** When a schedule is due next after a moment; never, when `undefined`. Times in epoch milliseconds. */
export type Beat = (after: number) => number | undefined;

const unitMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/**
 * Reads `rate(<number> minutes|hours|days)`, which counts from `start`, or `cron(<minutes> <hours> <day of month>
 * <month> <day of week> <year>)` in a time zone, as EventBridge Scheduler does. Throws for any other expression.
 */
export function beatOf(expression: string, timeZone: string, start: number): Beat {
  const [, kind, inner = ''] = /^(rate|cron)\((.*)\)$/.exec(expression) ?? [];
  if (kind === 'rate') return rate(inner, start);
  if (kind === 'cron') return cron(inner, timeZone);
  throw new Error(`'${expression}' is neither rate(...) nor cron(...): only those run locally`);
}

function rate(inner: string, start: number): Beat {
  const [, value, unit = '', plural] = /^([1-9]\d*) (minute|hour|day)(s?)$/.exec(inner) ?? [];
  if (value === undefined || (value === '1') === (plural === 's')) {
    throw new Error(`rate(${inner}) is not of the form rate(1 minute), rate(5 minutes), rate(2 hours), rate(1 day)`);
  }
  const interval = Number(value) * unitMs[unit as keyof typeof unitMs];
  return (after) => start + (Math.floor((after - start) / interval) + 1) * interval;
}

function cron(inner: string, timeZone: string): Beat {
  const fields = inner.split(/\s+/);
  if (fields.length !== 6) throw new Error(`cron(${inner}) has ${fields.length} fields where six are needed`);
  if ((fields[2] === '?') === (fields[4] === '?')) {
    throw new Error(`cron(${inner}) needs a '?' for the day of the month or for the day of the week, and not for both`);
  }
  // Seven fields with the seconds first; AWS counts weekdays from 1 for Sunday.
  const parsed = new Cron(`0 ${inner}`, {
    timezone: timeZone,
    mode: '7-part',
    alternativeWeekdays: true,
    // `1/10` is every tenth from the first.
    sloppyRanges: true,
    paused: true,
  });
  return (after) => parsed.nextRun(new Date(after))?.getTime();
}
