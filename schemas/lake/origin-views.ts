import { amount, big, instant, type LakeView, number, text, truth, whole } from './column.ts';
import { dayOf, origin, person } from './shop-columns.ts';

/** The channel, source, medium and campaign of a touch. */
const touchColumns = (prefix: string, which: string) => [
  instant(`${prefix}touch_at`, `When the ${which} touch was: an event, not of a robot, whose channel is not on_site.`),
  ...origin.map(({ name, comment }) =>
    text(`${prefix}${name}`, `${comment.replace(/\.$/, '')}, of the ${which} touch.`),
  ),
];

export const acquisition: LakeView = {
  name: 'acquisition',
  comment:
    'Where each person came from first and last, as profiles tell it, and what came of it. Robots that bought nothing are left out.',
  columns: [
    person,
    instant('first_seen_at', 'First event.'),
    instant('last_seen_at', 'Last event.'),
    ...touchColumns('first_', 'first'),
    ...touchColumns('last_', 'last one that is not direct, or the last'),
    instant('first_order_at', 'First order.'),
    instant('last_order_at', 'Last order.'),
    big('orders', 'Orders, cancelled ones too.'),
    amount('revenue', 'Amounts of the orders in the reporting currency.'),
    amount('net_revenue', 'The same less what was paid back or cancelled.'),
    dayOf('the first event to come'),
  ],
};

export const attribution: LakeView = {
  name: 'attribution',
  comment:
    'What part each touch has in an order, by five models, one row a model, order and touch with a part. A touch is a session that began in the 30 days before the order; direct ones count only where there is no other, and an order without any session is its own direct touch.',
  columns: [
    text(
      'model',
      'first, last, linear, position (40 % the first, 40 % the last, 20 % those between) or time_decay (half as much 7 days earlier).',
    ),
    text('order_id', 'Order; the messageId where it has no id.'),
    person,
    instant('ordered_at', 'When the order was completed.'),
    truth('is_first', 'Whether it is the first order of the person.'),
    truth('is_cancelled', 'Whether it was cancelled.'),
    big('touch', 'Number of the touch among those of the order, by time, from 1.'),
    big('touch_count', 'Touches of the order.'),
    instant('touched_at', 'When the session began.'),
    text('session_id', 'The session; null where there was none.'),
    ...origin,
    number('weight', 'Part of the order, over 0 and up to 1: those of one order and model add up to 1.'),
    amount(
      'revenue',
      'That part of the amount: they add up to it. 0 for orders in another than the reporting currency.',
    ),
    dayOf('the order'),
  ],
};

export const funnels: LakeView = {
  name: 'funnels',
  comment:
    'Which steps towards an order people reached in which session, one row each, without robots: product_viewed, product_added, checkout_started, order_completed.',
  columns: [
    person,
    text('session_id', 'The session.'),
    whole('step_number', 'Number of the step, from 1.'),
    text('step', 'product_viewed, product_added, checkout_started or order_completed.'),
    instant('reached_at', 'When it was reached first in the session.'),
    dayOf('the first event of the session'),
  ],
};

export const searchTerms: LakeView = {
  name: 'search_terms',
  comment: 'What people searched the shop for, and what came of it, one row a day and term, without robots.',
  columns: [
    text('date', 'UTC day of the searches, YYYY-MM-DD.'),
    text('term', 'Search words, in small letters, with single spaces.'),
    big('searches', 'Searches.'),
    big('persons', 'People who searched.'),
    big(
      'without_results',
      'Searches that say they found nothing: products is empty, or results or results_count is 0.',
    ),
    big('clicks', 'Searches after which a product was viewed within 30 minutes and before the next search.'),
    big('orders', 'Searches after which the person completed an order within 24 hours.'),
  ],
};
