WITH reached AS (
  SELECT
    *,
    CASE step
      WHEN 'product_viewed' THEN 1
      WHEN 'product_added' THEN 2
      WHEN 'checkout_started' THEN 3
      ELSE 4
    END AS step_number,
    CASE step
      WHEN 'product_viewed' THEN product_viewed_at
      WHEN 'product_added' THEN product_added_at
      WHEN 'checkout_started' THEN checkout_started_at
      ELSE order_completed_at
    END AS reached_at
  FROM visits
  CROSS JOIN (VALUES 'product_viewed', 'product_added', 'checkout_started', 'order_completed') AS steps (step)
),
named AS (
  SELECT
    *,
    person_key || ':' || to_iso8601(started_at) AS session_id
  FROM reached
  WHERE reached_at IS NOT NULL
)
SELECT
  person_key, session_id, step_number, step, reached_at, day
FROM named
