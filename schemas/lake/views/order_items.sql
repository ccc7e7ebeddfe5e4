WITH items AS (
  SELECT
    order_id, source_id, item, line, currency, person_key, ordered_at, day
  FROM orders CROSS JOIN UNNEST(CAST(json_parse(products) AS array(json))) WITH ORDINALITY AS listed (item, line)
),
counted AS (
  SELECT
    *,
    CAST(line AS integer) AS line_number,
    json_extract_scalar(item, '$.product_id') AS product_id,
    json_extract_scalar(item, '$.sku') AS sku,
    json_extract_scalar(item, '$.name') AS product_name,
    json_extract_scalar(item, '$.category') AS category,
    json_extract_scalar(item, '$.brand') AS brand,
    json_extract_scalar(item, '$.variant') AS variant,
    TRY_CAST(json_extract_scalar(item, '$.quantity') AS double) AS quantity,
    TRY_CAST(json_extract_scalar(item, '$.price') AS decimal(18,4)) AS price
  FROM items
),
priced AS (
  SELECT
    *,
    TRY_CAST(price * TRY_CAST(quantity AS decimal(18,4)) AS decimal(18,4)) AS amount
  FROM counted
)
SELECT
  order_id, source_id, line_number AS line, product_id, sku, product_name, category, brand, variant, quantity, price, amount,
  currency, person_key, ordered_at, day
FROM priced
