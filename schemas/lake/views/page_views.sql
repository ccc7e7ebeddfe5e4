WITH viewed AS (
  SELECT
    message_id,
    person_key,
    event_time AS viewed_at,
    CASE type WHEN 'page' THEN page_path ELSE name END AS page_path,
    page_host,
    CASE type WHEN 'page' THEN coalesce(page_title, name) ELSE name END AS page_title,
    page_url,
    referrer_host,
    channel,
    device_type,
    day
  FROM events
  WHERE NOT is_bot AND type IN ('page', 'screen')
)
SELECT
  message_id, person_key, viewed_at, page_path, page_host, page_title, page_url, referrer_host, channel, device_type,
  day
FROM viewed
