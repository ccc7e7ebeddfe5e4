import { PERSONALISATION } from '../../../schemas/event/vocabulary.ts';
import type { TrainingJob } from './plan.ts';
import { HALF_LIFE_DAYS, HELD_SHARE, LEAST_VALIDATED, MOST_HISTORY, NEVER, TREND_DAYS } from './rules.ts';
import { double, moment, quoted } from './sql-text.ts';

const DAY_SECONDS = 86_400;

/** Everything that people did with items: person_key, item_id, happened_at, weight. Who denied personalisation is left out. */
function source({ run, source }: TrainingJob): string {
  if (source === 'given') {
    return `SELECT user_id AS person_key, item_id, happened_at, weight FROM given_interactions WHERE run = ${quoted(run)}`;
  }
  const denied = ['', 'z'].map((letter) => {
    const purpose = letter ? PERSONALISATION.replace('is', `i${letter}`) : PERSONALISATION;
    return `json_extract_scalar(lower(consent), '$.${purpose}') = 'false'`;
  });
  return `SELECT done.person_key, item_id, happened_at, weight
  FROM interactions AS done
  LEFT JOIN (SELECT DISTINCT person_key FROM profiles WHERE ${denied.join(' OR ')}) AS denied
    ON denied.person_key = done.person_key
  WHERE denied.person_key IS NULL`;
}

/** One row a person and item: weight = log2(1 + Σ w · 2^(-age / half-life)), where that sum is above 0. */
export function weighed(job: TrainingJob): string {
  const halfLife = job.halfLifeDays ?? (job.source === 'lake' ? HALF_LIFE_DAYS : undefined);
  const decayed =
    halfLife === undefined
      ? 'weight'
      : `weight * pow(2E0, date_diff('second', happened_at, ${moment(job.asOf)}) * ${double(-1 / (halfLife * DAY_SECONDS))})`;
  return `SELECT person_key, item_id, log2(1E0 + sum(${decayed})) AS weight, max(happened_at) AS happened_at
  FROM (${source(job)}) AS sourced
  WHERE person_key IS NOT NULL AND item_id IS NOT NULL
  GROUP BY person_key, item_id
  HAVING sum(${decayed}) > 0`;
}

/** Rows of `training_items`: the item that most people had to do with is number 0. */
export function itemsSelect(job: TrainingJob): string {
  const days = (count: number) => moment(job.asOf - count * DAY_SECONDS * 1000);
  return `WITH weighed AS (
  ${weighed(job)}
),
item AS (
  SELECT
    item_id, count(*) AS people, sum(weight) AS worth,
    count_if(happened_at > ${days(TREND_DAYS)}) AS recent,
    count_if(happened_at <= ${days(TREND_DAYS)} AND happened_at > ${days(5 * TREND_DAYS)}) AS before
  FROM weighed
  GROUP BY item_id
),
rising AS (
  SELECT *, greatest(0E0, ln(recent + 1E0) - ln(before * 2.5E-1 + 1E0)) AS rise
  FROM item
)
SELECT
  CAST(row_number() OVER (ORDER BY people DESC, item_id) - 1 AS integer) AS item_index,
  item_id,
  CAST(people AS integer) AS people,
  worth / max(worth) OVER () AS popularity,
  coalesce(rise / nullif(max(rise) OVER (), 0E0), 0E0) AS trend
FROM rising`;
}

/**
 * A number from 0 to 2^31 - 2 that looks random, the same for the same numbers: two steps of a congruence modulo the prime
 * 2^31 - 1 with a square between them, because a linear one alone would hold back every few items of the list.
 */
export function stableHash(seed: number, ...numbers: readonly string[]): string {
  const factors = ['1103515245', '1223106847'];
  const linear = numbers.map((number, at) => `CAST(${number} AS bigint) * ${factors[at]}`).join(' + ');
  const first = `mod(${linear} + ${Math.trunc(seed) + 12_345}, 2147483647)`;
  return `mod(mod(${first} * ${first}, 2147483647) * 48271 + ${first}, 2147483647)`;
}

/**
 * Rows of `training_interactions`. A history is ordered by time, the latest first, and among equal times, or without any, by a
 * stable hash, so that the order of a file means nothing. Its latest items count; of those the latest part is held back.
 */
export function historiesSelect(job: TrainingJob): string {
  const held = job.sequential ? '1' : `CAST(greatest(1E0, floor(size * ${double(HELD_SHARE)} + 5E-1)) AS bigint)`;
  return `WITH weighed AS (
  ${weighed(job)}
),
people AS (
  SELECT person_key, row_number() OVER (ORDER BY person_key) - 1 AS person, least(count(*), ${MOST_HISTORY}) AS size
  FROM weighed
  GROUP BY person_key
),
sampled AS (
  SELECT
    person_key, person, size,
    size >= ${LEAST_VALIDATED} AS is_long,
    row_number() OVER (
      PARTITION BY size >= ${LEAST_VALIDATED} ORDER BY ${stableHash(job.seed, 'person')}, person
    ) AS turn
  FROM people
),
numbered AS (
  SELECT
    person, item_index, weight, size,
    CASE WHEN is_long THEN turn ELSE ${NEVER} END AS sample,
    CASE WHEN is_long THEN ${held} ELSE 0 END AS held_items,
    row_number() OVER (
      PARTITION BY person ORDER BY happened_at DESC, ${stableHash(job.seed + 1, 'person', 'item_index')}, item_index
    ) - 1 AS place
  FROM weighed
  JOIN sampled ON sampled.person_key = weighed.person_key
  JOIN (SELECT item_index, item_id FROM training_items WHERE run = ${quoted(job.run)}) AS item ON item.item_id = weighed.item_id
)
SELECT
  CAST(person AS integer) AS person,
  item_index,
  weight,
  CAST(place AS integer) AS place,
  CAST(size AS integer) AS size,
  place < held_items AS held,
  CAST(size - held_items AS integer) AS kept_size,
  CAST(place - held_items AS integer) AS kept_place,
  CAST(sample AS integer) AS sample
FROM numbered
WHERE place < ${MOST_HISTORY}`;
}
