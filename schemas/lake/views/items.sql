SELECT
  item_id, title, category, brand, price, currency, tags, stock, hidden, is_for_sale, image_url, product_url, updated_at,
  snapshot_at
FROM catalog_items
JOIN (
  SELECT max(value) AS last_snapshot
  FROM lake_marks
  WHERE mark = 'catalog_snapshot' AND effective_at <= localtimestamp
) ON day = substr(last_snapshot, 1, 10) AND snapshot = last_snapshot
