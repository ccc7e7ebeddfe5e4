import type { RfmCondition } from '../../../schemas/segment/definition.ts';
import { dayOf } from '../../profile/counters.ts';
import { caseWhen } from './case-when.ts';
import { lastOrderAt } from './computed-condition.ts';
import { netRevenue, orderCount } from './orders.ts';
import type { PersonQuery } from './person-query.ts';
import { date, numeral } from './quote.ts';

/** Scores of 1 to 5 by recency, frequency and money, each in its range; nothing holds without an order. */
export function rfmCondition(query: PersonQuery, condition: RfmCondition): string {
  const { currency, scale, recency, frequency, monetary } = condition;
  const count = orderCount(query);
  const tests = [`${count} > 0`];
  if (recency !== undefined) {
    const lastDay = `date(${lastOrderAt(query)})`;
    const bounds = scale.recencyDays.map((days) => `${lastDay} >= ${date(dayOf(query.asOf) - Math.floor(days))}`);
    tests.push(isWithin(scoreOf(query, bounds, 'recency'), recency));
  }
  if (frequency !== undefined) {
    tests.push(isWithin(scoreOf(query, atLeast(count, scale.frequency), 'frequency'), frequency));
  }
  if (monetary !== undefined) {
    const money = netRevenue(query, currency);
    tests.push(isWithin(scoreOf(query, atLeast(money, scale.monetary), 'monetary'), monetary));
  }
  return tests.join(' AND ');
}

/** Conditions for the scores 5 to 2, of bounds that ascend. */
const atLeast = (value: string, bounds: readonly number[]): string[] =>
  bounds.map((bound) => `${value} >= ${numeral(bound)}`).reverse();

/** `conditions` are those for the scores 5, 4, 3 and 2. */
function scoreOf(query: PersonQuery, conditions: readonly string[], name: string): string {
  const cases = conditions.map((condition, at) => [condition, String(5 - at)] as const);
  return query.facts.add(caseWhen(cases, { otherwise: '1' }), 'score', name);
}

const isWithin = (score: string, { from, to }: { from: number; to: number }): string =>
  `${score} BETWEEN ${from} AND ${to}`;
