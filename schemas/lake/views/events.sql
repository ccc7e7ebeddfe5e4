-- Sealed days as they are; later ones without copies: rows that came before in the last seven days, sealed or not.
SELECT
  message_id, source_id, type, event, name, user_id, anonymous_id, group_id, previous_id, profile_key, event_time,
  received_at, sent_at, original_timestamp, session_id, page_url, page_host, page_path, page_title, referrer,
  referrer_host, utm_source, utm_medium, utm_campaign, utm_term, utm_content, click_id_type, click_id, channel,
  user_agent, browser, browser_version, os, os_version, device_type, is_bot, ip, locale, timezone, app_name,
  app_version, library, library_version, product_id, sku, product_name, category, brand, variant, price, quantity,
  position, product_url, image_url, products, currency, value, revenue, total, subtotal, shipping, tax, discount,
  coupon, order_id, checkout_id, cart_id, list_id, wishlist_id, query, affiliation, step, shipping_method,
  payment_method, promotion_id, coupon_id, review_id, rating, email_id, email_subject, campaign_id, campaign_name,
  link_id, link_url, properties, traits, context, integrations, flags, changes, shard_id, sequence_number,
  record_index, coalesce(person_key, profile_key) AS person_key, day
FROM (
  SELECT
    message_id, source_id, type, event, name, user_id, anonymous_id, group_id, previous_id, profile_key, event_time,
    received_at, sent_at, original_timestamp, session_id, page_url, page_host, page_path, page_title, referrer,
    referrer_host, utm_source, utm_medium, utm_campaign, utm_term, utm_content, click_id_type, click_id, channel,
    user_agent, browser, browser_version, os, os_version, device_type, is_bot, ip, locale, timezone, app_name,
    app_version, library, library_version, product_id, sku, product_name, category, brand, variant, price, quantity,
    position, product_url, image_url, products, currency, value, revenue, total, subtotal, shipping, tax, discount,
    coupon, order_id, checkout_id, cart_id, list_id, wishlist_id, query, affiliation, step, shipping_method,
    payment_method, promotion_id, coupon_id, review_id, rating, email_id, email_subject, campaign_id, campaign_name,
    link_id, link_url, properties, traits, context, integrations, flags, changes, shard_id, sequence_number,
    record_index, day
  FROM events_sealed
  WHERE day < (SELECT sealed_before FROM sealing)
  UNION ALL
  SELECT
    message_id, source_id, type, event, name, user_id, anonymous_id, group_id, previous_id, profile_key, event_time,
    received_at, sent_at, original_timestamp, session_id, page_url, page_host, page_path, page_title, referrer,
    referrer_host, utm_source, utm_medium, utm_campaign, utm_term, utm_content, click_id_type, click_id, channel,
    user_agent, browser, browser_version, os, os_version, device_type, is_bot, ip, locale, timezone, app_name,
    app_version, library, library_version, product_id, sku, product_name, category, brand, variant, price, quantity,
    position, product_url, image_url, products, currency, value, revenue, total, subtotal, shipping, tax, discount,
    coupon, order_id, checkout_id, cart_id, list_id, wishlist_id, query, affiliation, step, shipping_method,
    payment_method, promotion_id, coupon_id, review_id, rating, email_id, email_subject, campaign_id, campaign_name,
    link_id, link_url, properties, traits, context, integrations, flags, changes, shard_id, sequence_number,
    record_index, day
  FROM (
    SELECT
      *,
      lag(day) OVER (
        PARTITION BY id
        ORDER BY day, received_at, sequence_number, record_index
      ) AS copied_on
    FROM (
      SELECT
        *,
        substr(to_hex(md5(to_utf8(concat_ws(chr(0), source_id, profile_key, message_id)))), 1, 20) AS id
      FROM events_landed
      WHERE day >= (SELECT sealed_before FROM sealing)
    )
  )
  LEFT JOIN (
    SELECT id AS sealed_id, max(day) AS sealed_on
    FROM sealed_ids
    WHERE relation = 'events' AND day < (SELECT sealed_before FROM sealing)
    GROUP BY id
  ) ON sealed_id = id
  WHERE coalesce(copied_on, sealed_on) IS NULL
    OR date_diff('day', CAST(coalesce(copied_on, sealed_on) AS date), CAST(day AS date)) > 7
)
LEFT JOIN (
  SELECT profile_key AS joined_key, person_key FROM identities
) ON joined_key = profile_key
