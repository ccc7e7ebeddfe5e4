import type { WatchMetric } from '../../schemas/watch.ts';
import { quote } from '../segments/sql/quote.ts';
import type { ReportQuery } from './compose.ts';
import { inlinedViews, type ViewTexts } from './inlined-views.ts';
import type { DayFigures } from './watch.ts';

const DAY_MS = 86_400_000;
const WEEKS = 8;

/** What the watch compares at a moment. */
export interface WatchDays {
  /** Today and the same weekdays before, YYYY-MM-DD, today first. */
  readonly days: readonly string[];
  /** Time of the day up to which all of them are looked at, HH:MM:SS. */
  readonly until: string;
}

/** The days to compare with the one of `moment`, milliseconds since 1970. */
export function watchDays(moment: number): WatchDays {
  const days = Array.from({ length: WEEKS + 1 }, (_, week) => iso(moment - week * 7 * DAY_MS).slice(0, 10));
  return { days, until: iso(moment).slice(11, 19) };
}

const iso = (time: number): string => new Date(time).toISOString();

const timeOf = (column: string) => `CAST(${column} AS varchar)`;

/**
 * Sessions and orders of each day up to that time, made of nothing but the events that happened and arrived by then: of
 * today that is all there is, and what came later on the other days must not count either.
 */
export function kpiQuery(database: string, { days, until }: WatchDays, views: ViewTexts): ReportQuery {
  const events = `SELECT * FROM "${database}".events
WHERE day IN (${places(days)}) AND substr(${timeOf('event_time')}, 1, 10) = day
  AND substr(${timeOf('event_time')}, 12, 8) < ?`;
  const sql = `SELECT day, sum(sessions) AS sessions, sum(converting) AS converting, sum(orders) AS orders, sum(revenue) AS revenue
FROM (
  SELECT day, 1 AS sessions, CASE WHEN orders > 0 THEN 1 ELSE 0 END AS converting, 0 AS orders, 0e0 AS revenue
  FROM sessions
  UNION ALL
  SELECT day, 0, 0, 1, CASE WHEN orders.currency = reporting.currency THEN CAST(amount AS double) ELSE 0e0 END
  FROM orders CROSS JOIN reporting
)
GROUP BY day`;
  const shadows = { events, sealing: NOTHING_GATHERED, visit_parts: views.visit_parts ?? '' };
  return { sql: withViews(sql, shadows, views), parameters: [...days.map(quote), quote(until)] };
}

/** What was gathered of days that are sealed is of whole days: visits are made of the events instead. */
const NOTHING_GATHERED = "SELECT '' AS sealed_before, '' AS visits_before";

/** Scores of data quality of some days, as they are by now. */
export function qualityQuery(database: string, days: readonly string[], views: ViewTexts): ReportQuery {
  const shadows = {
    events: `SELECT * FROM "${database}".events WHERE day IN (${places(days)})`,
    raw: `SELECT * FROM "${database}".raw WHERE day IN (${places(days)})`,
  };
  const sql = `SELECT date AS day, received, completeness, uniqueness, timeliness, validity, overall AS quality
FROM data_quality_scores`;
  return { sql: withViews(sql, shadows, views), parameters: [...days, ...days].map(quote) };
}

const places = (values: readonly string[]): string => values.map(() => '?').join(', ');

/** The query over views that are made of these relations instead of the lake's own. */
function withViews(sql: string, shadows: Readonly<Record<string, string>>, views: ViewTexts): string {
  const { names } = inlinedViews(sql, views);
  const parts = [...Object.entries(shadows), ...names.map((name) => [name, views[name] ?? ''] as const)];
  return `WITH ${parts.map(([name, text]) => `${name} AS (\n${text.trimEnd()}\n)`).join(',\n')}\n${sql}`;
}

/** A row of either query: cells as Athena prints them, by column. */
export type WatchRow = Readonly<Record<string, string | null>>;

/** Figures of each day that has any. */
export function figuresByDay(rows: readonly WatchRow[]): Map<string, DayFigures> {
  const figures = new Map<string, DayFigures>();
  for (const row of rows) {
    const { day, converting, ...cells } = row;
    if (typeof day !== 'string') continue;
    const known: { [Metric in WatchMetric]?: number } = { ...figures.get(day) };
    for (const [name, cell] of Object.entries(cells)) if (cell !== null) known[name as WatchMetric] = Number(cell);
    if (converting != null && known.sessions) known.conversion = Number(converting) / known.sessions;
    figures.set(day, known);
  }
  return figures;
}
