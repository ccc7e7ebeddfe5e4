import type { Blend } from '../model.ts';
import type { Form } from './form.ts';
import { heldSelect, keptSelect } from './kept-sql.ts';
import { RANKS } from './rules.ts';
import { double, quoted } from './sql-text.ts';

/** One ranking to be measured. */
export interface Contender {
  /** Number of the value of the trial that it takes, from 0. */
  readonly score: number;
  readonly c: Form['c'];
  /** Share of popularity; the rest is collaborative. */
  readonly popularity: Blend['popularity'];
}

export interface Measured {
  readonly run: string;
  /** People from whom something is held back: those that are measured. */
  readonly people: number;
  /** Value of `run` of the trial. */
  readonly trial: string;
}

const IDEAL = Array.from({ length: RANKS }, (_, at) => 1 / Math.log2(at + 2)).map((_, at, gains) =>
  gains.slice(0, at + 1).reduce((sum, gain) => sum + gain, 0),
);

/**
 * Metrics at 20 of rankings of a trial: one row each, contender (from 1), ndcg, recall, hit rate, map, coverage, novelty. Hits are in the
 * even values of the packed ones: of equal scores those of held items are the last, so that ties count against us.
 */
export function contendersSelect(measured: Measured, contenders: readonly Contender[]): string {
  const shared = `trial AS (
  SELECT person, item_index AS item, scores FROM training_trials WHERE run = ${quoted(measured.trial)}
),
counted AS (
  SELECT item, CAST(count(*) AS double) AS n FROM kept GROUP BY item
),
valued AS (
  SELECT
    trial.person, trial.item, held.item IS NOT NULL AS is_held, popularity,
    ${contenders.map(({ score, c }, at) => `ln(scores[${score + 1}]) - ${double(c)} * ln(n) AS l${at}`).join(',\n    ')}
  FROM trial
  JOIN counted ON counted.item = trial.item
  JOIN popular ON popular.item = trial.item
  LEFT JOIN held ON held.person = trial.person AND held.item = trial.item
),
greatest_of AS (
  SELECT person AS whose, ${contenders.map((_, at) => `max(l${at}) AS g${at}`).join(', ')} FROM valued GROUP BY person
),
contending AS (
  SELECT person, ARRAY[
    ${contenders.map(({ popularity }, at) => `max(${ranked(blended(at, popularity))}, ${RANKS})`).join(',\n    ')}
  ] AS tops
  FROM valued
  JOIN greatest_of ON whose = person
  GROUP BY person
)`;
  return measure(measured, shared);
}

/** Score in its logarithm; only blended ones need the whole. */
const blended = (at: number, popularity: number): string =>
  popularity === 0
    ? `l${at} - g${at}`
    : `ln(${double(1 - popularity)} * exp(l${at} - g${at}) + ${double(popularity)} * popularity)`;

const ranked = (logarithm: string): string =>
  `(floor((${logarithm} + 6.4E1) * 5.24288E5) * 2E0 + CASE WHEN is_held THEN 0E0 ELSE 1E0 END) * 16777216E0 + (16777215E0 - item)`;

/** The same of one ranking by popularity, decayed or not. */
export function popularSelect(measured: Omit<Measured, 'trial'>): string {
  const shared = `head AS (
  SELECT item AS top_item, people AS n FROM popular WHERE item < 1000
),
contending AS (
  SELECT person, ARRAY[max(${ranked('ln(n)').replace('- item)', '- top_item)')}, ${RANKS})] AS tops
  FROM (
    SELECT validated.person, top_item, n, held.item IS NOT NULL AS is_held
    FROM validated
    CROSS JOIN head
    LEFT JOIN held ON held.person = validated.person AND held.item = top_item
    LEFT JOIN kept ON kept.person = validated.person AND kept.item = top_item
    WHERE kept.item IS NULL
  ) AS unknown
  GROUP BY person
)`;
  return measure(measured, shared);
}

function measure({ run, people }: Omit<Measured, 'trial'>, contending: string): string {
  return `WITH kept AS (
  ${keptSelect(run, people)}
),
held AS (
  ${heldSelect(run, people)}
),
validated AS (
  SELECT person, count(*) AS held_items FROM held GROUP BY person
),
popular AS (
  SELECT
    item_index AS item,
    CAST(people AS double) AS people,
    popularity * (1E0 + trend) * pow(max(popularity * (1E0 + trend)) OVER (), -1E0) AS popularity
  FROM training_items
  WHERE run = ${quoted(run)}
),
${contending},
listed AS (
  SELECT contending.person, contender, top, held_items
  FROM contending
  CROSS JOIN UNNEST(tops) WITH ORDINALITY AS told (top, contender)
  JOIN validated ON validated.person = contending.person
),
ranks AS (
  SELECT
    person, contender, held_items, rank,
    CAST(16777215E0 - mod(value, 16777216E0) AS integer) AS item,
    CASE WHEN mod(floor(value * ${double(2 ** -24)}), 2E0) = 0 THEN 1E0 ELSE 0E0 END AS hit
  FROM listed
  CROSS JOIN UNNEST(top) WITH ORDINALITY AS placed (value, rank)
),
running AS (
  SELECT *, sum(hit) OVER (PARTITION BY person, contender ORDER BY rank) AS hits_so_far FROM ranks
),
personal AS (
  SELECT
    contender, person,
    sum(hit * pow(log2(rank + 1E0), -1E0)) * pow(element_at(ARRAY[${IDEAL.map(double).join(', ')}], CAST(least(max(held_items), ${RANKS}) AS integer)), -1E0) AS ndcg,
    sum(hit) * pow(max(held_items), -1E0) AS recall,
    max(hit) AS hit_rate,
    sum(hit * hits_so_far * pow(rank, -1E0)) * pow(least(max(held_items), ${RANKS}), -1E0) AS map
  FROM running
  GROUP BY contender, person
),
shown AS (
  SELECT
    contender,
    count(DISTINCT ranks.item) AS items,
    avg(log2(total) - log2(people)) AS novelty
  FROM ranks
  JOIN popular ON popular.item = ranks.item
  CROSS JOIN (SELECT CAST(count(DISTINCT person) AS double) AS total FROM kept) AS everybody
  GROUP BY contender
),
averaged AS (
  SELECT contender, sum(ndcg) AS ndcg, sum(recall) AS recall, sum(hit_rate) AS hit_rate, sum(map) AS map
  FROM personal
  GROUP BY contender
)
SELECT
  averaged.contender, ndcg * share, recall * share, hit_rate * share, map * share, items * item_share, novelty
FROM averaged
JOIN shown ON shown.contender = averaged.contender
CROSS JOIN (SELECT pow(count(*), -1E0) AS share FROM validated) AS per_person
CROSS JOIN (SELECT pow(count(*), -1E0) AS item_share FROM popular) AS per_item
ORDER BY 1`;
}
