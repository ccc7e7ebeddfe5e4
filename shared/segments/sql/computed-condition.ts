import { deviceTypes, trafficChannels } from '../../../schemas/event/vocabulary.ts';
import type { ComputedCondition } from '../../../schemas/segment/definition.ts';
import { caseWhen } from './case-when.ts';
import { instantOperand, numberOperand, textOperand } from './operand.ts';
import { netRevenue, orderCount } from './orders.ts';
import type { PersonQuery } from './person-query.ts';
import { quote } from './quote.ts';
import { valueTest } from './value-test.ts';

/** A value computed over every event that arrived, bots' and future ones too. */
export function computedCondition(query: PersonQuery, condition: ComputedCondition): string {
  const { asOf } = query;
  switch (condition.name) {
    case 'eventCount':
      return valueTest(numberOperand(query.people.add('count(*)', 'event_count')), condition, asOf);
    case 'orderCount':
      return valueTest(numberOperand(orderCount(query)), condition, asOf);
    case 'netRevenue':
      return valueTest(numberOperand(netRevenue(query, condition.currency)), condition, asOf);
    case 'firstSeenAt':
    case 'lastSeenAt':
    case 'firstOrderAt':
    case 'lastOrderAt':
      return valueTest(instantOperand(instants[condition.name](query)), condition, asOf);
    default:
      return valueTest(textOperand(texts[condition.name](query)), condition, asOf);
  }
}

const isOrder = (query: PersonQuery): string => `${query.column('event')} = 'Order Completed'`;

export const firstOrderAt = (query: PersonQuery): string =>
  query.people.add(`min(event_time) FILTER (WHERE ${isOrder(query)})`, 'first_order_at');

export const lastOrderAt = (query: PersonQuery): string =>
  query.people.add(`max(event_time) FILTER (WHERE ${isOrder(query)})`, 'last_order_at');

const instants = {
  firstSeenAt: (query: PersonQuery) => query.people.add('min(event_time)', 'first_seen_at'),
  lastSeenAt: (query: PersonQuery) => query.people.add('max(event_time)', 'last_seen_at'),
  firstOrderAt,
  lastOrderAt,
} as const;

const texts = {
  mainDevice: (query: PersonQuery) => {
    for (const name of ['os', 'browser']) query.column(name);
    const isKnown = "NOT (device_type = 'other' AND os IS NULL AND browser IS NULL)";
    return mostFrequent(query, query.column('device_type'), deviceTypes, isKnown, 'main_device');
  },
  mainChannel: (query: PersonQuery) =>
    mostFrequent(query, query.column('channel'), trafficChannels, isVisit(query), 'main_channel'),
  firstChannel: (query: PersonQuery) => {
    const first = `min_by(${query.column('channel')}, ROW(event_time, ${query.column('message_id')}))`;
    return query.people.add(`${first} FILTER (WHERE ${isVisit(query)})`, 'first_channel');
  },
  lastChannel: (query: PersonQuery) => {
    const channel = query.column('channel');
    const rank = `ROW(${channel} <> 'direct', event_time, ${query.column('message_id')})`;
    return query.people.add(`max_by(${channel}, ${rank}) FILTER (WHERE ${isVisit(query)})`, 'last_channel');
  },
} as const;

const isVisit = (query: PersonQuery): string =>
  `NOT ${query.column('is_bot')} AND ${query.column('channel')} <> 'on_site'`;

/** The value that most events have, the first by alphabet of those that as many have. */
function mostFrequent(
  query: PersonQuery,
  column: string,
  values: readonly string[],
  filter: string,
  name: string,
): string {
  const sorted = [...values].sort();
  const counts = sorted.map((value) =>
    query.people.add(`count_if(${column} = ${quote(value)} AND ${filter})`, 'count', `${column}_${value}`),
  );
  const cases = sorted.map((value, at) => [counts[at] as string, quote(value)] as const);
  return query.facts.add(caseWhen(cases, { operand: `nullif(greatest(${counts.join(', ')}), 0)` }), name);
}
