-- A refund that names no amount pays back what its order still has: the first one does, further ones find nothing left.
WITH told AS (
  SELECT
    person_key,
    message_id,
    event,
    event_time,
    order_id,
    CASE WHEN abs(coalesce(total, revenue, value)) <= 1000000000 THEN coalesce(total, revenue, value) END AS amount,
    currency,
    day
  FROM events
  WHERE event IN ('Order Completed', 'Order Updated', 'Order Refunded') AND order_id IS NOT NULL
),
ranked AS (
  SELECT
    *,
    CASE WHEN event <> 'Order Refunded' THEN ROW(amount IS NOT NULL, event_time, coalesce(amount, 0), coalesce(currency, ''), message_id) END AS weight
  FROM told
),
paid AS (
  SELECT
    *,
    max_by(currency, weight) OVER (PARTITION BY person_key, order_id) AS paid_currency,
    max_by(amount, weight) OVER (PARTITION BY person_key, order_id) AS paid_amount,
    coalesce(bool_or(event = 'Order Completed') OVER (PARTITION BY person_key, order_id), false) AS is_placed
  FROM ranked
),
given AS (
  SELECT
    *,
    coalesce(currency, paid_currency) AS refund_currency,
    CASE WHEN is_placed THEN greatest(coalesce(paid_amount, 0), 0) ELSE 0 END AS due
  FROM paid
  WHERE event = 'Order Refunded'
),
summed AS (
  SELECT
    *,
    coalesce(sum(CASE WHEN refund_currency = paid_currency THEN abs(amount) END) OVER (PARTITION BY person_key, order_id), 0) AS named,
    row_number() OVER (PARTITION BY person_key, order_id, amount IS NULL ORDER BY event_time, message_id) AS place
  FROM given
),
refunded AS (
  SELECT
    *,
    TRY_CAST(CASE WHEN amount IS NOT NULL THEN abs(amount) WHEN place = 1 THEN greatest(due - named, 0) ELSE 0 END AS decimal(18,4)) AS refund,
    amount IS NULL OR (due > 0 AND abs(amount) >= due AND coalesce(refund_currency = paid_currency, true)) AS is_whole
  FROM summed
)
SELECT
  message_id, order_id, person_key, event_time AS refunded_at, refund AS amount, is_whole, refund_currency AS currency,
  day
FROM refunded
