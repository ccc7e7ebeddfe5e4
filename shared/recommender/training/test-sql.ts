import { weighed } from './histories-sql.ts';
import type { TrainingJob } from './plan.ts';
import { quoted } from './sql-text.ts';

/**
 * What is known of the people of a test: user_id; their items in training, the latest first, with weights; their items in the
 * test, by number where training knows the item; and how many test items it does not know. Lists are texts, parted by spaces.
 */
export function testSelect(job: TrainingJob, testRun: string): string {
  return `WITH tested AS (
  SELECT user_id, item_id FROM given_interactions WHERE run = ${quoted(testRun)} GROUP BY user_id, item_id
),
item AS (
  SELECT item_id, item_index FROM training_items WHERE run = ${quoted(job.run)}
),
wanted AS (
  SELECT
    user_id,
    array_join(array_agg(CAST(item_index AS varchar) ORDER BY item_index), ' ') AS items,
    count(*) AS tests
  FROM tested
  LEFT JOIN item ON item.item_id = tested.item_id
  GROUP BY user_id
),
history AS (
  SELECT
    person_key,
    array_join(array_agg(CAST(item_index AS varchar) ORDER BY happened_at DESC, item_index), ' ') AS items,
    array_join(array_agg(CAST(weight AS varchar) ORDER BY happened_at DESC, item_index), ' ') AS weights
  FROM (${weighed(job)}) AS weighed
  JOIN item ON item.item_id = weighed.item_id
  WHERE person_key IN (SELECT user_id FROM tested)
  GROUP BY person_key
)
SELECT user_id, wanted.items, tests, history.items, history.weights
FROM wanted
LEFT JOIN history ON person_key = user_id`;
}
