WITH named AS (
  SELECT
    *,
    person_key || ':' || to_iso8601(started_at) AS session_id,
    started_at = min(started_at) OVER (PARTITION BY person_key) AS is_new
  FROM visits
)
SELECT
  session_id, person_key, started_at, ended_at, duration_seconds, events, page_views, entrance_page, exit_page,
  is_bounce, channel, source, medium, campaign, referrer_host, device_type, orders, is_new, day
FROM named
