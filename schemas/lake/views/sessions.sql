WITH gathered AS (
  SELECT
    person_key,
    started_at,
    started_at = min(person_since) AS is_new,
    max(last_at) AS ended_at,
    CAST(sum(events) AS bigint) AS events,
    CAST(sum(page_views) AS bigint) AS page_views,
    min_by(entrance_page, entered_at) FILTER (WHERE page_views > 0) AS entrance_page,
    max_by(exit_page, left_at) FILTER (WHERE page_views > 0) AS exit_page,
    min_by(channel, ROW(touched_at, strand)) FILTER (WHERE touched_at IS NOT NULL) AS channel,
    min_by(
      CAST(ROW(source, medium, campaign, referrer_host) AS ROW(source varchar, medium varchar, campaign varchar, referrer_host varchar)),
      ROW(touched_at, strand)
    ) FILTER (WHERE touched_at IS NOT NULL) AS origin,
    min_by(device_type, ROW(first_at, strand)) AS device_type,
    count(order_completed_at) AS orders,
    min_by(day, ROW(first_at, strand)) AS day
  FROM session_parts
  GROUP BY person_key, started_at
),
named AS (
  SELECT
    *,
    person_key || ':' || to_iso8601(started_at) AS session_id,
    date_diff('second', started_at, ended_at) AS duration_seconds,
    page_views = 1 AND events = 1 AS is_bounce,
    coalesce(channel, 'direct') AS first_channel
  FROM gathered
)
SELECT
  session_id, person_key, started_at, ended_at, duration_seconds, events, page_views, entrance_page, exit_page,
  is_bounce, first_channel AS channel, origin.source AS source, origin.medium AS medium, origin.campaign AS campaign,
  origin.referrer_host AS referrer_host, device_type, orders, is_new, day
FROM named
