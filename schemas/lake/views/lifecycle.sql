-- As the built-in lifecycle segments tell it, of the days on which a person was here. A person's events are gathered by
-- day, those of an order by themselves; a day's gap is the one to the day before on which the person was here.
WITH days AS (
  SELECT
    person_key, active_on, order_key,
    min(event_time) AS first_at,
    max(event_time) AS last_at,
    min(event_time) FILTER (WHERE NOT is_bot) AS first_seen_at,
    max(event_time) FILTER (WHERE NOT is_bot) AS last_seen_at
  FROM (
    SELECT
      person_key, event_time, is_bot,
      date(event_time) AS active_on,
      CASE WHEN event = 'Order Completed' THEN source_id || ' ' || coalesce('order ' || order_id, 'message ' || message_id) END AS order_key
    FROM events
  )
  GROUP BY person_key, active_on, order_key
),
gaps AS (
  SELECT
    *,
    max(last_at) OVER () AS newest_at,
    max(date(first_seen_at)) OVER (
      PARTITION BY person_key
      ORDER BY active_on
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS seen_before
  FROM days
),
people AS (
  SELECT
    person_key,
    max(newest_at) AS as_of,
    min(first_seen_at) AS first_seen_at,
    max(last_seen_at) AS last_seen_at,
    max(CASE WHEN date_diff('day', seen_before, date(first_seen_at)) > 90 THEN date(first_seen_at) END) AS returned_on,
    count(DISTINCT order_key) AS orders,
    min(CASE WHEN order_key IS NOT NULL THEN first_at END) AS first_order_at,
    max(CASE WHEN order_key IS NOT NULL THEN last_at END) AS last_order_at
  FROM gaps
  GROUP BY person_key
),
stages AS (
  SELECT
    *,
    CASE
      WHEN date_diff('day', date(last_seen_at), date(as_of)) > 90 THEN 'lapsed'
      WHEN date_diff('day', date(last_seen_at), date(as_of)) > 30 THEN 'atRisk'
      WHEN date_diff('day', returned_on, date(as_of)) <= 30 THEN 'returned'
      WHEN date_diff('day', date(first_order_at), date(as_of)) <= 30 THEN 'activated'
      WHEN date_diff('day', date(first_seen_at), date(as_of)) <= 30 THEN 'new'
      ELSE 'active'
    END AS stage
  FROM people
  WHERE last_seen_at IS NOT NULL
)
SELECT
  person_key, stage, first_seen_at, last_seen_at, orders, first_order_at, last_order_at, as_of
FROM stages
