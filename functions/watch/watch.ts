import type { Alert, AlertsRecord } from '../../schemas/stream/control.ts';
import type { WatchRule, WatchSettings } from '../../schemas/watch.ts';
import type { ReportQuery } from '../../shared/reports/compose.ts';
import type { ViewTexts } from '../../shared/reports/inlined-views.ts';
import { alertsOf, type DayFigures, type Observed } from '../../shared/reports/watch.ts';
import { figuresByDay, kpiQuery, qualityQuery, type WatchRow, watchDays } from '../../shared/reports/watch-query.ts';
import { isQuiet, noMemory, plan, type WatchMemory } from '../../shared/reports/watch-quiet-hours.ts';
import { embeddedMetrics } from '../adapters/embedded-metrics.ts';
import type { StateObject } from '../adapters/state-object.ts';

/** What the watch remembers from look to look; `version` grows with each write. */
export interface WatchState extends WatchMemory {
  readonly version: number;
}

export interface WatchProps extends WatchSettings {
  /** Rows of a query of the lake. */
  readonly query: (query: ReportQuery) => Promise<readonly WatchRow[]>;
  /** Puts alerts on the stream, all of them by `deadline` (milliseconds since 1970), or throws. */
  readonly publish: (records: readonly AlertsRecord[], deadline: number) => Promise<void>;
  readonly state: StateObject<WatchState>;
  readonly database: string;
  readonly views: ViewTexts;
  /** Namespace of the metrics. */
  readonly namespace: string;
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
  /** Writes to the log. */
  readonly print: (line: string) => void;
}

/** What a look found. */
export interface WatchAnswer {
  /** Ids of the alerts that it raised. */
  readonly raised: readonly string[];
  /** Ids of those that wait for the end of the quiet hours. */
  readonly waiting: readonly string[];
}

/** What happened later than this may not have landed yet. */
const SETTLE_MS = 15 * 60_000;
const PUBLISH_MS = 20_000;

const ofQuality = new Set(['received', 'completeness', 'uniqueness', 'timeliness', 'validity', 'quality']);

/**
 * Makes the function that looks whether today's figures keep to the rules: it compares today up to now with the same
 * weekdays before up to the same time, and raises an alert for each rule that is broken, once a day.
 *
 * Why none is lost or doubled: what is noticed is stored before it is raised, and stays so until it is on the stream; the
 * view `alerts` shows an id once. In quiet hours it waits. Two looks at once store one after the other: the later one
 * fails, and the next finds the same.
 */
export function createWatch(props: WatchProps): () => Promise<WatchAnswer> {
  const { clock, state, rules, quietHours } = props;
  return async () => {
    const now = clock();
    const found = alertsOf(rules, await observe(props, now - SETTLE_MS), now);
    const before = await state.read();
    const known = before?.state ?? { version: 0, ...noMemory };
    const quiet = quietHours !== undefined && isQuiet(quietHours, now);
    const { raise, noticed, raised } = plan(known, found, { isQuiet: quiet, now });

    let etag = before?.etag;
    if (noticed.waiting.length > known.waiting.length) {
      etag = await stored(state, { ...noticed, version: known.version + 1 }, etag);
    }
    if (raise.length > 0) {
      await props.publish([{ v: 1, kind: 'alerts', items: raise }], clock() + PUBLISH_MS);
      await stored(state, { ...raised, version: known.version + 2 }, etag);
    }
    tell(props, raise, now);
    return { raised: raise.map(({ id }) => id), waiting: quiet ? noticed.waiting.map(({ id }) => id) : [] };
  };
}

async function stored(state: StateObject<WatchState>, next: WatchState, over: string | undefined): Promise<string> {
  const etag = await state.write(next, over);
  if (etag === undefined) throw new Error('Another look stored what it found at the same time: the next one goes on.');
  return etag;
}

/** Today's figures up to a moment, and those of the same weekdays. A day without a session is no history. */
async function observe({ query, database, views, rules }: WatchProps, moment: number): Promise<Observed> {
  const compared = watchDays(moment);
  const [date = '', ...before] = compared.days;
  const scored = qualityDays(rules, compared.days);
  const [kpis, scores] = await Promise.all([
    query(kpiQuery(database, compared, views)),
    scored.length === 0 ? [] : query(qualityQuery(database, scored, views)),
  ]);
  const byDay = figuresByDay([...kpis, ...scores]);
  const history = before.flatMap((day) => byDay.get(day) ?? []).filter(({ sessions = 0 }) => sessions > 0);
  const nothing: DayFigures = { sessions: 0, orders: 0, revenue: 0, received: 0 };
  return { date, today: { ...nothing, ...byDay.get(date) }, history };
}

/** Scores are read of the days that rules ask for: a threshold needs today's alone, and they are dear. */
function qualityDays(rules: readonly WatchRule[], days: readonly string[]): readonly string[] {
  const asked = rules.filter(({ metric }) => ofQuality.has(metric));
  if (asked.some(({ change }) => change !== undefined)) return days;
  return asked.length > 0 ? days.slice(0, 1) : [];
}

/** A metric of each look, so that an alarm can tell no alert from no look; and a line for each alert. */
function tell({ namespace, print }: WatchProps, raise: readonly Alert[], time: number): void {
  print(embeddedMetrics({ namespace, metrics: { Alerts: raise.length }, time, fields: { code: 'watched' } }));
  for (const { id, metric, value, detail } of raise) {
    print(`${JSON.stringify({ level: 'warn', message: detail, code: 'alert_raised', alert: id, metric, value })}\n`);
  }
}
