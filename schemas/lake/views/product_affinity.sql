-- Each order gives all pairs of its products, each product with itself as well: those say in how many orders it is. So
-- orders are read once, and no table is joined with itself.
WITH baskets AS (
  SELECT products, count(*) OVER () AS orders_total
  FROM (
    SELECT array_agg(DISTINCT product_id) AS products
    FROM order_items
    WHERE product_id IS NOT NULL
    GROUP BY person_key, source_id, order_id
  )
  WHERE cardinality(products) <= 100
),
pairs AS (
  SELECT
    product_a, product_b,
    count(*) AS orders,
    max(orders_total) AS orders_total
  FROM baskets
  CROSS JOIN UNNEST(products) AS one (product_a)
  CROSS JOIN UNNEST(products) AS other (product_b)
  WHERE product_a <= product_b
  GROUP BY product_a, product_b
),
counted AS (
  SELECT
    *,
    max(CASE WHEN product_a = product_b THEN orders END) OVER (PARTITION BY product_a) AS orders_a,
    max(CASE WHEN product_a = product_b THEN orders END) OVER (PARTITION BY product_b) AS orders_b
  FROM pairs
),
rated AS (
  SELECT
    *,
    orders / CAST(orders_total AS double) AS support,
    orders / CAST(orders_a AS double) AS confidence_ab,
    orders / CAST(orders_b AS double) AS confidence_ba,
    CAST(orders AS double) * orders_total / (CAST(orders_a AS double) * orders_b) AS lift
  FROM counted
  WHERE product_a < product_b AND orders >= 2
)
SELECT
  product_a, product_b, orders AS orders_together, orders_a, orders_b, orders_total, support, confidence_ab,
  confidence_ba, lift
FROM rated
