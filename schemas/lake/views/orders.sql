-- What all messages about an order say of it, as profiles gather it: of amounts the latest holds, of those of one moment
-- the largest; a refund that names no amount pays back the whole.
WITH told AS (
  SELECT
    person_key,
    source_id,
    message_id,
    event,
    event_time,
    order_id,
    coalesce('order ' || order_id, 'message ' || source_id || ' ' || message_id) AS order_key,
    event IN ('Order Completed', 'Order Updated') AS is_statement,
    CASE WHEN abs(coalesce(total, revenue, value)) <= 1000000000 THEN coalesce(total, revenue, value) END AS amount,
    currency,
    revenue,
    shipping,
    tax,
    discount,
    coupon,
    coalesce(
      nullif(products, '[]'),
      CASE WHEN product_id IS NOT NULL THEN '[' || json_format(CAST(MAP(
        ARRAY['brand', 'category', 'name', 'price', 'product_id', 'quantity', 'sku', 'variant'],
        ARRAY[
          brand, category, product_name, CAST(price AS varchar), product_id,
          CAST(TRY_CAST(coalesce(quantity, 1) AS decimal(18,4)) AS varchar), sku, variant
        ]
      ) AS json)) || ']' END
    ) AS products,
    day
  FROM events
  WHERE event IN ('Order Completed', 'Order Updated', 'Order Cancelled', 'Order Refunded')
    AND (event = 'Order Completed' OR order_id IS NOT NULL)
),
ranked AS (
  SELECT
    *,
    CASE WHEN is_statement THEN ROW(amount IS NOT NULL, event_time, coalesce(amount, 0), coalesce(currency, ''), message_id) END AS weight
  FROM told
),
paid AS (
  SELECT
    *,
    max_by(currency, weight) OVER (PARTITION BY person_key, order_key) AS paid_currency
  FROM ranked
),
gathered AS (
  SELECT
    person_key,
    order_key,
    min(event_time) FILTER (WHERE event = 'Order Completed') AS ordered_at,
    min_by(message_id, ROW(event_time, message_id)) FILTER (WHERE event = 'Order Completed') AS message_id,
    min_by(source_id, ROW(event_time, message_id)) FILTER (WHERE event = 'Order Completed') AS source_id,
    min_by(day, ROW(event_time, message_id)) FILTER (WHERE event = 'Order Completed') AS day,
    max(order_id) AS order_id,
    max(paid_currency) AS currency,
    max_by(amount, weight) AS amount,
    max_by(revenue, weight) AS revenue,
    max_by(shipping, weight) AS shipping,
    max_by(tax, weight) AS tax,
    max_by(discount, weight) AS discount,
    max_by(coupon, weight) AS coupon,
    max_by(products, ROW(event_time, message_id)) FILTER (WHERE is_statement AND products IS NOT NULL) AS products,
    coalesce(bool_or(event = 'Order Cancelled'), false) AS is_cancelled,
    coalesce(bool_or(event = 'Order Refunded' AND amount IS NULL), false) AS is_refunded_whole,
    sum(abs(amount)) FILTER (WHERE event = 'Order Refunded' AND coalesce(currency, paid_currency, '') = coalesce(paid_currency, '')) AS named_refunds
  FROM paid
  GROUP BY person_key, order_key
),
completed AS (
  SELECT
    *,
    row_number() OVER (PARTITION BY source_id, order_key ORDER BY ordered_at, message_id) AS telling
  FROM gathered
  WHERE ordered_at IS NOT NULL
),
numbered AS (
  SELECT
    *,
    coalesce(amount, 0) AS paid_amount,
    coalesce(order_id, message_id) AS known_id,
    CAST(json_parse(products) AS array(json)) AS items,
    row_number() OVER (PARTITION BY person_key ORDER BY ordered_at, message_id) AS order_number
  FROM completed
  WHERE telling = 1
),
counted AS (
  SELECT
    *,
    coalesce(reduce(
      transform(items, item -> coalesce(TRY_CAST(json_extract_scalar(item, '$.quantity') AS double), 0e0)),
      0e0, (sofar, quantity) -> sofar + quantity, units -> units
    ), 0e0) AS units,
    CAST(coalesce(cardinality(items), 0) AS bigint) AS lines,
    order_number = 1 AS is_first,
    TRY_CAST(greatest(coalesce(named_refunds, 0), CASE WHEN is_refunded_whole THEN paid_amount ELSE 0 END) AS decimal(18,4)) AS refunded
  FROM numbered
)
SELECT
  known_id AS order_id, message_id, source_id, person_key, ordered_at, currency, paid_amount AS amount, revenue, shipping,
  tax, discount, coupon, units, lines, order_number, is_first, is_cancelled, refunded, products, day
FROM counted
