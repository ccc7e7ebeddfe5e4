-- What the sealer has gathered of sealed days, and the same of the events of later ones. There a part is what lies in one
-- half hour of the clock: less than half an hour apart, and so of one visit. Each event counts in its part, and an order
-- or a change of the cart once more in a row of its own, a strand.
SELECT
  profile_key, strand, visit_at, first_at, last_at, events, page_views, entered_at, entrance_page, left_at, exit_page,
  touched_at, channel, source, medium, campaign, referrer_host, device_type, product_viewed_at, product_added_at,
  checkout_started_at, ordered_at, cart_changed_at, currency, items_added, items_removed, value_added, value_removed,
  coalesce(person_key, profile_key) AS person_key, day
FROM visit_parts_sealed
LEFT JOIN (
  SELECT profile_key AS joined_key, person_key FROM identities
) ON joined_key = profile_key
WHERE day < (SELECT visits_before FROM sealing)
UNION ALL
SELECT
  profile_key, strand, visit_at, first_at, last_at, events, page_views, entered_at, entrance_page, left_at, exit_page,
  touched_at, channel, origin.source AS source, origin.medium AS medium, origin.campaign AS campaign,
  origin.referrer_host AS referrer_host, device_type, product_viewed_at, product_added_at, checkout_started_at,
  ordered_at, cart_changed_at, currency, items_added, items_removed, value_added, value_removed, person_key, day
FROM (
  SELECT
    profile_key,
    person_key,
    day,
    visit_at,
    strand,
    CASE WHEN strand LIKE 'cart%' THEN currency END AS currency,
    min(event_time) AS first_at,
    max(event_time) AS last_at,
    count_if(strand = '') AS events,
    count_if(strand = '' AND type <> 'track') AS page_views,
    min(event_time) FILTER (WHERE strand = '' AND type <> 'track') AS entered_at,
    min_by(page, ROW(event_time, message_id)) FILTER (WHERE strand = '' AND type <> 'track') AS entrance_page,
    max(event_time) FILTER (WHERE strand = '' AND type <> 'track') AS left_at,
    max_by(page, ROW(event_time, message_id)) FILTER (WHERE strand = '' AND type <> 'track') AS exit_page,
    min(event_time) FILTER (WHERE strand = '' AND channel <> 'on_site') AS touched_at,
    min_by(channel, ROW(event_time, message_id)) FILTER (WHERE strand = '' AND channel <> 'on_site') AS channel,
    min_by(CAST(ROW(source, utm_medium, utm_campaign, referrer_host) AS ROW(source varchar, medium varchar, campaign varchar, referrer_host varchar)), ROW(event_time, message_id)) FILTER (WHERE strand = '' AND channel <> 'on_site') AS origin,
    min_by(device_type, ROW(event_time, message_id)) FILTER (WHERE strand = '') AS device_type,
    min(event_time) FILTER (WHERE strand = '' AND event = 'Product Viewed') AS product_viewed_at,
    min(event_time) FILTER (WHERE is_addition) AS product_added_at,
    min(event_time) FILTER (WHERE strand = '' AND event = 'Checkout Started') AS checkout_started_at,
    min(event_time) FILTER (WHERE strand <> '' AND event = 'Order Completed') AS ordered_at,
    max(event_time) FILTER (WHERE strand <> '' AND event <> 'Order Completed') AS cart_changed_at,
    CASE WHEN strand LIKE 'cart%' THEN count_if(is_addition) END AS items_added,
    CASE WHEN strand LIKE 'cart%' THEN count_if(event = 'Product Removed') END AS items_removed,
    TRY_CAST(sum(worth) FILTER (WHERE strand <> '' AND is_addition) AS decimal(18,4)) AS value_added,
    TRY_CAST(sum(worth) FILTER (WHERE strand <> '' AND event = 'Product Removed') AS decimal(18,4)) AS value_removed
  FROM (
    SELECT
      *,
      CASE WHEN abs(changed) <= 1000000000 THEN CAST(changed AS decimal(18,4)) END AS worth,
      CASE
        WHEN side = 1 THEN ''
        WHEN event = 'Order Completed' THEN coalesce('order ' || order_id, 'message ' || source_id || ' ' || message_id)
        ELSE coalesce('cart ' || currency, 'cart')
      END AS strand
    FROM (
      SELECT
        *,
        coalesce(utm_source, referrer_host) AS source,
        CASE type WHEN 'page' THEN page_path ELSE name END AS page,
        event IN ('Product Added', 'Wishlist Product Added to Cart') AS is_addition,
        price * TRY_CAST(quantity AS decimal(18,4)) AS changed,
        min(event_time) OVER (PARTITION BY profile_key, day, floor(to_unixtime(event_time) / 1800)) AS visit_at
      FROM events
      WHERE day >= (SELECT visits_before FROM sealing)
        AND NOT is_bot AND type IN ('page', 'screen', 'track') AND event_time IS NOT NULL
        AND event NOT IN (
          'Email Delivered', 'Email Opened', 'Email Link Clicked', 'Email Bounced', 'Email Marked as Spam',
          'Unsubscribed', 'Order Updated', 'Order Cancelled', 'Order Refunded'
        )
    )
    CROSS JOIN (VALUES 1, 2) AS sides (side)
    WHERE side = 1
      OR event IN ('Order Completed', 'Product Added', 'Wishlist Product Added to Cart', 'Product Removed')
  )
  GROUP BY profile_key, person_key, day, visit_at, strand, CASE WHEN strand LIKE 'cart%' THEN currency END
)
