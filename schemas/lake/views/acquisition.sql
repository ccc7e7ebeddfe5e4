WITH people AS (
  SELECT
    person_key,
    min(event_time) AS first_seen_at,
    max(event_time) AS last_seen_at,
    min(event_time) FILTER (WHERE NOT is_bot AND channel <> 'on_site') AS first_touch_at,
    min_by(
      CAST(ROW(channel, coalesce(utm_source, referrer_host), utm_medium, utm_campaign) AS ROW(channel varchar, source varchar, medium varchar, campaign varchar)),
      ROW(event_time, message_id)
    ) FILTER (WHERE NOT is_bot AND channel <> 'on_site') AS first_touch,
    max_by(event_time, ROW(channel <> 'direct', event_time, message_id)) FILTER (WHERE NOT is_bot AND channel <> 'on_site') AS last_touch_at,
    max_by(
      CAST(ROW(channel, coalesce(utm_source, referrer_host), utm_medium, utm_campaign) AS ROW(channel varchar, source varchar, medium varchar, campaign varchar)),
      ROW(channel <> 'direct', event_time, message_id)
    ) FILTER (WHERE NOT is_bot AND channel <> 'on_site') AS last_touch,
    coalesce(bool_or(NOT is_bot), false) AS is_human,
    min(day) AS day
  FROM events
  GROUP BY person_key
),
buyers AS (
  SELECT
    orders.person_key AS buyer,
    min(ordered_at) AS first_order_at,
    max(ordered_at) AS last_order_at,
    count(*) AS order_count,
    sum(CASE WHEN orders.currency = reporting.currency THEN amount END) AS sum_paid,
    sum(CASE WHEN orders.currency = reporting.currency THEN
      CASE WHEN is_cancelled THEN least(amount, refunded) ELSE amount END - refunded
    END) AS sum_kept
  FROM orders CROSS JOIN reporting
  GROUP BY orders.person_key
),
joined AS (
  SELECT
    *,
    coalesce(order_count, 0) AS orders,
    CAST(coalesce(sum_paid, 0) AS decimal(18,4)) AS revenue,
    CAST(coalesce(sum_kept, 0) AS decimal(18,4)) AS net_revenue
  FROM people LEFT JOIN buyers ON buyer = person_key
  WHERE is_human OR order_count > 0
)
SELECT
  person_key, first_seen_at, last_seen_at, first_touch_at, first_touch.channel AS first_channel,
  first_touch.source AS first_source, first_touch.medium AS first_medium, first_touch.campaign AS first_campaign,
  last_touch_at, last_touch.channel AS last_channel, last_touch.source AS last_source, last_touch.medium AS last_medium,
  last_touch.campaign AS last_campaign, first_order_at, last_order_at, orders, revenue, net_revenue, day
FROM joined
