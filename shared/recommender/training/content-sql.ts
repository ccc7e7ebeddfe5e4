/** Words of titles that tell nothing of what an item is; one-letter words tell nothing either. */
export const stopWords: readonly string[] =
  'an and at by for from in into of on or set the to with der die das und mit für von im le la les et de du des en avec pour el los las con para il di da per'.split(
    ' ',
  );

/** Items that a feature may have and still bring them together: bounds the pairs of each. */
export const MOST_ITEMS_A_FEATURE = 250;

/** Features by which an item looks for others: its rarest ones, beside its closest category. */
export const RAREST_FEATURES = 4;

/**
 * More than there are features: an item and a feature are one number in the query, so that every engine joins pairs with
 * what one has before it looks for that in the other.
 */
const FEATURES_BOUND = 100_000_000;

/** Items that are compared with an item, those first with which it shares most of what it looks by. */
export const MOST_COMPARED = 150;

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
 * half of that, and the score is the cosine of two items' weights. Not every two items are compared: an item looks for
 * others by its closest category and by its four rarest features that others have (no price band, none of more than 250
 * items), and is compared with the 150 that share most of these. So the work grows with the items, not with their pairs.
 * Hidden items have neighbours, and are none. Throws a RangeError for what is no run.
 */
export function contentNeighboursSelect(run: string): string {
  if (!/^[\w.:-]{1,100}$/.test(run)) throw new RangeError(`${JSON.stringify(run)} names no training run.`);
  return `WITH item AS (
  SELECT item_index, title, category, split(category, ' > ') AS levels, brand, tags, price, currency, hidden
  FROM training_items
  JOIN items ON items.item_id = training_items.item_id
  WHERE run = '${run}'
),
said AS (
  SELECT DISTINCT item_index, hidden, feature, feature = concat('c ', lower(category)) AS is_closest
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
    item_index, hidden, number, items,
    CASE WHEN items > ${MOST_ITEMS_A_FEATURE} OR items = 1 OR is_price THEN NULL WHEN is_closest THEN 0 ELSE items END AS rareness,
    ln(1e0 + CAST(of_items AS double) / CAST(items AS double)) * IF(is_price, ${PRICE_WEIGHT.toExponential()}, 1e0) AS weight
  FROM (
    SELECT
      item_index, hidden, is_closest,
      starts_with(feature, 'p ') AS is_price,
      dense_rank() OVER (ORDER BY feature) AS number,
      count(*) OVER (PARTITION BY feature) AS items
    FROM said
  )
  CROSS JOIN (SELECT count(*) AS of_items FROM item)
),
vector AS (
  SELECT item_index, hidden, number, rareness, weight, item_index * ${FEATURES_BOUND} + number AS place
  FROM (
    SELECT
      CAST(item_index AS bigint) AS item_index, hidden, number, rareness, items,
      weight / sqrt(sum(weight * weight) OVER (PARTITION BY item_index)) AS weight
    FROM weighed
  )
  WHERE items > 1
),
sought AS (
  SELECT item_index, number, weight
  FROM (
    SELECT
      item_index, number, weight, rareness,
      count_if(rareness > 0) OVER (PARTITION BY item_index ORDER BY rareness, number) AS rarer
    FROM vector
    WHERE rareness IS NOT NULL
  )
  WHERE rareness = 0 OR rarer <= ${RAREST_FEATURES}
),
pair AS (
  SELECT
    item_index, neighbour_index,
    row_number() OVER (PARTITION BY item_index ORDER BY round(shared, ${SCORE_DIGITS}) DESC, neighbour_index) AS nearness
  FROM (
    SELECT sought.item_index, vector.item_index AS neighbour_index, sum(sought.weight * vector.weight) AS shared
    FROM sought
    JOIN vector ON vector.number = sought.number AND vector.item_index <> sought.item_index
    WHERE NOT vector.hidden
    GROUP BY sought.item_index, vector.item_index
  )
),
scored AS (
  SELECT
    pair.item_index, neighbour_index,
    round(sum(one.weight * other.weight), ${SCORE_DIGITS}) AS score
  FROM pair
  JOIN vector AS one ON one.item_index = pair.item_index
  JOIN vector AS other ON other.place = neighbour_index * ${FEATURES_BOUND} + one.number
  WHERE nearness <= ${MOST_COMPARED}
  GROUP BY pair.item_index, neighbour_index
),
ranked AS (
  SELECT
    item_index, neighbour_index, score,
    row_number() OVER (PARTITION BY item_index ORDER BY score DESC, neighbour_index) AS place
  FROM scored
)
SELECT CAST(item_index AS integer) AS item_index, CAST(neighbour_index AS integer) AS neighbour_index, score
FROM ranked
WHERE place <= ${CONTENT_NEIGHBOURS}`;
}

/** A list of texts, or one without any where the item has none. */
const orNone = (list: string): string => `coalesce(${list}, CAST(ARRAY[] AS array(varchar)))`;
