import { big, type LakeView, number, text } from './column.ts';

const counts = [
  text('date', 'UTC day of arrival, YYYY-MM-DD: the day of raw and events.'),
  big('received', 'Messages received: rows of raw, without those that may not be stored (no_consent, erased).'),
  big('events', 'Messages that became rows of events.'),
  big('duplicates', 'Copies of messages that events has already, from this day or an earlier one.'),
  big('rejected', 'Messages that cleaning rejected, each copy, also those that a replay mended on a later day.'),
  text('rejects_by_reason', 'Rejected messages by reason: JSON object, for example {"missing_ids":2}.'),
  big('bots', 'Events of robots.'),
  big('imported', 'Events from imports of past data; they are not late.'),
  big('late_over_hour', 'Events that arrived more than an hour after they happened.'),
  big('late_over_day', 'Events that arrived more than a day after they happened.'),
  big('clock_corrected', 'Events of devices whose clock was off by more than an hour; their time is corrected.'),
  big('time_unknown', 'Events whose time could not be right; it was set to the arrival.'),
  big('flagged', 'Events with any flag.'),
  big('changed', 'Events of which cleaning changed a value.'),
  big('doubtful', 'Events with an outlying price, quantity or amount, an unknown currency, or an impossible time.'),
  number('user_id_share', 'Share of events with a user_id, from 0 to 1.'),
  number('page_path_share', 'Share of page views with a path; null where there is none of either, as below.'),
  number('product_id_share', 'Share of events about one product that name it.'),
  number('order_id_share', 'Share of orders completed that have an order_id.'),
  number('order_amount_share', 'Share of orders completed that have a total, revenue or value.'),
  number('order_currency_share', 'Share of orders completed that name their currency themselves.'),
  number('order_products_share', 'Share of orders completed that list their products.'),
] as const;

const drift = [
  big('new_event_count', 'Event names that no event of an earlier day has.'),
  text('new_event_names', 'The first 100 of them by name: JSON array.'),
  big('new_property_count', 'Properties of known events that these had on no earlier day.'),
  text('new_property_names', 'The first 100 of them by name, <event>.<property>: JSON array.'),
] as const;

const scores = [
  number(
    'completeness',
    'Score from 0 to 100: fields that are there, of the paths of page views, products of events about one product, and of orders the id, amount, currency and products. Null where there is nothing to tell it by, as below.',
  ),
  number('uniqueness', 'Score from 0 to 100: share of the messages received that are no duplicates.'),
  number('timeliness', 'Score from 0 to 100: share of the events, imported ones aside, that arrived within an hour.'),
  number(
    'validity',
    'Score from 0 to 100: share of events and rejected messages that are neither rejected nor doubtful.',
  ),
  number(
    'overall',
    'Score from 0 to 100: 30 % completeness, 20 % uniqueness, 20 % timeliness and 30 % validity, of those that there are.',
  ),
] as const;

/** Views of the data itself: how whole and sound what arrives is, and what its numbers are like. */
export const qualityViews: readonly LakeView[] = [
  {
    name: 'data_quality_scores',
    comment: 'What data_quality_daily has without the drift of schemas, for which every property has to be looked at.',
    columns: [...counts, ...scores],
  },
  {
    name: 'data_quality_daily',
    comment:
      'How whole, timely and sound the messages of each day of arrival are. received = events + duplicates + rejected.',
    columns: [...counts, ...drift, ...scores],
  },
  {
    name: 'descriptive_stats',
    comment:
      'How the numbers of orders, sessions and prices are spread, one row a measure that has values. Amounts in the reporting currency; quantiles by nearest rank: the value at rank ceil(p * n) in ascending order.',
    columns: [
      text(
        'measure',
        'order_amount, refund_per_refunded_order, units_per_order, lines_per_order, days_between_orders, orders_per_customer, amount_per_customer, session_seconds, page_views_per_session, events_per_session or price_viewed.',
      ),
      text('unit', 'What it is counted in, for example seconds or USD.'),
      big('n', 'Values.'),
      number('mean', 'sum / n.'),
      number('stddev', 'Standard deviation of a sample, by n - 1; null for one value.'),
      number('min', 'Least value.'),
      number('p25', 'A quarter of the values are at most this.'),
      number('median', 'Half of the values are at most this.'),
      number('p75', 'Three quarters of the values are at most this.'),
      number('p95', '95 % of the values are at most this.'),
      number('max', 'Greatest value.'),
      number('sum', 'Sum of the values.'),
    ],
  },
];
