WITH event_days AS (
  SELECT
    day,
    count(*) AS events,
    count_if(is_bot) AS bots,
    count_if(is_imported) AS imported,
    count_if(late_seconds > 3600) AS late_over_hour,
    count_if(late_seconds > 86400) AS late_over_day,
    count_if(flags LIKE '%"clock_skewed"%') AS clock_corrected,
    count_if(flags LIKE '%"time_clamped"%') AS time_unknown,
    count_if(flags <> '[]') AS flagged,
    count_if(changes <> '[]') AS changed,
    count_if(
      flags LIKE '%"price_outlier"%' OR flags LIKE '%"quantity_outlier"%' OR flags LIKE '%"amount_outlier"%'
      OR flags LIKE '%"time_clamped"%' OR flags LIKE '%"currency_unknown"%'
    ) AS doubtful,
    count(user_id) AS with_user_id,
    count_if(event = 'Page Viewed') AS page_events,
    count_if(event = 'Page Viewed' AND page_path IS NOT NULL) AS with_page_path,
    count_if(is_of_product) AS product_events,
    count_if(is_of_product AND product_id IS NOT NULL) AS with_product_id,
    count_if(event = 'Order Completed') AS order_events,
    count_if(event = 'Order Completed' AND order_id IS NOT NULL) AS with_order_id,
    count_if(event = 'Order Completed' AND amount IS NOT NULL) AS with_amount,
    count_if(event = 'Order Completed' AND currency IS NOT NULL AND NOT is_currency_assumed) AS with_currency,
    count_if(event = 'Order Completed' AND coalesce(products, '[]') <> '[]') AS with_products
  FROM (
    SELECT
      day, event, is_bot, flags, changes, user_id, page_path, product_id, order_id, currency, products,
      starts_with(source_id, 'import:') AS is_imported,
      CASE WHEN NOT starts_with(source_id, 'import:') THEN date_diff('second', event_time, received_at) END AS late_seconds,
      coalesce(total, revenue, value) AS amount,
      changes LIKE '%"rule":"default_currency"%' AS is_currency_assumed,
      event IN (
        'Product Clicked', 'Product Viewed', 'Product Added', 'Product Removed', 'Product Shared', 'Product Reviewed',
        'Product Added to Wishlist', 'Product Removed from Wishlist', 'Wishlist Product Added to Cart'
      ) AS is_of_product
    FROM events
  )
  GROUP BY day
),
raw_days AS (
  SELECT
    day,
    sum(messages) AS received,
    sum(messages) FILTER (WHERE failed_reason IS NOT NULL) AS rejected,
    array_agg('"' || failed_reason || '":' || CAST(messages AS varchar) ORDER BY failed_reason)
      FILTER (WHERE failed_reason IS NOT NULL) AS reasons
  FROM (
    SELECT day, failed_reason, count(*) AS messages
    FROM raw
    -- What may not be stored is no defect.
    WHERE failed_reason IS NULL OR failed_reason NOT IN ('no_consent', 'erased')
    GROUP BY day, failed_reason
  )
  GROUP BY day
),
counted AS (
  SELECT
    day,
    coalesce(received, 0) AS received,
    coalesce(events, 0) AS events,
    coalesce(rejected, 0) AS rejected,
    '{' || coalesce(array_join(reasons, ','), '') || '}' AS rejects_by_reason,
    coalesce(bots, 0) AS bots,
    coalesce(imported, 0) AS imported,
    coalesce(late_over_hour, 0) AS late_over_hour,
    coalesce(late_over_day, 0) AS late_over_day,
    coalesce(clock_corrected, 0) AS clock_corrected,
    coalesce(time_unknown, 0) AS time_unknown,
    coalesce(flagged, 0) AS flagged,
    coalesce(changed, 0) AS changed,
    coalesce(doubtful, 0) AS doubtful,
    with_user_id / nullif(CAST(events AS double), 0) AS user_id_share,
    with_page_path / nullif(CAST(page_events AS double), 0) AS page_path_share,
    with_product_id / nullif(CAST(product_events AS double), 0) AS product_id_share,
    with_order_id / nullif(CAST(order_events AS double), 0) AS order_id_share,
    with_amount / nullif(CAST(order_events AS double), 0) AS order_amount_share,
    with_currency / nullif(CAST(order_events AS double), 0) AS order_currency_share,
    with_products / nullif(CAST(order_events AS double), 0) AS order_products_share,
    with_page_path + with_product_id + with_order_id + with_amount + with_currency + with_products AS filled,
    page_events + product_events + 4 * order_events AS wanted
  FROM raw_days
  FULL JOIN event_days USING (day)
),
scored AS (
  SELECT
    *,
    received - events - rejected AS duplicates,
    100 * filled / nullif(CAST(wanted AS double), 0) AS completeness,
    100 * (events + rejected) / nullif(CAST(received AS double), 0) AS uniqueness,
    100 * (events - imported - late_over_hour) / nullif(CAST(events - imported AS double), 0) AS timeliness,
    100 * (events - doubtful) / nullif(CAST(events + rejected AS double), 0) AS validity
  FROM counted
),
weighed AS (
  SELECT
    *,
    0.3E0 * coalesce(completeness, 0) + 0.2E0 * coalesce(uniqueness, 0) + 0.2E0 * coalesce(timeliness, 0)
      + 0.3E0 * coalesce(validity, 0) AS weighed_scores,
    CASE WHEN completeness IS NULL THEN 0 ELSE 0.3E0 END + CASE WHEN uniqueness IS NULL THEN 0 ELSE 0.2E0 END
      + CASE WHEN timeliness IS NULL THEN 0 ELSE 0.2E0 END + CASE WHEN validity IS NULL THEN 0 ELSE 0.3E0 END AS weights
  FROM scored
),
rated AS (
  SELECT
    *,
    weighed_scores / nullif(weights, 0) AS overall
  FROM weighed
)
SELECT
  day AS date, received, events, duplicates, rejected, rejects_by_reason, bots, imported, late_over_hour, late_over_day,
  clock_corrected, time_unknown, flagged, changed, doubtful, user_id_share, page_path_share, product_id_share,
  order_id_share, order_amount_share, order_currency_share, order_products_share, completeness, uniqueness, timeliness,
  validity, overall
FROM rated
