SELECT
  message_id, person_key, event_time AS viewed_at, product_id, product_name, category, brand, price, currency, day
FROM events
WHERE NOT is_bot AND event = 'Product Viewed' AND product_id IS NOT NULL
