import { DEFAULT_CURRENCY } from '../../schemas/event/vocabulary.ts';

/** Most items that events teach, those of most events first: whoever makes up products does not fill the catalog. */
export const MOST_LEARNT = 200_000;

/** Columns of `learntQuery`, in its order. */
export const learntColumns = ['item_id', 'title', 'category', 'brand', 'price', 'currency', 'image', 'url'] as const;

/**
 * The Trino query for what events tell of products: of each field the latest value that there is, among those of one
 * moment the greatest. The category of a product in a list that was viewed may be the list's own, so that it counts only
 * where nothing else tells one. Robots are left out, and whatever names no product. `fromDay` (YYYY-MM-DD) leaves out what
 * arrived before: what it does not find stays as it was learnt. Throws a RangeError for what is no day.
 */
export function learntQuery(fromDay?: string): string {
  if (fromDay !== undefined && !/^\d{4}-\d\d-\d\d$/.test(fromDay)) {
    throw new RangeError(`${JSON.stringify(fromDay)} is no day: write it as YYYY-MM-DD.`);
  }
  const since = fromDay === undefined ? '' : `\n    AND day >= '${fromDay}'`;
  return `WITH shown AS (
  SELECT
    event_time,
    CASE WHEN event IN ('Product List Viewed', 'Product List Filtered') THEN 0 ELSE 1 END AS sureness,
    CASE WHEN product IS NULL THEN product_id ELSE json_extract_scalar(product, '$.product_id') END AS item_id,
    CASE WHEN product IS NULL THEN product_name ELSE json_extract_scalar(product, '$.name') END AS title,
    CASE WHEN product IS NULL THEN category ELSE json_extract_scalar(product, '$.category') END AS category,
    CASE WHEN product IS NULL THEN brand ELSE json_extract_scalar(product, '$.brand') END AS brand,
    CASE WHEN product IS NULL THEN price ELSE TRY_CAST(json_extract_scalar(product, '$.price') AS decimal(18,4)) END AS price,
    coalesce(currency, '${DEFAULT_CURRENCY}') AS currency,
    CASE WHEN product IS NULL THEN image_url END AS image,
    CASE WHEN product IS NULL THEN product_url END AS url
  FROM events
  CROSS JOIN UNNEST(
    concat(ARRAY[CAST(NULL AS json)], coalesce(CAST(json_parse(products) AS array(json)), CAST(ARRAY[] AS array(json))))
  ) AS each_product (product)
  WHERE NOT is_bot AND (product_id IS NOT NULL OR products IS NOT NULL)${since}
)
SELECT
  item_id,
  ${latest('title')},
  max_by(category, ROW(sureness, event_time, category)) FILTER (WHERE category IS NOT NULL) AS category,
  ${latest('brand')},
  max_by(price, ROW(event_time, price, currency)) FILTER (WHERE price >= 0) AS price,
  max_by(currency, ROW(event_time, price, currency)) FILTER (WHERE price >= 0) AS currency,
  ${latest('image')},
  ${latest('url')}
FROM shown
WHERE item_id IS NOT NULL
GROUP BY item_id
ORDER BY count(*) DESC, item_id
LIMIT ${MOST_LEARNT}`;
}

const latest = (name: string): string =>
  `max_by(${name}, ROW(event_time, ${name})) FILTER (WHERE ${name} IS NOT NULL) AS ${name}`;
