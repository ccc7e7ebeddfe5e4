import { currencyCodes } from '../../schemas/event/currencies.ts';
import type { Report } from '../../schemas/report/report.ts';
import { quote } from '../segments/sql/quote.ts';
import { inlinedViews, type ViewTexts } from './inlined-views.ts';
import { liftSubqueries } from './lift-subqueries.ts';
import type { ParameterValues } from './parameter-values.ts';
import { relationsOf, sqlTokens, withRelation } from './sql-words.ts';

/** Trino SQL with `?`, and the literals for these, in order. */
export interface ReportQuery {
  readonly sql: string;
  readonly parameters: readonly string[];
}

export interface ComposeOptions {
  readonly database: string;
  readonly views: ViewTexts;
  /**
   * Whole days that records of one batch may lie apart: all of it lies under the day of its first record, and after an
   * interruption of the writer a batch holds what had waited.
   */
  readonly marginDays: number;
}

const DAY_MS = 86_400_000;

/**
 * The query of a report: its SQL over views that are inlined above the events of its days, and people resolved once for
 * all of them.
 *
 * A parameter enters as an execution parameter of Athena, never as text: the SQL depends only on the report and on
 * whether a segment is asked for. Athena takes parameters in WHERE alone, therefore `reporting` chooses its currency
 * among all.
 */
export function composeReport(
  report: Report,
  values: ParameterValues,
  { database, views, marginDays }: ComposeOptions,
): ReportQuery {
  const own = typeof report.sql === 'string' ? report.sql : report.sql(values.applied);
  const { names, shadowed } = inlinedViews(own, views);
  const since = firstArrivalDay(report, values, marginDays);
  const hasSegment = values.applied.segment != null;
  const events = ofReport(views.events ?? '', since, hasSegment);
  const apart = report.readsApart && !relationsOf(own).has('events');
  const readsVisits = shadowed.has('visit_parts');
  const parts = [
    ...(shadowed.has('events') || readsVisits ? [['identities', `SELECT * FROM "${database}".identities`]] : []),
    ...(shadowed.has('events') && !apart ? [['events', events]] : []),
    ...(readsVisits ? [['visit_parts', ofReport(visitParts(views), since, hasSegment)]] : []),
    ...(shadowed.has('raw') ? [['raw', rawSql(database, since)]] : []),
    ...(shadowed.has('reporting') ? [['reporting', REPORTING]] : []),
    ...(shadowed.has('calendar') ? [['calendar', CALENDAR]] : []),
    ...names
      .flatMap((name) => liftSubqueries([name, views[name] ?? '']))
      .map(([name, sql]) => [name, apart ? withOwnEvents(sql, events) : sql]),
  ].map(([name, sql]) => `${name} AS (\n${sql?.trimEnd()}\n)`);
  const sql = parts.length === 0 ? own : withParts(parts, own);
  return numbered(sql, { ...values.literals, ...(since !== undefined && { since_day: quote(since) }) });
}

/** The first day of arrival that can hold what the report counts; undefined for all. */
function firstArrivalDay({ history }: Report, { from }: ParameterValues, marginDays: number): string | undefined {
  if (history === 'all' || from === undefined) return undefined;
  return new Date(from - (history.days + marginDays) * DAY_MS).toISOString().slice(0, 10);
}

const REPORTING = `SELECT currency FROM (VALUES ${currencyCodes.map(quote).join(', ')}) AS known (currency) WHERE currency = :currency`;

/** Every day from 2000 to 2100. Trino makes no sequence of more than 10,000. */
const CALENDAR = `SELECT CAST(date_add('day', 200 * part + day, DATE '2000-01-01') AS varchar) AS date
FROM UNNEST(sequence(0, 182)) AS parts (part) CROSS JOIN UNNEST(sequence(0, 199)) AS days (day)`;

const whereOf = (tests: readonly string[]): string => (tests.length === 0 ? '' : ` WHERE ${tests.join(' AND ')}`);

const arrived = (since: string | undefined): string[] => (since === undefined ? [] : ['day >= :since_day']);

const rawSql = (database: string, since: string | undefined): string =>
  `SELECT * FROM "${database}".raw${whereOf(arrived(since))}`;

/** What a view has of the report's days and people: events, or what was gathered of them. */
function ofReport(view: string, since: string | undefined, hasSegment: boolean): string {
  const ofSegment = 'person_key IN (SELECT person_key FROM segment_members WHERE segment_id = :segment)';
  return `SELECT * FROM (\n${view.trimEnd()}\n)${whereOf([...arrived(since), ...(hasSegment ? [ofSegment] : [])])}`;
}

/** The view over the events themselves, of which it reads the latest days only: those of the report may be all. */
const visitParts = ({ visit_parts: view = '', events = '' }: ViewTexts): string =>
  withRelation(view, 'events', `(\n${events.trimEnd()}\n)`);

const withOwnEvents = (view: string, events: string): string =>
  relationsOf(view).has('events') ? withParts([`events AS (\n${events}\n)`], view) : view;

/** The WITH at the beginning of SQL, after comments. */
const beginning = /^(?:\s|--[^\n]*\n)*WITH\s+/i;

/** SQL may begin with subqueries of its own. */
function withParts(parts: readonly string[], sql: string): string {
  const own = beginning.exec(sql)?.[0];
  const all = parts.join(',\n');
  return own === undefined ? `WITH ${all}\n${sql}` : `WITH ${all},\n${sql.slice(own.length)}`;
}

function numbered(sql: string, literals: Readonly<Record<string, string>>): ReportQuery {
  const parameters: string[] = [];
  const text = sqlTokens(sql).map(({ kind, text }) => {
    if (kind !== 'parameter') return text;
    const literal = literals[text.slice(1)];
    if (literal === undefined) throw new Error(`The report's SQL names ${text}, which is none of its parameters.`);
    parameters.push(literal);
    return '?';
  });
  return { sql: text.join(''), parameters };
}
