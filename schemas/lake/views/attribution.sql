-- A touch is a session that began in the 30 days before the order, direct ones only where there is no other; an order
-- without any session is its own, direct touch. Amounts are rounded from the sum so far, so that they add up exactly.
WITH bought AS (
  SELECT
    order_id,
    source_id,
    orders.person_key AS buyer,
    ordered_at,
    is_first,
    is_cancelled,
    CASE WHEN orders.currency = reporting.currency THEN amount ELSE 0 END AS amount,
    day
  FROM orders CROSS JOIN reporting
),
met AS (
  SELECT
    bought.*,
    person_key || ':' || to_iso8601(started_at) AS session_id,
    coalesce(started_at, ordered_at) AS touched_at,
    coalesce(channel, 'direct') AS channel,
    source,
    medium,
    campaign,
    count_if(channel <> 'direct') OVER (PARTITION BY buyer, source_id, order_id) AS indirect
  FROM bought
  LEFT JOIN visits ON person_key = buyer AND started_at <= ordered_at AND started_at >= ordered_at - INTERVAL '30' DAY
),
touches AS (
  SELECT
    *,
    row_number() OVER (PARTITION BY buyer, source_id, order_id ORDER BY touched_at) AS touch,
    count(*) OVER (PARTITION BY buyer, source_id, order_id) AS touch_count,
    power(2e0, -1e0 * date_diff('millisecond', touched_at, ordered_at) / 604800000e0) AS decay
  FROM met
  WHERE channel <> 'direct' OR indirect = 0
),
decayed AS (
  SELECT
    *,
    sum(decay) OVER (PARTITION BY buyer, source_id, order_id) AS decay_sum
  FROM touches
),
weighed AS (
  SELECT
    *,
    CASE
      WHEN model = 'first' THEN CASE WHEN touch = 1 THEN 1e0 ELSE 0e0 END
      WHEN model = 'last' THEN CASE WHEN touch = touch_count THEN 1e0 ELSE 0e0 END
      WHEN model = 'linear' THEN 1e0 / touch_count
      WHEN model = 'time_decay' THEN decay / decay_sum
      WHEN touch_count = 1 THEN 1e0
      WHEN touch_count = 2 THEN 0.5e0
      WHEN touch = 1 OR touch = touch_count THEN 0.4e0
      ELSE 0.2e0 / (touch_count - 2)
    END AS weight
  FROM decayed CROSS JOIN (VALUES 'first', 'last', 'linear', 'position', 'time_decay') AS models (model)
),
summed AS (
  SELECT
    *,
    CASE
      WHEN touch = touch_count THEN amount
      ELSE CAST(amount * sum(weight) OVER (PARTITION BY buyer, source_id, order_id, model ORDER BY touch) AS decimal(18,4))
    END AS credited_so_far
  FROM weighed
),
credited AS (
  SELECT
    *,
    CAST(credited_so_far - coalesce(lag(credited_so_far) OVER (PARTITION BY buyer, source_id, order_id, model ORDER BY touch), 0) AS decimal(18,4)) AS revenue
  FROM summed
)
SELECT
  model, order_id, buyer AS person_key, ordered_at, is_first, is_cancelled, touch, touch_count, touched_at, session_id,
  channel, source, medium, campaign, weight, revenue, day
FROM credited
WHERE weight > 0
