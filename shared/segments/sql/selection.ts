import type { PropertyTest, Selector, Window } from '../../../schemas/segment/definition.ts';
import { durationMs } from '../../../schemas/segment/duration.ts';
import { parseInstant } from '../../../schemas/segment/instant.ts';
import { fieldOperand, jsonOperand, propertyText } from './operand.ts';
import type { PersonQuery } from './person-query.ts';
import { quote, timestamp } from './quote.ts';
import { valueTest } from './value-test.ts';

/** The column that says whether an event is one of the selector's, at whatever time. */
export const selection = (query: PersonQuery, selector: Selector): string =>
  query.selections.add(selectionTests(query, selector).join(' AND '), 'is', [selector.event].flat()[0]);

/** What an event of the selector passes. */
export function selectionTests(query: PersonQuery, { event, where = [] }: Selector): string[] {
  const names = event === '*' ? [] : [event].flat();
  return [query.isCounted, ...nameTest(query, names), ...whereTests(query, where)];
}

function nameTest(query: PersonQuery, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const column = query.column('event');
  const [first, ...more] = names.map(quote);
  return [more.length === 0 ? `${column} = ${first}` : `${column} IN (${[first, ...more].join(', ')})`];
}

/** Tests of an event's fields and properties. */
export const whereTests = (query: PersonQuery, where: readonly PropertyTest[]): string[] =>
  where.map((test) => propertyTest(query, test));

function propertyTest(query: PersonQuery, test: PropertyTest): string {
  const { field, property } = test;
  const operand =
    field === undefined ? jsonOperand(propertyText(query, property as string)) : fieldOperand(query, field);
  return valueTest(operand, test, query.asOf);
}

/** The conditions that an event's time lies in a window, and not after asOf. */
export function windowTests({ asOf }: PersonQuery, window: Window | undefined): string[] {
  const present = `event_time <= ${timestamp(asOf)}`;
  if (window === undefined) return [present];
  if (window.last !== undefined) return [`event_time > ${timestamp(asOf - durationMs(window.last))}`, present];
  const { since = '', until } = window;
  const from = `event_time >= ${timestamp(parseInstant(since) as number)}`;
  if (until === undefined) return [from, present];
  return [from, `event_time < ${timestamp(parseInstant(until) as number)}`, present];
}
