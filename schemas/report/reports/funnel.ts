import { seconds, share, text, whole } from '../columns.ts';
import { range, segment } from '../parameters.ts';
import { partOf } from '../periods.ts';
import type { AppliedParameters, Report } from '../report.ts';

const MOST_STEPS = 8;

/**
 * `starts` of an event of step n is when the latest chain of all steps before it began: of two chains the later one can do
 * all that the earlier can, so that no other need be known. Events of one moment follow each other in the order of the
 * steps; not so where one name stands in several steps, so that no event follows itself.
 */
function sqlOf({ steps, by }: AppliedParameters): string {
  const names = steps as readonly string[];
  const numbers = names.map((_, at) => at + 1);
  const direction = new Set(names).size < names.length ? 'DESC' : 'ASC';
  const bySession = by === 'session';
  const visit = bySession ? 'person_key, visit' : 'person_key';
  const isStep = numbers.map(
    (step) => `(step = ${step} AND event = :steps_${step}${step === 1 ? ' AND event_time < :until' : ''})`,
  );
  const before = `(PARTITION BY ${visit} ORDER BY event_time, step ${direction}, message_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)`;
  const levels = numbers.slice(1).map(
    (step) => `level_${step} AS (
SELECT
  ${visit}, event_time, message_id, step,
  CASE WHEN step = ${step} THEN max(CASE WHEN step = ${step - 1} THEN starts END) OVER ${before} ELSE starts END AS starts,
  CASE WHEN step = ${step} THEN max(CASE WHEN step = ${step - 1} AND starts IS NOT NULL THEN event_time END) OVER ${before} ELSE step_before END AS step_before
FROM level_${step - 1}
)`,
  );
  return `WITH marked AS (
SELECT person_key, event_time, message_id, step${bySession ? ', CAST(NULL AS timestamp) AS visit_start, CAST(NULL AS timestamp) AS visit_end' : ''}
FROM (
  SELECT person_key, event_time, message_id, event
  FROM events
  WHERE event IN (${numbers.map((step) => `:steps_${step}`).join(', ')})
    AND NOT is_bot AND event_time >= :from AND event_time < date_add('hour', :hours, :until)
) CROSS JOIN (VALUES ${numbers.join(', ')}) AS numbers (step)
WHERE ${isStep.join(' OR ')}${bySession ? '\nUNION ALL\nSELECT person_key, started_at, NULL, 0, started_at, ended_at FROM visits' : ''}
),${bySession ? visits : ''}
level_1 AS (
SELECT
  ${visit}, event_time, message_id, step,
  CASE WHEN step = 1 THEN event_time END AS starts,
  CAST(NULL AS timestamp) AS step_before
FROM ${bySession ? 'in_visits WHERE step > 0 AND event_time <= visit_ended' : 'marked'}
),
${levels.join(',\n')},
reached AS (
SELECT ${visit}, step, min_by(date_diff('millisecond', step_before, event_time), event_time) AS gap
FROM level_${names.length}
WHERE date_diff('second', starts, event_time) <= 3600 * :hours
GROUP BY ${visit}, step
),
counted AS (
SELECT step AS reached_step, count(*) AS reached, approx_percentile(gap, 0.5) AS median_gap
FROM reached
GROUP BY step
),
listed AS (
SELECT step, coalesce(reached, 0) AS people, median_gap
FROM (VALUES ${numbers.join(', ')}) AS numbers (step) LEFT JOIN counted ON reached_step = step
)
SELECT
  step,
  step AS event,
  people AS count,
  ${partOf('people', 'max(people) OVER ()')} AS rate,
  ${partOf('people', 'lag(people) OVER (ORDER BY step)')} AS step_rate,
  median_gap / 1000e0 AS median_seconds
FROM listed
ORDER BY step`;
}

/** Events lie in the visit that began last before them, if it was not over. */
const visits = `
in_visits AS (
SELECT
  *,
  max(visit_start) OVER (PARTITION BY person_key ORDER BY event_time, step) AS visit,
  max(visit_end) OVER (PARTITION BY person_key ORDER BY event_time, step) AS visit_ended
FROM marked
),`;

export const funnel: Report = {
  name: 'funnel',
  title: 'Funnel',
  description:
    'How many people do one thing after another, in this order, within a time from the first. Whoever does the first in the range is followed beyond it.',
  parameters: [
    ...range,
    {
      name: 'steps',
      type: 'names',
      least: 2,
      most: MOST_STEPS,
      default: ['Product Viewed', 'Product Added', 'Checkout Started', 'Order Completed'],
      description: 'Names of events, in order: separated by commas, or repeated.',
    },
    { name: 'hours', type: 'whole', least: 1, most: 2160, default: 168, description: 'Time for all steps, in hours.' },
    {
      name: 'by',
      type: 'choice',
      values: ['person', 'session'],
      default: 'person',
      description: 'What is counted: people, or visits, in which all steps have to happen.',
    },
    segment,
  ],
  columns: [
    whole('step', 'Number of the step.'),
    { ...text('event', 'Name of its event.'), namedBy: 'steps' },
    whole('count', 'People, or visits, that came this far.'),
    share('rate', 'Part of those of the first step.'),
    share('step_rate', 'Part of those of the step before.'),
    seconds('median_seconds', 'Median time from the latest event of the step before.'),
  ],
  history: { days: 1 },
  sql: sqlOf,
  chart: { kind: 'funnel', label: 'event', value: 'count' },
};
