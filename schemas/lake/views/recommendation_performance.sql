-- Answers of a day, placement, variant and model are a group. An answer was seen when an event carries its id; an item of it
-- was clicked when such an event is about the item; and it sold when who clicked bought it within seven days, which counts
-- for the last click.
WITH answered AS (
  SELECT
    recommendation_id, person_key, placement, variant, model_version, items, requested_at,
    CAST(date(requested_at) AS varchar) AS date,
    concat_ws(chr(0), CAST(date(requested_at) AS varchar), placement, variant, coalesce(model_version, '')) AS of_group
  FROM recommendations
),
listed AS (
  SELECT recommendation_id, of_group, json_extract_scalar(item, '$.item_id') AS item_id
  FROM answered CROSS JOIN UNNEST(CAST(json_parse(items) AS array(json))) AS each_item (item)
),
carried AS (
  SELECT json_extract_scalar(properties, '$.recommendation_id') AS carried_id, event, product_id, person_key, event_time
  FROM events
  WHERE NOT is_bot AND properties LIKE '%"recommendation_id"%'
),
seen AS (
  SELECT DISTINCT carried_id AS seen_id FROM carried WHERE carried_id IS NOT NULL
),
clicked AS (
  SELECT recommendation_id, item_id, carried.person_key AS clicker, min(event_time) AS clicked_at
  FROM listed
  JOIN carried ON carried_id = recommendation_id AND product_id = item_id
  WHERE event IN ('Product Clicked', 'Product Viewed', 'Product Added')
  GROUP BY recommendation_id, item_id, carried.person_key
),
sold AS (
  SELECT
    order_id, source_id, line,
    max(revenue) AS revenue,
    max_by(recommendation_id, clicked_at) AS recommendation_id
  FROM (
    SELECT
      order_id, source_id, line, recommendation_id, clicked_at,
      CASE WHEN order_items.currency = reporting.currency THEN amount END AS revenue
    FROM clicked
    JOIN order_items ON order_items.person_key = clicker AND order_items.product_id = item_id
    CROSS JOIN reporting
    WHERE ordered_at >= clicked_at AND ordered_at <= date_add('day', 7, clicked_at)
  )
  GROUP BY order_id, source_id, line
),
outcomes AS (
  SELECT
    of_group, answered.recommendation_id, date, placement, variant, model_version, person_key,
    CASE WHEN seen_id IS NOT NULL THEN 1 ELSE 0 END AS was_seen,
    coalesce(items_clicked, 0) AS items_clicked,
    coalesce(orders, 0) AS orders,
    coalesce(revenue, 0) AS revenue
  FROM answered
  LEFT JOIN seen ON seen_id = answered.recommendation_id
  LEFT JOIN (
    SELECT recommendation_id AS clicked_id, count(DISTINCT item_id) AS items_clicked FROM clicked GROUP BY recommendation_id
  ) ON clicked_id = answered.recommendation_id
  LEFT JOIN (
    SELECT recommendation_id AS sold_id, count(DISTINCT ROW(source_id, order_id)) AS orders, TRY_CAST(sum(revenue) AS decimal(18,4)) AS revenue
    FROM sold
    GROUP BY recommendation_id
  ) ON sold_id = answered.recommendation_id
),
-- Whoever was answered and then bought anything, clicked or not: the only way to tell what the model itself brings.
ordering AS (
  SELECT of_group AS ordering_group, count(DISTINCT asker) AS buyers
  FROM (
    SELECT of_group, person_key AS asker, min(requested_at) AS asked_at
    FROM answered
    WHERE person_key IS NOT NULL
    GROUP BY of_group, person_key
  )
  JOIN orders ON orders.person_key = asker
  WHERE ordered_at >= asked_at AND ordered_at <= date_add('day', 7, asked_at)
  GROUP BY of_group
),
dealt AS (
  SELECT person_key, product_id FROM product_views
  UNION
  SELECT person_key, product_id FROM order_items WHERE product_id IS NOT NULL
),
familiar AS (
  SELECT product_id AS familiar_id, count(*) AS people_of FROM dealt GROUP BY product_id
),
assortment AS (
  SELECT
    of_group AS assortment_group,
    count(DISTINCT item_id) AS distinct_items,
    count(*) AS items,
    sum(log2(
      CAST(greatest((SELECT count(DISTINCT person_key) FROM dealt), 1) AS double) / coalesce(people_of, 1)
    )) / count(*) AS novelty
  FROM listed
  LEFT JOIN familiar ON familiar_id = item_id
  GROUP BY of_group
),
shelf AS (
  SELECT count(DISTINCT item_id) AS items_there
  FROM (SELECT item_id FROM items UNION ALL SELECT item_id FROM listed)
),
grouped AS (
  SELECT
    of_group, date, placement, variant, model_version,
    count(*) AS answers,
    count(DISTINCT person_key) AS people,
    CAST(sum(was_seen) AS bigint) AS impressions,
    count_if(items_clicked > 0) AS clicks,
    CAST(sum(items_clicked) AS bigint) AS items_clicked,
    count_if(orders > 0) AS conversions,
    CAST(sum(orders) AS bigint) AS orders,
    coalesce(TRY_CAST(sum(revenue) AS decimal(18,4)), 0) AS revenue
  FROM outcomes
  GROUP BY of_group, date, placement, variant, model_version
),
rated AS (
  SELECT
    *,
    coalesce(buyers, 0) AS people_who_bought,
    coalesce(buyers, 0) / nullif(CAST(people AS double), 0) AS people_conversion
  FROM grouped
  LEFT JOIN ordering ON ordering_group = of_group
  LEFT JOIN assortment ON assortment_group = of_group
),
compared AS (
  SELECT
    *,
    nullif(max(CASE WHEN variant = 'holdout' THEN people_conversion END) OVER (PARTITION BY date, placement, model_version), 0e0) AS held_out
  FROM rated
)
SELECT
  date, placement, variant, model_version, answers, people, impressions, clicks, items_clicked,
  clicks / nullif(CAST(impressions AS double), 0) AS click_through_rate,
  conversions, orders,
  conversions / nullif(CAST(impressions AS double), 0) AS conversion_rate,
  reporting.currency AS currency, revenue,
  coalesce(items, 0) AS items_answered,
  coalesce(distinct_items, 0) AS distinct_items,
  coalesce(distinct_items, 0) / nullif(CAST(items_there AS double), 0) AS coverage,
  novelty,
  people_who_bought AS buyers,
  people_conversion AS buyer_rate,
  CASE WHEN variant = 'model' THEN people_conversion / held_out - 1e0 END AS holdout_lift
FROM compared
CROSS JOIN shelf
CROSS JOIN reporting
