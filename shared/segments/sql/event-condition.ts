import type { EventCondition, FrequencyCondition } from '../../../schemas/segment/definition.ts';
import { DAY_MS, dayOf } from '../../profile/counters.ts';
import { distinctValue, integerValue, rowId } from './measured-value.ts';
import type { PersonQuery } from './person-query.ts';
import { numeral, timestamp } from './quote.ts';
import { selection, whereTests, windowTests } from './selection.ts';
import { opposite } from './value-test.ts';

/** A measure over events, compared. */
export function eventCondition(query: PersonQuery, condition: EventCondition): string {
  const { measure, op, value } = condition;
  const numbers = [value].flat();
  const about = [condition.event].flat()[0] ?? '';
  const aggregate = (sql: string, kind: string) => query.people.add(sql, kind, about);
  const events = condition.pick === undefined ? allEvents(query, condition) : pickedEvent(query, condition);
  if (measure.of === 'count') return compare(aggregate(events.count, 'count'), op, numbers.map(numeral));

  const { field, property } = measure;
  const read = measure.of === 'distinct' ? distinctValue : integerValue;
  const measured = query.selections.add(read(query, { field, property }), 'value', field ?? property);
  if (measure.of === 'distinct') {
    return compare(aggregate(events.distinct(measured), 'distinct'), op, numbers.map(numeral));
  }
  const bounds = numbers.map((each) => `DECIMAL '${tenThousandths(each)}'`);
  const sum = () => aggregate(events.sum(measured), 'sum');
  switch (measure.of) {
    case 'sum':
      return compare(`coalesce(${sum()}, 0)`, op, bounds);
    case 'average': {
      const count = aggregate(events.countOf(measured), 'values');
      const totals = bounds.map((bound) => `${bound} * ${count}`);
      return compare(sum(), op, totals);
    }
    default:
      return compare(aggregate(events[measure.of](measured), measure.of), op, bounds);
  }
}

/** On at least `days` of the last `of` UTC days, today included, of which all events count. */
export function frequencyCondition(query: PersonQuery, { event, days, of }: FrequencyCondition): string {
  const isSelected = selection(query, event);
  const tomorrow = dayOf(query.asOf) + 1;
  const [since, until] = [tomorrow - of, tomorrow].map((day) => timestamp(day * DAY_MS));
  const filter = `${isSelected} AND event_time >= ${since} AND event_time < ${until}`;
  const distinct = `count(DISTINCT date(event_time)) FILTER (WHERE ${filter})`;
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
  const ofName = [selection(query, { event }), ...windowTests(query, undefined)].join(' AND ');
  const tests = [...whereTests(query, where), ...windowTests(query, window)];
  const passes = query.selections.add(tests.join(' AND '), 'passes', [event].flat()[0]);
  const chosen = (value: string) =>
    `${pick === 'first' ? 'min_by' : 'max_by'}(CASE WHEN ${passes} THEN ${value} END, ROW(event_time, ${rowId(query)})) FILTER (WHERE ${ofName})`;
  const isThere = (value: string) => `CASE WHEN ${chosen(value)} IS NULL THEN 0 ELSE 1 END`;
  return { count: isThere('1'), distinct: isThere, countOf: isThere, sum: chosen, min: chosen, max: chosen };
}

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
