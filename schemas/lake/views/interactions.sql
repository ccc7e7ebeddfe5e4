-- A refund that lists no products gives back its whole order, where it pays all of it back.
WITH seen AS (
  SELECT
    message_id, person_key, product_id AS item_id, event_time AS happened_at, quantity, day,
    CASE event WHEN 'Product Viewed' THEN 'view' WHEN 'Product Added to Wishlist' THEN 'wishlist' ELSE 'cart' END AS action
  FROM events
  WHERE NOT is_bot
    AND event IN ('Product Viewed', 'Product Added', 'Wishlist Product Added to Cart', 'Product Added to Wishlist')
    AND product_id IS NOT NULL
),
bought AS (
  SELECT
    person_key, order_id, product_id AS item_id, min(ordered_at) AS happened_at, sum(quantity) AS quantity,
    min(day) AS day
  FROM order_items
  WHERE product_id IS NOT NULL
  GROUP BY person_key, order_id, product_id
),
listed AS (
  SELECT
    message_id, person_key, json_extract_scalar(item, '$.product_id') AS item_id, event_time AS happened_at,
    TRY_CAST(json_extract_scalar(item, '$.quantity') AS double) AS quantity, day
  FROM events
  CROSS JOIN UNNEST(CAST(json_parse(products) AS array(json))) AS told (item)
  WHERE event = 'Order Refunded'
),
returned AS (
  SELECT message_id, person_key, item_id, min(happened_at) AS happened_at, sum(quantity) AS quantity, min(day) AS day
  FROM listed
  WHERE item_id IS NOT NULL
  GROUP BY message_id, person_key, item_id
),
whole AS (
  SELECT refunds.message_id, refunds.person_key, bought.item_id, refunded_at AS happened_at, bought.quantity, refunds.day
  FROM refunds
  JOIN bought ON bought.person_key = refunds.person_key AND bought.order_id = refunds.order_id
  LEFT JOIN (SELECT DISTINCT message_id AS listing FROM returned) ON listing = refunds.message_id
  WHERE is_whole AND listing IS NULL
)
SELECT
  person_key, item_id, action, happened_at,
  CASE action WHEN 'view' THEN 1E0 WHEN 'wishlist' THEN 2E0 ELSE 3E0 END AS weight, quantity, message_id AS event_id, day
FROM seen
UNION ALL
SELECT person_key, item_id, 'order', happened_at, 5E0, quantity, order_id, day FROM bought
UNION ALL
SELECT person_key, item_id, 'refund', happened_at, -5E0, quantity, message_id, day FROM returned
UNION ALL
SELECT person_key, item_id, 'refund', happened_at, -5E0, quantity, message_id, day FROM whole
