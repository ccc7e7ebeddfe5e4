-- Events of a person within the same half hour of the clock are less than half an hour apart, and so of one session:
-- they are gathered first, so that half hours are put in order, and not events. What is told of each order, and of the
-- cart in each currency, is gathered by itself.
WITH gathered AS (
  SELECT
    person_key,
    floor(to_unixtime(event_time) / 1800) AS half_hour,
    CASE
      WHEN event = 'Order Completed' THEN coalesce('order ' || order_id, 'message ' || source_id || ' ' || message_id)
      WHEN event IN ('Product Added', 'Wishlist Product Added to Cart', 'Product Removed') THEN coalesce('cart ' || currency, 'cart')
      ELSE ''
    END AS strand,
    CASE WHEN event IN ('Product Added', 'Wishlist Product Added to Cart', 'Product Removed') THEN currency END AS currency,
    min(event_time) AS first_at,
    max(event_time) AS last_at,
    min(day) AS day,
    count(*) AS events,
    count_if(type <> 'track') AS page_views,
    min(event_time) FILTER (WHERE type <> 'track') AS entered_at,
    min_by(CASE type WHEN 'page' THEN page_path ELSE name END, ROW(event_time, message_id)) FILTER (WHERE type <> 'track') AS entrance_page,
    max(event_time) FILTER (WHERE type <> 'track') AS left_at,
    max_by(CASE type WHEN 'page' THEN page_path ELSE name END, ROW(event_time, message_id)) FILTER (WHERE type <> 'track') AS exit_page,
    min(event_time) FILTER (WHERE channel <> 'on_site') AS touched_at,
    min_by(channel, ROW(event_time, message_id)) FILTER (WHERE channel <> 'on_site') AS channel,
    min_by(CAST(ROW(coalesce(utm_source, referrer_host), utm_medium, utm_campaign, referrer_host) AS ROW(source varchar, medium varchar, campaign varchar, referrer_host varchar)), ROW(event_time, message_id)) FILTER (WHERE channel <> 'on_site') AS origin,
    min_by(device_type, ROW(event_time, message_id)) AS device_type,
    min(event_time) FILTER (WHERE event = 'Product Viewed') AS product_viewed_at,
    min(event_time) FILTER (WHERE event IN ('Product Added', 'Wishlist Product Added to Cart')) AS product_added_at,
    min(event_time) FILTER (WHERE event = 'Checkout Started') AS checkout_started_at,
    min(event_time) FILTER (WHERE event = 'Order Completed') AS ordered_at,
    max(event_time) FILTER (WHERE event IN ('Product Added', 'Wishlist Product Added to Cart', 'Product Removed')) AS cart_changed_at,
    count_if(event IN ('Product Added', 'Wishlist Product Added to Cart')) AS items_added,
    count_if(event = 'Product Removed') AS items_removed,
    TRY_CAST(sum(price * TRY_CAST(quantity AS decimal(18,4))) FILTER (WHERE event IN ('Product Added', 'Wishlist Product Added to Cart')) AS decimal(18,4)) AS value_added,
    TRY_CAST(sum(price * TRY_CAST(quantity AS decimal(18,4))) FILTER (WHERE event = 'Product Removed') AS decimal(18,4)) AS value_removed
  FROM events
  WHERE NOT is_bot AND type IN ('page', 'screen', 'track')
    AND event NOT IN (
      'Email Delivered', 'Email Opened', 'Email Link Clicked', 'Email Bounced', 'Email Marked as Spam', 'Unsubscribed',
      'Order Updated', 'Order Cancelled', 'Order Refunded'
    )
  GROUP BY 1, 2, 3, 4
),
in_order AS (
  SELECT
    *,
    min(first_at) OVER (PARTITION BY person_key ORDER BY first_at) AS person_since,
    max(last_at) OVER (PARTITION BY person_key ORDER BY first_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before,
    row_number() OVER (PARTITION BY person_key, strand ORDER BY first_at) AS telling
  FROM gathered
),
in_sessions AS (
  SELECT
    *,
    max(CASE WHEN before IS NULL OR first_at >= before + INTERVAL '30' MINUTE THEN first_at END) OVER (PARTITION BY person_key ORDER BY first_at) AS started_at,
    CASE WHEN telling = 1 THEN ordered_at END AS order_completed_at
  FROM in_order
)
SELECT
  person_key, started_at, person_since, first_at, last_at, events, page_views, entered_at, entrance_page, left_at,
  exit_page, touched_at, channel, origin.source AS source, origin.medium AS medium, origin.campaign AS campaign,
  origin.referrer_host AS referrer_host, device_type, product_viewed_at,
  product_added_at, checkout_started_at, order_completed_at, cart_changed_at, currency, items_added, items_removed,
  value_added, value_removed, strand, day
FROM in_sessions
