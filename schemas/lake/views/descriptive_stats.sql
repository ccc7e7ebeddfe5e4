-- Equal values are counted first, of which there are far fewer than values. The quantile p of n values is the one of rank
-- ceil(p * n) in ascending order (nearest rank): a value that occurs, and the same in every engine.
WITH measured AS (
  SELECT measure, unit, value
  FROM (
    SELECT
      *,
      lag(ordered_at) OVER (PARTITION BY person_key ORDER BY order_number) AS ordered_before,
      count(*) OVER (PARTITION BY person_key) AS orders_of_person,
      sum(amount_in_currency) OVER (PARTITION BY person_key) AS amount_of_person
    FROM (
      SELECT
        person_key, ordered_at, order_number, units, lines, is_first, reporting.currency,
        CASE WHEN orders.currency = reporting.currency THEN amount END AS amount_in_currency,
        CASE WHEN orders.currency = reporting.currency AND refunded > 0 THEN refunded END AS refunded_in_currency
      FROM orders
      CROSS JOIN reporting
    )
  )
  CROSS JOIN UNNEST(
    ARRAY[
      'order_amount', 'refund_per_refunded_order', 'units_per_order', 'lines_per_order', 'days_between_orders',
      'orders_per_customer', 'amount_per_customer'
    ],
    ARRAY[currency, currency, 'units', 'lines', 'days', 'orders', currency],
    ARRAY[
      amount_in_currency,
      refunded_in_currency,
      TRY_CAST(units AS decimal(18,4)),
      CAST(lines AS decimal(18,4)),
      CAST(date_diff('second', ordered_before, ordered_at) / 86400e0 AS decimal(18,4)),
      CASE WHEN is_first THEN CAST(orders_of_person AS decimal(18,4)) END,
      CASE WHEN is_first THEN TRY_CAST(amount_of_person AS decimal(18,4)) END
    ]
  ) AS each_measure (measure, unit, value)
  UNION ALL
  SELECT measure, unit, value
  FROM visits
  CROSS JOIN UNNEST(
    ARRAY['session_seconds', 'page_views_per_session', 'events_per_session'],
    ARRAY['seconds', 'page views', 'events'],
    ARRAY[
      CAST(duration_seconds AS decimal(18,4)), CAST(page_views AS decimal(18,4)), CAST(events AS decimal(18,4))
    ]
  ) AS each_measure (measure, unit, value)
  UNION ALL
  SELECT 'price_viewed' AS measure, product_views.currency AS unit, price AS value
  FROM product_views
  CROSS JOIN reporting
  WHERE product_views.currency = reporting.currency
),
counted AS (
  SELECT measure, unit, value, CAST(value AS double) AS number, count(*) AS times
  FROM measured
  WHERE value IS NOT NULL
  GROUP BY measure, unit, value
),
placed AS (
  SELECT
    *,
    sum(times) OVER (PARTITION BY measure) AS n,
    sum(times) OVER (PARTITION BY measure ORDER BY value) AS last_rank,
    CAST(sum(times * value) OVER (PARTITION BY measure) AS double) AS total
  FROM counted
),
centred AS (
  SELECT *, total / n AS mean
  FROM placed
),
summed AS (
  SELECT
    measure, unit,
    max(n) AS n,
    max(mean) AS mean,
    sqrt(sum(times * (number - mean) * (number - mean)) / nullif(max(n) - 1, 0)) AS stddev,
    min(number) AS minimum,
    min(CASE WHEN last_rank >= (n + 3) / 4 THEN number END) AS p25,
    min(CASE WHEN last_rank >= (n + 1) / 2 THEN number END) AS median,
    min(CASE WHEN last_rank >= (3 * n + 3) / 4 THEN number END) AS p75,
    min(CASE WHEN last_rank >= (19 * n + 19) / 20 THEN number END) AS p95,
    max(number) AS maximum,
    max(total) AS total
  FROM centred
  GROUP BY measure, unit
)
SELECT
  measure, unit, n, mean, stddev, minimum AS min, p25, median, p75, p95, maximum AS max, total AS sum
FROM summed
