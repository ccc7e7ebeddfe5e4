import { day, number, text, whole } from '../columns.ts';
import { range } from '../parameters.ts';
import type { Report } from '../report.ts';

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
FROM data_quality_daily
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
