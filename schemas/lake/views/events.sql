SELECT
  message_id, source_id, type, event, name, user_id, anonymous_id, group_id, previous_id, profile_key,
  event_time, received_at, sent_at, original_timestamp, session_id, page_url, page_host, page_path,
  page_title, referrer, referrer_host, utm_source, utm_medium, utm_campaign, utm_term, utm_content,
  click_id_type, click_id, channel, user_agent, browser, browser_version, os, os_version, device_type,
  is_bot, ip, locale, timezone, app_name, app_version, library, library_version, product_id, sku,
  product_name, category, brand, variant, price, quantity, position, product_url, image_url, products,
  currency, value, revenue, total, subtotal, shipping, tax, discount, coupon, order_id, checkout_id, cart_id,
  list_id, wishlist_id, query, affiliation, step, shipping_method, payment_method, promotion_id, coupon_id,
  review_id, rating, email_id, email_subject, campaign_id, campaign_name, link_id, link_url, properties,
  traits, context, integrations, flags, changes, shard_id, sequence_number, record_index,
  coalesce(person_key, profile_key) AS person_key, day
FROM (
  SELECT
    *,
    row_number() OVER (
      PARTITION BY source_id, profile_key, message_id
      ORDER BY received_at, sequence_number, record_index
    ) AS copy
  FROM events_landed
)
LEFT JOIN (
  SELECT profile_key AS joined_key, person_key FROM identities
) ON joined_key = profile_key
WHERE copy = 1
