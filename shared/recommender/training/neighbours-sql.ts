import { type Form, isOrdered, WINDOW } from './form.ts';
import { packedFactorSql, packedSql } from './pack.ts';
import { double, quoted } from './sql-text.ts';

/** Whether each pair is added up once and told to both of its items, which takes a whole query for all items. */
export const isAddedOnce = (parts: number, form: Form): boolean => parts === 1 && !isOrdered(form);

/**
 * Rows of `training_weights`: what a row of a history gives to a pair as its first item, r · |u|^-a · n^-b, and as its second,
 * r · n^-c. Computed once, because each row is in as many pairs as its history is long.
 */
export function weightsSelect(run: string, { a, b, c }: Form): string {
  return `WITH history AS (
  SELECT person, item_index, weight, size, place FROM training_interactions WHERE run = ${quoted(run)}
),
counted AS (
  SELECT item_index AS item, ln(count(*)) AS n FROM history GROUP BY item_index
)
SELECT
  person, item_index, place,
  weight * exp(${double(-a)} * ln(size) - ${double(b)} * n) AS first_weight,
  weight * exp(${double(-c)} * n) AS second_weight
FROM history
JOIN counted ON item = item_index`;
}

/**
 * Rows of `training_neighbours`, kind collaborative, of each item whose number is `part` modulo `parts`:
 * w(i, j) = Σ_u r_ui · r_uj · |u|^-a · n_i^-b · n_j^-c · order(u, i, j), the greatest `most` of each i.
 */
export function neighboursSelect(run: string, part: number, parts: number, most: number, form: Form): string {
  const order = isOrdered(form) ? ` * ${orderSql(form)}` : '';
  const window = isOrdered(form) ? ` AND abs(one.place - other.place) <= ${WINDOW}` : '';
  const table = `SELECT person, item_index AS item, place, first_weight, second_weight FROM training_weights WHERE run = ${quoted(run)}`;
  return `SELECT
  item AS item_index,
  'collaborative' AS kind,
  max(${packedSql('ln(score)', 'neighbour')}, ${most}) AS neighbours
FROM (
  SELECT one.item, other.item AS neighbour, sum(one.first_weight * other.second_weight${order}) AS score
  FROM (${table} AND mod(item_index, ${parts}) = ${part}) AS one
  JOIN (${table}) AS other ON other.person = one.person${window}
  GROUP BY one.item, other.item
) AS pair
WHERE item <> neighbour AND score > 0
GROUP BY item`;
}

/**
 * The same of all items at once, where order counts for nothing: a pair's sum is the same both ways if the weights are those
 * of b = c, so that half of the pairs do. What b is beyond that is one factor of a whole list, n_i^(c-b).
 */
export function allNeighboursSelect(run: string, most: number, { b, c }: Form): string {
  return `WITH history AS (
  SELECT person, item_index AS item, first_weight, second_weight FROM training_weights WHERE run = ${quoted(run)}
),
pair AS (
  SELECT item, neighbour, ln(score) AS likeness
  FROM (
    SELECT one.item, other.item AS neighbour, sum(one.first_weight * other.second_weight) AS score
    FROM history AS one
    JOIN history AS other ON other.person = one.person AND other.item > one.item
    GROUP BY one.item, other.item
  ) AS summed
  WHERE score > 0
),
nearest AS (
  SELECT item, max(${packedSql('likeness', 'neighbour')}, ${most}) AS neighbours
  FROM (
    SELECT item, neighbour, likeness FROM pair
    UNION ALL
    SELECT neighbour, item, likeness FROM pair
  ) AS told
  GROUP BY item
),
own AS (
  SELECT item AS whose, ${packedFactorSql(`${double(c - b)} * ln(count(*))`)} AS factor FROM history GROUP BY item
)
SELECT item AS item_index, 'collaborative' AS kind, transform(neighbours, value -> value + factor) AS neighbours
FROM nearest
JOIN own ON whose = item`;
}

/** Places count from the latest: the neighbour is later where its place is smaller. An item isn't paired with itself. */
function orderSql({ nearness, backward }: Form): string {
  const near = nearness === 0 ? '1E0' : `pow(greatest(1, abs(one.place - other.place)), ${double(-nearness)})`;
  return backward === 1 ? near : `CASE WHEN other.place > one.place THEN ${double(backward)} ELSE 1E0 END * ${near}`;
}
