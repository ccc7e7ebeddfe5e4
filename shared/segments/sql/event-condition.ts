import type { EventCondition, FrequencyCondition, Measure } from '../../../schemas/segment/definition.ts';
import { eventFields } from '../../../schemas/segment/fields.ts';
import { DAY_MS, dayOf } from '../../profile/counters.ts';
import type { ValueSource } from '../tracks.ts';
import { propertyText } from './operand.ts';
import type { PersonQuery } from './person-query.ts';
import { numeral, timestamp } from './quote.ts';
import { propertyTest, selection, windowTests } from './selection.ts';
import { opposite } from './value-test.ts';

/** A measure over events, compared. */
export function eventCondition(query: PersonQuery, condition: EventCondition): string {
  const { measure, op, value } = condition;
  const numbers = [value].flat();
  const about = [condition.event].flat()[0] ?? '';
  const aggregate = (sql: string, kind: string) => query.people.add(sql, kind, about);
  const events = condition.pick === undefined ? allEvents(query, condition) : pickedEvent(query, condition);
  if (measure.of === 'count') return compare(aggregate(events.count, 'count'), op, numbers.map(numeral));

  const measured = measuredValue(query, measure);
  if (measure.of === 'distinct') {
    return compare(aggregate(events.distinct(measured), 'distinct'), op, numbers.map(numeral));
  }
  const bounds = numbers.map((each) => `DECIMAL '${tenThousandths(each)}'`);
  const sum = aggregate(events.sum(measured), 'sum');
  if (measure.of === 'sum') return compare(`coalesce(${sum}, 0)`, op, bounds);
  if (measure.of === 'average') {
    const count = aggregate(events.countOf(measured), 'values');
    return compare(
      sum,
      op,
      bounds.map((bound) => `${bound} * ${count}`),
    );
  }
  return compare(aggregate(events[measure.of](measured), measure.of), op, bounds);
}

/** On at least `days` of the last `of` UTC days, today included. */
export function frequencyCondition(query: PersonQuery, { event, days, of }: FrequencyCondition): string {
  const isSelected = selection(query, event);
  const since = timestamp((dayOf(query.asOf) - of + 1) * DAY_MS);
  const distinct = `count(DISTINCT date(event_time)) FILTER (WHERE ${isSelected} AND event_time >= ${since})`;
  return `${query.people.add(distinct, 'days', [event.event].flat()[0])} >= ${days}`;
}

/** How a measure is aggregated over a person's events. `value` is an expression over one event. */
interface Aggregates {
  readonly count: string;
  distinct(value: string): string;
  /** How many events have the value. */
  countOf(value: string): string;
  /** NULL of nothing, as min and max. */
  sum(value: string): string;
  min(value: string): string;
  max(value: string): string;
}

function allEvents(query: PersonQuery, condition: EventCondition): Aggregates {
  const filter = [selection(query, condition), ...windowTests(query, condition.window)].join(' AND ');
  const over = (name: string) => (value: string) => `${name}(${value}) FILTER (WHERE ${filter})`;
  return {
    count: `count_if(${filter})`,
    distinct: (value) => `count(DISTINCT ${value}) FILTER (WHERE ${filter})`,
    countOf: over('count'),
    sum: over('sum'),
    min: over('min'),
    max: over('max'),
  };
}

/** Of the events of the name only the first or last is looked at, whether or not it passes the other tests. */
function pickedEvent(query: PersonQuery, condition: EventCondition): Aggregates {
  const { event, where = [], pick, window } = condition;
  const ofName = selection(query, { event });
  const tests = [...where.map((test) => propertyTest(query, test)), ...windowTests(query, window)];
  const passes = tests.length === 0 ? 'true' : query.selections.add(tests.join(' AND '), 'passes', [event].flat()[0]);
  const chosen = (value: string) =>
    `${pick === 'first' ? 'min_by' : 'max_by'}(CASE WHEN ${passes} THEN ${value} END, ROW(event_time, ${rowId(query)})) FILTER (WHERE ${ofName})`;
  const isThere = (value: string) => `CASE WHEN ${chosen(value)} IS NULL THEN 0 ELSE 1 END`;
  return { count: isThere('1'), distinct: isThere, countOf: isThere, sum: chosen, min: chosen, max: chosen };
}

/** Tells events of one moment apart, in the same order as everywhere else. */
const rowId = (query: PersonQuery): string =>
  query.events.add(`lower(substr(to_hex(md5(to_utf8(source_id || chr(10) || message_id))), 1, 8))`, 'row_id');

/** What an event has of the value that is measured: an integer of 1/10,000, or for distinct such a number or a text. */
function measuredValue(query: PersonQuery, measure: Exclude<Measure, { of: 'count' }>): string {
  const { field, property = '' } = measure;
  if (measure.of !== 'distinct') return integerValue(query, { field, property });
  if (field !== undefined) return eventFields[field] === 'text' ? query.column(field) : integerValue(query, { field });
  const json = propertyText(query, property);
  const number = integerOf(`TRY_CAST(${json} AS double)`);
  const value = `CASE WHEN ${json} LIKE '"%' THEN ${json} ELSE CAST(${number} AS varchar) END`;
  return query.selections.add(value, 'value', property);
}

function integerValue(query: PersonQuery, { field, property = '' }: ValueSource): string {
  if (field === undefined) {
    return query.selections.add(integerOf(`TRY_CAST(${propertyText(query, property)} AS double)`), 'value', property);
  }
  const column = query.column(field);
  const isMoney = eventFields[field] === 'money';
  const integer = isMoney ? `CASE WHEN abs(${column}) <= 1000000000 THEN ${column} * 10000 END` : integerOf(column);
  return query.selections.add(integer, 'value', field);
}

/** An integer of 1/10,000 from an expression of type double. */
const integerOf = (number: string): string =>
  `CASE WHEN abs(${number}) <= 1000000000 THEN CAST(floor(${number} * 10000 + 0.5E0) AS decimal(38, 0)) END`;

const tenThousandths = (value: number): number => Math.floor(value * 10_000 + 0.5);

const signs = { less: '<', lessOrEqual: '<=', greater: '>', greaterOrEqual: '>=' } as const;

function compare(measured: string, op: EventCondition['op'], bounds: readonly string[]): string {
  const [bound = '', upper = ''] = bounds;
  switch (op) {
    case 'equals':
      return `${measured} = ${bound}`;
    case 'notEquals':
      return opposite(`${measured} = ${bound}`);
    case 'between':
      return `${measured} BETWEEN ${bound} AND ${upper}`;
    default:
      return `${measured} ${signs[op]} ${bound}`;
  }
}
