import type { Alert } from '../../schemas/stream/control.ts';
import type { WatchMetric, WatchRule } from '../../schemas/watch.ts';

/** Figures of one day up to an hour; one that has no value, such as the conversion of no sessions, is left out. */
export type DayFigures = { readonly [Metric in WatchMetric]?: number };

/** What is known when the watch looks. */
export interface Observed {
  /** UTC day of `today`, YYYY-MM-DD. */
  readonly date: string;
  readonly today: DayFigures;
  /** The same weekdays before, up to the same hour, days without any data left out. */
  readonly history: readonly DayFigures[];
}

/** What a rule finds. */
export interface Verdict {
  readonly isBroken: boolean;
  readonly value: number;
  readonly threshold?: number;
  readonly expected?: number;
  /** Median distance of the days from the expected: how far off is usual. */
  readonly spread?: number;
  /** Difference to the expected as its share. */
  readonly change?: number;
}

/** Fewer days of history are no history. */
export const FEWEST_DAYS = 3;
/** A fifth of something is a fifth, whatever binary fractions make of it. */
const ROUNDING = 1e-9;

/** By how many of what a metric is known. */
const sampleOf: { readonly [Metric in WatchMetric]: WatchMetric } = {
  sessions: 'sessions',
  conversion: 'sessions',
  orders: 'orders',
  revenue: 'orders',
  received: 'received',
  completeness: 'received',
  uniqueness: 'received',
  timeliness: 'received',
  validity: 'received',
  quality: 'received',
};
const counts: ReadonlySet<WatchMetric> = new Set(['sessions', 'orders', 'revenue', 'received']);

/**
 * What a rule says of a day: its metric against the median of the same weekdays before, and against its threshold.
 * Undefined when there is no value, or too little of anything to say. Of a count, which may well have fallen to nothing,
 * the days before must have had enough; of a share or a score, the day itself, too.
 */
export function judge(rule: WatchRule, { today, history }: Observed): Verdict | undefined {
  const { metric, least } = rule;
  const sample = sampleOf[metric];
  const value = today[metric];
  if (value === undefined) return undefined;
  const isKnown = (today[sample] ?? 0) >= least;

  const days = history.map((day) => day[metric]).filter((each) => each !== undefined);
  const usual = median(history.map((day) => day[sample] ?? 0));
  const isComparable =
    days.length >= FEWEST_DAYS && usual !== undefined && usual >= least && (isKnown || counts.has(metric));
  const compared = isComparable ? compare(value, days) : undefined;
  const isThresholdMeant = rule.threshold !== undefined && (isKnown || (counts.has(metric) && isComparable));
  if (compared === undefined && !isThresholdMeant) return undefined;
  return {
    isBroken:
      (isThresholdMeant && isBeyond(rule.direction, value, rule.threshold as number)) ||
      (rule.change !== undefined && compared?.change !== undefined && isChanged(rule, compared.change)),
    value,
    ...(rule.threshold !== undefined && { threshold: rule.threshold }),
    ...compared,
  };
}

/** Alerts of the rules that a day breaks, one each. `now` is in milliseconds since 1970. */
export function alertsOf(rules: readonly WatchRule[], observed: Observed, now: number): Alert[] {
  return rules.flatMap((rule) => {
    const verdict = judge(rule, observed);
    if (!verdict?.isBroken) return [];
    const { value, expected, change, threshold } = verdict;
    const alert: Alert = {
      id: `${rule.id}:${observed.date}`,
      rule: rule.id,
      raisedAt: now,
      date: observed.date,
      metric: rule.metric,
      value,
      ...(expected !== undefined && { expected }),
      ...(change !== undefined && { change }),
      ...(threshold !== undefined && { threshold }),
      detail: detailOf(rule, verdict),
    };
    return [alert];
  });
}

function compare(value: number, days: readonly number[]): Pick<Verdict, 'expected' | 'spread' | 'change'> {
  const expected = median(days) as number;
  const spread = median(days.map((day) => Math.abs(day - expected))) as number;
  return { expected, spread, ...(expected !== 0 && { change: (value - expected) / Math.abs(expected) }) };
}

const isBeyond = (direction: WatchRule['direction'], value: number, threshold: number): boolean =>
  direction === 'falls' ? value < threshold : value > threshold;

function isChanged({ direction, change: wanted = 0 }: WatchRule, change: number): boolean {
  const by = direction === 'falls' ? -change : change;
  return by > 0 && by >= wanted - ROUNDING;
}

function detailOf({ metric, direction }: WatchRule, { value, expected, spread, change, threshold }: Verdict): string {
  const parts = [`${metric} is ${short(value)} today up to this hour`];
  if (change !== undefined) {
    const percent = Math.round(Math.abs(change) * 1000) / 10;
    parts.push(`${percent} % ${change < 0 ? 'less' : 'more'} than ${short(expected)}, the median of these weekdays`);
  }
  if (spread !== undefined) parts.push(`which usually differ by ${short(spread)}`);
  if (threshold !== undefined) parts.push(`${direction === 'falls' ? 'the least' : 'the most'} is ${short(threshold)}`);
  return `${parts.join(', ')}.`;
}

const short = (value: number | undefined): string => String(Number((value ?? 0).toPrecision(4)));

/** The middle one, or the mean of the middle two; undefined of nothing. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((one, other) => one - other);
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  const high = sorted[Math.floor(sorted.length / 2)];
  return low === undefined || high === undefined ? undefined : low + (high - low) / 2;
}
