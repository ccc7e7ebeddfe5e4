import type { LifecycleCondition } from '../../../schemas/segment/definition.ts';
import { DAY_MS, dayOf } from '../../profile/counters.ts';
import { caseWhen } from './case-when.ts';
import { firstOrderAt } from './computed-condition.ts';
import type { PersonQuery } from './person-query.ts';
import { date, quote, timestamp } from './quote.ts';

/** Whether a person's stage, told from the days of their events and their first order, is one of those named. */
export function lifecycleCondition(query: PersonQuery, { in: stages, days }: LifecycleCondition): string {
  const today = dayOf(query.asOf);
  const ago = (count: number) => date(today - count);
  const isActive = query.selections.add(
    `NOT ${query.column('is_bot')} AND event_time < ${timestamp((today + 1) * DAY_MS)}`,
    'is_activity',
  );
  const over = (aggregate: string) => `${aggregate} FILTER (WHERE ${isActive})`;
  const first = query.people.add(over('min(date(event_time))'), 'first_day');
  const last = query.people.add(over('max(date(event_time))'), 'last_day');
  const active = query.people.add(over('array_agg(DISTINCT date(event_time))'), 'active_days');
  const isBefore = `a < b AND date_diff('day', a, b) <= ${days.lapsed}`;
  const isReturn = `b >= ${ago(days.returned)} AND b > ${first} AND none_match(${active}, a -> ${isBefore})`;
  const firstOrder = `date(${firstOrderAt(query)})`;
  const stage = caseWhen(
    [
      [`${last} IS NULL`, 'NULL'],
      [`${last} < ${ago(days.lapsed)}`, "'lapsed'"],
      [`${last} < ${ago(days.active)}`, "'atRisk'"],
      [`any_match(${active}, b -> ${isReturn})`, "'returned'"],
      [`${firstOrder} BETWEEN ${ago(days.activated)} AND ${date(today)}`, "'activated'"],
      [`${first} >= ${ago(days.new)}`, "'new'"],
    ],
    { otherwise: "'active'" },
  );
  return `${query.facts.add(stage, 'lifecycle')} IN (${stages.map(quote).join(', ')})`;
}
