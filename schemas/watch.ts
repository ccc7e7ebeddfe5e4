import { type Variable, VariableError } from './variable.ts';

/** What the watch looks at, and when it speaks up. Plain types: the function reads them at each start. */

/** Figures of a day up to an hour: counts, shares from 0 to 1, and scores of data quality from 0 to 100. */
export const watchMetrics = {
  sessions: 'Sessions, without bots.',
  orders: 'Orders.',
  revenue: 'What was paid for orders, in the reporting currency.',
  conversion: 'Share of sessions with an order.',
  received: 'Messages received.',
  completeness: 'Score of the fields that should be filled.',
  uniqueness: 'Score of messages that came once.',
  timeliness: 'Score of events that came within an hour.',
  validity: 'Score of events that are neither rejected nor doubtful.',
  quality: 'Overall score of data quality.',
} as const;
export type WatchMetric = keyof typeof watchMetrics;

/** A rule has a change, a threshold, or both: then either of them rings. */
export interface WatchRule {
  readonly id: string;
  readonly metric: WatchMetric;
  readonly direction: 'falls' | 'rises';
  /** Share of what is expected by which the metric falls or rises at least: 0.2 for 20 %. */
  readonly change?: number | undefined;
  /** The metric falls below, or rises above. */
  readonly threshold?: number | undefined;
  /**
   * Fewer than these say nothing: sessions for sessions and conversion, orders for orders and revenue, messages for
   * everything else.
   */
  readonly least: number;
}

/** A span of each day in which nobody wants to be rung; it may pass midnight. */
export interface QuietHours {
  /** IANA name, for example Europe/Berlin. */
  readonly timeZone: string;
  /** HH:MM. */
  readonly from: string;
  readonly to: string;
}

export interface WatchSettings {
  readonly rules: readonly WatchRule[];
  readonly quietHours?: QuietHours | undefined;
}

const isRule = (value: unknown): boolean => {
  const { id, metric, direction, change, threshold, least } = (value ?? {}) as Record<string, unknown>;
  const isNumberOrNone = (number: unknown) => number === undefined || typeof number === 'number';
  return (
    typeof id === 'string' &&
    typeof metric === 'string' &&
    Object.hasOwn(watchMetrics, metric) &&
    (direction === 'falls' || direction === 'rises') &&
    isNumberOrNone(change) &&
    isNumberOrNone(threshold) &&
    typeof least === 'number'
  );
};

/** Rules and quiet hours as JSON. */
export const watchSettings = (description: string): Variable<WatchSettings> => ({
  description,
  read: (given) => {
    let settings: Partial<Record<keyof WatchSettings, unknown>> | null;
    try {
      settings = JSON.parse(given);
    } catch {
      throw new VariableError('is no JSON');
    }
    const { rules, quietHours } = settings ?? {};
    if (!Array.isArray(rules)) throw new VariableError('rules is no JSON array');
    const wrong = rules.findIndex((rule) => !isRule(rule));
    if (wrong >= 0) throw new VariableError(`rules ${wrong} lacks an id, a known metric, a direction or a number`);
    return { rules, ...(quietHours !== undefined && { quietHours: quietHours as QuietHours }) };
  },
});
