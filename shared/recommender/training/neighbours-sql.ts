import { type Form, isOrdered, WINDOW } from './form.ts';
import { packedSql } from './pack.ts';
import { double, quoted } from './sql-text.ts';

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

/** Places count from the latest: the neighbour is later where its place is smaller. An item isn't paired with itself. */
function orderSql({ nearness, backward }: Form): string {
  const near = nearness === 0 ? '1E0' : `pow(greatest(1, abs(one.place - other.place)), ${double(-nearness)})`;
  return backward === 1 ? near : `CASE WHEN other.place > one.place THEN ${double(backward)} ELSE 1E0 END * ${near}`;
}
