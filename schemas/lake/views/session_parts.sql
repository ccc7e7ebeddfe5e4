SELECT
  person_key, coalesce(near_start, visit_at) AS started_at, first_at, last_at, events, page_views, entered_at,
  entrance_page, left_at, exit_page, touched_at, channel, source, medium, campaign, referrer_host, device_type,
  product_viewed_at, product_added_at, checkout_started_at, cart_changed_at, currency, items_added, items_removed,
  value_added, value_removed, strand, visit_at, profile_key, day
FROM visit_parts
LEFT JOIN (
  SELECT profile_key AS near_profile, day AS near_day, visit_at AS near_at, started_at AS near_start FROM near_parts
) ON near_profile = profile_key AND near_day = day AND near_at = visit_at
