/** Words of titles that tell nothing of what an item is; one-letter words tell nothing either. */
export const stopWords: readonly string[] =
  'an and at by for from in into of on or set the to with der die das und mit für von im le la les et de du des en avec pour el los las con para il di da per'.split(
    ' ',
  );

/** Items that a feature may have and still bring every two of them together: bounds the pairs by that for each feature. */
export const MOST_ITEMS_A_FEATURE = 250;

/** Most neighbours of an item. */
export const CONTENT_NEIGHBOURS = 100;

/** How much a price band counts beside any other feature: that two things cost alike says little. */
export const PRICE_WEIGHT = 0.5;

/** Digits that scores are rounded to, so that equal ones are equal in whatever order an engine adds. */
export const SCORE_DIGITS = 6;

/**
 * The Trino SELECT of the items that are most like each item of a training run: `item_index`, `neighbour_index`, `score`
 * above 0 to 1, up to 100 an item.
 *
 * An item's features are each level of its category path, its brand, its tags, the words of its title and its price band (a
 * band reaches from a power of two to the next, by currency). A feature of n of N items weighs ln(1 + N / n), a price band
 * half of that, and the score is the cosine of two items' weights. Only items that share a feature, other than a price
 * band, of at most 250 items are compared: then the work grows with the items, not with their pairs. Hidden items have
 * neighbours, and are none. Throws a RangeError for what is no run.
 */
export function contentNeighboursSelect(run: string): string {
  if (!/^[\w.:-]{1,100}$/.test(run)) throw new RangeError(`${JSON.stringify(run)} names no training run.`);
  return `WITH item AS (
  SELECT item_index, title, split(category, ' > ') AS levels, brand, tags, price, currency, hidden
  FROM training_items
  JOIN items ON items.item_id = training_items.item_id
  WHERE run = '${run}'
),
said AS (
  SELECT DISTINCT item_index, hidden, feature
  FROM item
  CROSS JOIN UNNEST(concat(
    ${orNone(`transform(
      sequence(1, cardinality(levels)),
      depth -> concat('c ', lower(array_join(slice(levels, 1, depth), ' > ')))
    )`)},
    ${orNone(`transform(CAST(json_parse(tags) AS array(varchar)), tag -> concat('t ', lower(tag)))`)},
    ${orNone(`transform(
      filter(
        regexp_split(lower(title), '[^\\p{L}\\p{M}]+'),
        word -> length(word) > 1 AND word NOT IN (${stopWords.map((word) => `'${word}'`).join(', ')})
      ),
      word -> concat('w ', word)
    )`)},
    ARRAY[
      concat('b ', lower(brand)),
      IF(price > 0, concat('p ', currency, ' ', CAST(CAST(floor(log2(CAST(price AS double)) + 1e-9) AS bigint) AS varchar)))
    ]
  )) AS each_feature (feature)
  WHERE feature IS NOT NULL
),
weighed AS (
  SELECT
    item_index, hidden, feature,
    items <= ${MOST_ITEMS_A_FEATURE} AND NOT starts_with(feature, 'p ') AS brings_together,
    ln(1e0 + CAST(of_items AS double) / CAST(items AS double))
      * IF(starts_with(feature, 'p '), ${PRICE_WEIGHT.toExponential()}, 1e0) AS weight
  FROM (SELECT item_index, hidden, feature, count(*) OVER (PARTITION BY feature) AS items FROM said)
  CROSS JOIN (SELECT count(*) AS of_items FROM item)
),
vector AS (
  SELECT
    item_index, hidden, feature, brings_together,
    weight / sqrt(sum(weight * weight) OVER (PARTITION BY item_index)) AS weight
  FROM weighed
),
pair AS (
  SELECT DISTINCT one.item_index AS one_index, other.item_index AS other_index, one.hidden AS one_hidden, other.hidden AS other_hidden
  FROM vector AS one
  JOIN vector AS other ON other.feature = one.feature AND one.item_index < other.item_index
  WHERE one.brings_together AND other.brings_together
),
scored AS (
  SELECT
    one_index, other_index, one_hidden, other_hidden,
    round(sum(one.weight * other.weight), ${SCORE_DIGITS}) AS score
  FROM pair
  JOIN vector AS one ON one.item_index = one_index
  JOIN vector AS other ON other.item_index = other_index AND other.feature = one.feature
  GROUP BY one_index, other_index, one_hidden, other_hidden
),
ranked AS (
  SELECT
    item_index, neighbour_index, score,
    row_number() OVER (PARTITION BY item_index ORDER BY score DESC, neighbour_index) AS place
  FROM (
    SELECT
      IF(side = 0, one_index, other_index) AS item_index,
      IF(side = 0, other_index, one_index) AS neighbour_index,
      IF(side = 0, other_hidden, one_hidden) AS neighbour_hidden,
      score
    FROM scored
    CROSS JOIN (VALUES 0, 1) AS sides (side)
  )
  WHERE NOT neighbour_hidden AND score > 0
)
SELECT item_index, neighbour_index, score
FROM ranked
WHERE place <= ${CONTENT_NEIGHBOURS}`;
}

/** A list of texts, or one without any where the item has none. */
const orNone = (list: string): string => `coalesce(${list}, CAST(ARRAY[] AS array(varchar)))`;
