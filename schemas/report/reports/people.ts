import { day, money, number, share, text, truth, whole } from '../columns.ts';
import { currency, limit, range, segment } from '../parameters.ts';
import { partOf } from '../periods.ts';
import type { DayParameter, Report } from '../report.ts';

/** Days up to today that begin earlier than those of other reports. */
const since = (daysAgo: number): readonly DayParameter[] =>
  range.map((each) => (each.name === 'from' ? { ...each, daysAgo } : each));

export const retention: Report = {
  name: 'retention',
  title: 'Who comes back',
  description:
    'Of the people who were first here in each period of the range, how many are here again in each period after it.',
  parameters: [
    ...since(83),
    {
      name: 'period',
      type: 'choice',
      values: ['day', 'week', 'month'],
      default: 'week',
      description: 'Length of the periods; weeks begin on Monday.',
    },
    { name: 'periods', type: 'whole', least: 1, most: 120, default: 12, description: 'Most periods after the first.' },
    segment,
  ],
  columns: [
    day('cohort', 'First day of the period in which the people were first here, UTC.'),
    whole('period_number', 'Periods after that one, from 0.'),
    whole('people', 'People of the cohort.'),
    whole('active', 'Those of them who were here in the period.'),
    share('rate', 'Part of the cohort that was here.'),
    whole('buyers', 'Those who ordered in the period.'),
    truth('is_complete', 'Whether the period is over; else its numbers still grow.'),
  ],
  history: 'all',
  sql: `SELECT cohort, period_number, cohort_size AS people, active, retention_rate AS rate, buyers, is_complete
FROM retention
WHERE period = :period AND cohort >= :from_day AND cohort <= :to_day AND period_number <= :periods
ORDER BY cohort, period_number`,
  chart: { kind: 'heatmap', x: 'period_number', y: 'cohort', value: 'rate', where: 'is_complete' },
};

export const lifecycle: Report = {
  name: 'lifecycle',
  title: 'Stages of customers',
  description:
    'How many people are new, activated, active, at risk, lapsed or returned by now, by the bounds of the built-in segments.',
  parameters: [segment],
  columns: [
    text('stage', 'new, activated, active, returned, atRisk or lapsed.'),
    whole('people', 'People of the stage.'),
    share('share', 'Part of all people.'),
    whole('buyers', 'Those who ever ordered.'),
  ],
  history: 'all',
  sql: `WITH stages AS (
SELECT stage, count(*) AS people, count_if(orders > 0) AS buyers
FROM lifecycle
GROUP BY stage
)
SELECT stage, people, ${partOf('people', 'sum(people) OVER ()')} AS share, buyers
FROM stages
ORDER BY CASE stage WHEN 'new' THEN 1 WHEN 'activated' THEN 2 WHEN 'active' THEN 3 WHEN 'returned' THEN 4 WHEN 'atRisk' THEN 5 ELSE 6 END`,
  chart: { kind: 'rows', label: ['stage'], y: ['people'] },
};

export const rfm: Report = {
  name: 'rfm',
  title: 'Customers by recency, frequency and money',
  description:
    'Customers with an order in the currency, by how lately and how often they order and what they pay, as of now.',
  parameters: [segment, currency],
  columns: [
    text('group', 'Champions, Loyal customers, Promising, Needs attention, and so on: see the view rfm.'),
    whole('customers', 'Customers of the group.'),
    share('share', 'Part of all customers.'),
    number('average_recency_days', 'Average number of days since their last order.'),
    number('average_orders', 'Average number of their orders.'),
    money('average_revenue', 'Average net revenue of one.'),
    money('revenue', 'Net revenue of all.'),
  ],
  history: 'all',
  readsApart: true,
  sql: `WITH grouped AS (
SELECT
  segment,
  count(*) AS customers,
  avg(CAST(recency_days AS double)) AS average_recency_days,
  avg(CAST(frequency AS double)) AS average_orders,
  avg(CAST(monetary AS double)) AS average_revenue,
  sum(monetary) AS revenue
FROM rfm
GROUP BY segment
)
SELECT
  segment AS "group", customers, ${partOf('customers', 'sum(customers) OVER ()')} AS share, average_recency_days,
  average_orders, average_revenue, revenue
FROM grouped
ORDER BY revenue DESC, segment`,
  chart: { kind: 'rows', label: ['group'], y: ['revenue'] },
};

export const segmentSizes: Report = {
  name: 'segment-sizes',
  title: 'Members of segments',
  description: 'How many members segments had at the end of each day, who entered and who left.',
  parameters: [
    ...range,
    { ...segment, description: 'Only this segment: its id, or <id>:<value> of one that tags. By default the largest.' },
    limit(8),
  ],
  columns: [
    day('date', 'Day, UTC.'),
    text('segment_id', 'Segment; <id>:<value> of one that tags.'),
    whole('members', 'Members at the end of the day.'),
    whole('entered', 'Entries in the day.'),
    whole('exited', 'Exits in the day.'),
  ],
  history: 'all',
  sql: `WITH changes AS (
SELECT
  segment_id,
  CAST(date(changed_at) AS varchar) AS date,
  count_if(change = 'entered') AS entered,
  count_if(change = 'exited') AS exited
FROM transitions
WHERE changed_at < :until AND (:segment = '' OR segment_id = :segment)
GROUP BY 1, 2
),
every_day AS (
SELECT segment_id, date, entered, exited FROM changes
UNION ALL
SELECT segment_id, date, 0, 0
FROM (SELECT DISTINCT segment_id FROM changes) CROSS JOIN calendar
WHERE date >= :from_day AND date <= :to_day
),
by_day AS (
SELECT segment_id, date, sum(entered) AS entered, sum(exited) AS exited
FROM every_day
GROUP BY 1, 2
),
running AS (
SELECT *, sum(entered - exited) OVER (PARTITION BY segment_id ORDER BY date) AS members
FROM by_day
),
ranked AS (
SELECT
  *,
  max_by(members, date) OVER (PARTITION BY segment_id) AS last_members
FROM running
),
placed AS (
SELECT *, dense_rank() OVER (ORDER BY last_members DESC, segment_id) AS place
FROM ranked
)
SELECT date, segment_id, members, entered, exited
FROM placed
WHERE date >= :from_day AND place <= :limit
ORDER BY date, segment_id`,
  chart: { kind: 'line', x: 'date', y: ['members'], series: 'segment_id' },
};
