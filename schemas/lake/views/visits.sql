-- Nearly all parts are sessions by themselves. Those near each other are gathered; of such that begin at one moment, the
-- first by key and day counts.
WITH told AS (
  SELECT
    profile_key AS told_profile,
    day AS told_day,
    visit_at AS told_in,
    count(*) AS orders,
    min(order_completed_at) AS order_completed_at
  FROM order_tellings
  GROUP BY profile_key, day, visit_at
),
near AS (
  SELECT profile_key AS near_profile, day AS near_day, visit_at AS near_at, started_at
  FROM near_parts
),
met AS (
  SELECT
    person_key, first_at AS started_at, last_at AS ended_at, events, page_views, entrance_page, exit_page, channel,
    source, medium, campaign, referrer_host, device_type, product_viewed_at, product_added_at, checkout_started_at,
    order_completed_at, coalesce(orders, 0) AS orders, day
  FROM visit_parts
  LEFT JOIN told ON told_profile = profile_key AND told_day = day AND told_in = visit_at
  LEFT JOIN near ON near_profile = profile_key AND near_day = day AND near_at = visit_at
  WHERE strand = '' AND near_at IS NULL
  UNION ALL
  SELECT
    person_key, started_at, ended_at, events, page_views, entrance_page, exit_page, channel,
    origin.source AS source, origin.medium AS medium, origin.campaign AS campaign,
    origin.referrer_host AS referrer_host, device_type, product_viewed_at, product_added_at, checkout_started_at,
    order_completed_at, orders, day
  FROM (
    SELECT
      person_key,
      started_at,
      max(last_at) AS ended_at,
      CAST(sum(events) AS bigint) AS events,
      CAST(sum(page_views) AS bigint) AS page_views,
      min_by(entrance_page, ROW(entered_at, profile_key, day)) FILTER (WHERE entered_at IS NOT NULL) AS entrance_page,
      max_by(exit_page, ROW(left_at, profile_key, day)) FILTER (WHERE left_at IS NOT NULL) AS exit_page,
      min_by(channel, ROW(touched_at, profile_key, day)) FILTER (WHERE touched_at IS NOT NULL) AS channel,
      min_by(
        CAST(ROW(source, medium, campaign, referrer_host) AS ROW(source varchar, medium varchar, campaign varchar, referrer_host varchar)),
        ROW(touched_at, profile_key, day)
      ) FILTER (WHERE touched_at IS NOT NULL) AS origin,
      min_by(device_type, ROW(first_at, profile_key, day)) AS device_type,
      min(product_viewed_at) AS product_viewed_at,
      min(product_added_at) AS product_added_at,
      min(checkout_started_at) AS checkout_started_at,
      min(order_completed_at) AS order_completed_at,
      CAST(coalesce(sum(orders), 0) AS bigint) AS orders,
      min_by(day, ROW(first_at, profile_key, day)) AS day
    FROM visit_parts
    JOIN near ON near_profile = profile_key AND near_day = day AND near_at = visit_at
    LEFT JOIN told ON told_profile = profile_key AND told_day = day AND told_in = visit_at
    WHERE strand = ''
    GROUP BY person_key, started_at
  )
)
SELECT
  person_key, started_at, ended_at, date_diff('second', started_at, ended_at) AS duration_seconds, events, page_views,
  entrance_page, exit_page, page_views = 1 AND events = 1 AS is_bounce, coalesce(channel, 'direct') AS channel, source,
  medium, campaign, referrer_host, device_type, product_viewed_at, product_added_at, checkout_started_at,
  order_completed_at, orders, day
FROM met
