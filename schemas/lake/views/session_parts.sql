-- Nearly everyone's parts are half an hour or more apart: there each is a session by itself. Those of the others are put
-- in order.
SELECT
  person_key, visit_at AS started_at, first_at, last_at, events, page_views, entered_at, entrance_page, left_at,
  exit_page, touched_at, channel, source, medium, campaign, referrer_host, device_type, product_viewed_at,
  product_added_at, checkout_started_at, cart_changed_at, currency, items_added, items_removed, value_added,
  value_removed, strand, visit_at, profile_key, day
FROM visit_parts
WHERE person_key NOT IN (SELECT person_key FROM near_people)
UNION ALL
SELECT
  person_key,
  max(CASE WHEN before IS NULL OR first_at >= before + INTERVAL '30' MINUTE THEN first_at END) OVER (PARTITION BY person_key ORDER BY first_at) AS started_at,
  first_at, last_at, events, page_views, entered_at, entrance_page, left_at, exit_page, touched_at, channel, source,
  medium, campaign, referrer_host, device_type, product_viewed_at, product_added_at, checkout_started_at,
  cart_changed_at, currency, items_added, items_removed, value_added, value_removed, strand, visit_at, profile_key, day
FROM (
  SELECT
    *,
    max(CASE strand WHEN '' THEN last_at END) OVER (PARTITION BY person_key ORDER BY first_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
  FROM visit_parts
  WHERE person_key IN (SELECT person_key FROM near_people)
)
