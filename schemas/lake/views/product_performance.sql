-- What each person did with each product, so that the rates are shares of people. What was viewed, put into the cart and
-- paid back comes from one reading of events, what was ordered from its own view.
WITH doings AS (
  SELECT
    person_key, event_time,
    coalesce(product_id, json_extract_scalar(item, '$.product_id')) AS product_id,
    coalesce(product_name, json_extract_scalar(item, '$.name')) AS name,
    coalesce(category, json_extract_scalar(item, '$.category')) AS category,
    coalesce(brand, json_extract_scalar(item, '$.brand')) AS brand,
    currency,
    CASE WHEN event = 'Product Viewed' THEN 1 ELSE 0 END AS views,
    CASE WHEN event IN ('Product Added', 'Wishlist Product Added to Cart') THEN 1 ELSE 0 END AS additions,
    CAST(NULL AS varchar) AS order_id,
    0e0 AS units,
    CAST(0 AS decimal(18,4)) AS revenue,
    coalesce(TRY_CAST(json_extract_scalar(item, '$.quantity') AS double), 0e0) AS units_refunded,
    TRY_CAST(
      TRY_CAST(json_extract_scalar(item, '$.price') AS decimal(18,4)) * TRY_CAST(json_extract_scalar(item, '$.quantity') AS decimal(18,4))
      AS decimal(18,4)
    ) AS refunds
  FROM (
    SELECT
      person_key, event, event_time, currency,
      CASE WHEN event <> 'Order Refunded' THEN product_id END AS product_id,
      CASE WHEN event <> 'Order Refunded' THEN product_name END AS product_name,
      CASE WHEN event <> 'Order Refunded' THEN category END AS category,
      CASE WHEN event <> 'Order Refunded' THEN brand END AS brand,
      CASE WHEN event = 'Order Refunded' THEN CAST(json_parse(products) AS array(json)) ELSE ARRAY[CAST(NULL AS json)] END AS items
    FROM events
    WHERE event = 'Order Refunded'
      OR (NOT is_bot AND product_id IS NOT NULL AND event IN ('Product Viewed', 'Product Added', 'Wishlist Product Added to Cart'))
  )
  CROSS JOIN UNNEST(items) AS each_item (item)
  UNION ALL
  SELECT
    person_key, ordered_at, product_id, product_name, category, brand, currency, 0, 0, order_id, coalesce(quantity, 0e0),
    amount, 0e0, CAST(0 AS decimal(18,4))
  FROM order_items
),
per_person AS (
  SELECT
    product_id, person_key,
    sum(views) AS views,
    sum(additions) AS additions,
    count(DISTINCT order_id) AS orders,
    sum(units) AS units,
    sum(CASE WHEN doings.currency = reporting.currency THEN revenue END) AS revenue,
    sum(units_refunded) AS units_refunded,
    sum(CASE WHEN doings.currency = reporting.currency THEN refunds END) AS refunds,
    max(reporting.currency) AS currency,
    min(event_time) AS first_at,
    max(event_time) AS last_at,
    max_by(name, event_time) FILTER (WHERE name IS NOT NULL) AS name,
    max(event_time) FILTER (WHERE name IS NOT NULL) AS named_at,
    max_by(category, event_time) FILTER (WHERE category IS NOT NULL) AS category,
    max(event_time) FILTER (WHERE category IS NOT NULL) AS placed_at,
    max_by(brand, event_time) FILTER (WHERE brand IS NOT NULL) AS brand,
    max(event_time) FILTER (WHERE brand IS NOT NULL) AS branded_at
  FROM doings
  CROSS JOIN reporting
  WHERE product_id IS NOT NULL
  GROUP BY product_id, person_key
),
per_product AS (
  SELECT
    product_id,
    max_by(name, named_at) FILTER (WHERE named_at IS NOT NULL) AS name,
    max_by(category, placed_at) FILTER (WHERE placed_at IS NOT NULL) AS category,
    max_by(brand, branded_at) FILTER (WHERE branded_at IS NOT NULL) AS brand,
    CAST(sum(views) AS bigint) AS views,
    count_if(views > 0) AS viewers,
    CAST(sum(additions) AS bigint) AS added,
    count_if(additions > 0) AS adders,
    CAST(sum(orders) AS bigint) AS purchases,
    count_if(orders > 0) AS buyers,
    sum(units) AS units,
    max(currency) AS currency,
    coalesce(TRY_CAST(sum(revenue) AS decimal(18,4)), 0) AS revenue,
    sum(units_refunded) AS units_refunded,
    coalesce(TRY_CAST(sum(refunds) AS decimal(18,4)), 0) AS refunds,
    count_if(views > 0 AND additions > 0) / nullif(CAST(count_if(views > 0) AS double), 0) AS view_to_cart_rate,
    count_if(additions > 0 AND orders > 0) / nullif(CAST(count_if(additions > 0) AS double), 0) AS cart_to_order_rate,
    count_if(views > 0 AND orders > 0) / nullif(CAST(count_if(views > 0) AS double), 0) AS view_to_order_rate,
    min(first_at) AS first_seen_at,
    max(last_at) AS last_seen_at
  FROM per_person
  GROUP BY product_id
)
SELECT
  product_id, name, category, brand, views, viewers, added, adders, purchases, buyers, units, currency, revenue,
  units_refunded, refunds, view_to_cart_rate, cart_to_order_rate, view_to_order_rate, first_seen_at, last_seen_at
FROM per_product
