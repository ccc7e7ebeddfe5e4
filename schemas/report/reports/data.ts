import { day, instant, money, number, share, text, whole } from '../columns.ts';
import { currency, limit, range, segment } from '../parameters.ts';
import type { Report } from '../report.ts';

export const overview: Report = {
  name: 'overview',
  title: 'The shop at a glance',
  description: 'The key figures of each day: visits, buyers, orders and money of one currency.',
  parameters: [...range, segment, currency],
  columns: [
    day('date', 'Day, UTC.'),
    whole('visitors', 'People who visited.'),
    whole('new_visitors', 'Those who were here for the first time.'),
    whole('visits', 'Visits.'),
    whole('page_views', 'Pages and screens seen.'),
    whole('orders', 'Orders placed.'),
    whole('buyers', 'People who placed them.'),
    share('conversion', 'Part of the visits with an order.'),
    money('revenue', 'What the orders came to.'),
    money('net_revenue', 'The same less what was paid back or cancelled.'),
    money('average_order', 'revenue an order of the currency.'),
  ],
  history: 'all',
  sql: `SELECT
  date, visitors, new_visitors, sessions AS visits, page_views, orders, buyers, conversion_rate AS conversion, revenue,
  net_revenue, average_order_value AS average_order
FROM kpi_daily
WHERE date >= :from_day AND date <= :to_day
ORDER BY date`,
  chart: { kind: 'bar', x: 'date', y: ['net_revenue'], right: ['visits'] },
};

export const statistics: Report = {
  name: 'statistics',
  title: 'What orders and visits are like',
  description: 'How orders, customers and visits are spread, of all days: mean, quartiles and extremes.',
  parameters: [segment, currency],
  columns: [
    text('measure', 'What is measured, for example order_amount.'),
    text('unit', 'Unit of the numbers: a currency, seconds, days or what is counted.'),
    whole('count', 'How many there are.'),
    number('mean', 'Mean.'),
    number('stddev', 'Standard deviation.'),
    number('least', 'Least.'),
    number('p25', 'A quarter is at most this.'),
    number('median', 'Half is at most this.'),
    number('p75', 'Three quarters are at most this.'),
    number('p95', '95 % are at most this.'),
    number('most', 'Greatest.'),
  ],
  history: 'all',
  readsApart: true,
  sql: `SELECT measure, unit, n AS count, mean, stddev, min AS least, p25, median, p75, p95, max AS most
FROM descriptive_stats
ORDER BY measure, unit`,
  chart: { kind: 'none' },
};

export const alerts: Report = {
  name: 'alerts',
  title: 'Alerts',
  description: 'Figures that fell or rose against their own past, the latest first.',
  parameters: [...range, limit(100)],
  columns: [
    day('date', 'Day whose figures broke a rule, UTC.'),
    text('rule', 'The rule.'),
    text('metric', 'What it looks at.'),
    number('value', 'What it was.'),
    number('expected', 'What was expected by the past.'),
    share('change', 'Value against expected.'),
    text('detail', 'What happened, in words.'),
    instant('raised_at', 'When it was raised.'),
  ],
  history: 'all',
  sql: `WITH placed AS (
SELECT *, row_number() OVER (ORDER BY date DESC, raised_at DESC, alert_id) AS place
FROM alerts
WHERE date >= :from_day AND date <= :to_day
)
SELECT date, rule, metric, value, expected, change, detail, raised_at
FROM placed
WHERE place <= :limit
ORDER BY place`,
  chart: { kind: 'none' },
};

export const dataQuality: Report = {
  name: 'data-quality',
  title: 'Quality of the data',
  description: 'How whole, timely and sound the messages of each day of arrival are: scores from 0 to 100.',
  parameters: [...range],
  columns: [
    day('date', 'UTC day of arrival.'),
    whole('received', 'Messages received.'),
    whole('events', 'Messages that became events.'),
    whole('duplicates', 'Copies of messages that were there already.'),
    whole('rejected', 'Messages that cleaning rejected.'),
    whole('bots', 'Events of robots.'),
    whole('late_over_hour', 'Events that arrived more than an hour after they happened.'),
    number('completeness', 'Score: fields that are there of those that should be.'),
    number('uniqueness', 'Score: messages that are no copies.'),
    number('timeliness', 'Score: events that arrived within an hour.'),
    number('validity', 'Score: messages neither rejected nor doubtful.'),
    number('overall', 'Score: all of these, weighed.'),
  ],
  history: 'all',
  sql: `SELECT
  date, received, events, duplicates, rejected, bots, late_over_hour, completeness, uniqueness, timeliness, validity,
  overall
FROM data_quality_scores
WHERE date >= :from_day AND date <= :to_day
ORDER BY date`,
  chart: { kind: 'line', x: 'date', y: ['overall', 'completeness', 'uniqueness', 'timeliness', 'validity'] },
};

export const rejections: Report = {
  name: 'rejections',
  title: 'Rejected messages',
  description: 'Messages that cleaning rejected, by day of arrival, source and reason.',
  parameters: [...range],
  columns: [
    day('date', 'UTC day of arrival.'),
    text('source_id', 'Source whose write key sent them.'),
    text('reason', 'Stable code of the reason, for example missing_ids.'),
    whole('messages', 'Messages rejected.'),
  ],
  history: 'all',
  sql: `SELECT day AS date, source_id, reason, count(*) AS messages
FROM failed_events
WHERE day >= :from_day AND day <= :to_day
GROUP BY 1, 2, 3
ORDER BY date, messages DESC, source_id, reason`,
  chart: { kind: 'stackedBar', x: 'date', y: ['messages'], series: 'reason' },
};
