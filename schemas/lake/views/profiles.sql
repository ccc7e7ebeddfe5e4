SELECT
  profile_id, person_key, user_id, keys, traits, segments, consent, first_seen_at, last_seen_at, event_count,
  orders, orders_cancelled, first_order_at, last_order_at, currency, revenue, refunded, net_revenue,
  first_touch_at, first_touch_channel, first_touch_source, first_touch_medium, first_touch_campaign,
  last_touch_at, last_touch_channel, last_touch_source, last_touch_medium, last_touch_campaign,
  computed, snapshot_at
FROM profile_snapshots
JOIN (
  SELECT max(value) AS last_snapshot
  FROM lake_marks
  WHERE mark = 'profiles_snapshot' AND effective_at <= localtimestamp
) ON day = substr(last_snapshot, 1, 10) AND snapshot = last_snapshot
