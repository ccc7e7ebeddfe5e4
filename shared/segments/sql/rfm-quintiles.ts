import { dayOf } from '../../profile/counters.ts';
import { lastOrderAt } from './computed-condition.ts';
import { netRevenue, orderCount, orderCountIn } from './orders.ts';
import { PersonQuery } from './person-query.ts';
import { asQuery, type Query, type QueryOptions } from './query.ts';
import { date } from './quote.ts';

/**
 * The bounds that cut the customers of a currency into fifths: one row, `customers, recency_days, frequency, monetary`, the
 * latter each a JSON list of four ascending numbers, or null without a customer. A customer has an order in the currency
 * that is not cancelled.
 */
export function rfmQuintilesSql(currency: string, { asOf }: QueryOptions): Query {
  const query = new PersonQuery(asOf);
  const isCustomer = `${orderCountIn(query, currency)} > 0`;
  const days = `date_diff('day', date(${lastOrderAt(query)}), ${date(dayOf(asOf))})`;
  const fifths = (value: string, name: string) =>
    `json_format(CAST(approx_percentile(${value}, ARRAY[0.2E0, 0.4E0, 0.6E0, 0.8E0]) AS json)) AS ${name}`;
  const columns = [
    'count(*) AS customers',
    fifths(days, 'recency_days'),
    fifths(orderCount(query), 'frequency'),
    fifths(netRevenue(query, currency), 'monetary'),
  ];
  const steps = query.overPeople();
  return asQuery(steps.query(`SELECT\n  ${columns.join(',\n  ')}\nFROM ${steps.last}\nWHERE ${isCustomer}`));
}
