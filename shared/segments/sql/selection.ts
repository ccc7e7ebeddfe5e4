import type { PropertyTest, Selector, Window } from '../../../schemas/segment/definition.ts';
import { parseInstant } from '../../../schemas/segment/instant.ts';
import { durationMs } from '../../../schemas/segment/value-test.ts';
import { fieldOperand, jsonOperand, propertyText } from './operand.ts';
import type { PersonQuery } from './person-query.ts';
import { quote, timestamp } from './quote.ts';
import { valueTest } from './value-test.ts';

/** The column that says whether an event is one of the selector's. */
export function selection(query: PersonQuery, { event, where = [] }: Selector): string {
  const names = event === '*' ? [] : [event].flat();
  const tests = [query.isCounted, ...nameTest(query, names), ...where.map((test) => propertyTest(query, test))];
  return query.selections.add(tests.join(' AND '), 'is', names[0] ?? 'any_event');
}

function nameTest(query: PersonQuery, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const column = query.column('event');
  const [first, ...more] = names.map(quote);
  return [more.length === 0 ? `${column} = ${first}` : `${column} IN (${[first, ...more].join(', ')})`];
}

/** Whether a test of an event's fields or properties holds. */
export function propertyTest(query: PersonQuery, test: PropertyTest): string {
  const { field, property } = test;
  const operand =
    field === undefined ? jsonOperand(propertyText(query, property as string)) : fieldOperand(query, field);
  return valueTest(operand, test, query.asOf);
}

/** The conditions that an event's time lies in a window. That it isn't in the future is part of every selection. */
export function windowTests({ asOf }: PersonQuery, window: Window | undefined): string[] {
  if (window === undefined) return [];
  if (window.last !== undefined) return [`event_time > ${timestamp(asOf - durationMs(window.last))}`];
  const { since = '', until } = window;
  const from = `event_time >= ${timestamp(parseInstant(since) as number)}`;
  return until === undefined ? [from] : [from, `event_time < ${timestamp(parseInstant(until) as number)}`];
}
