import { day, money, number, share, text, whole } from '../columns.ts';
import { currency, limit, period, range, segment } from '../parameters.ts';
import { PERIODS, partOf, periodOf } from '../periods.ts';
import type { Report } from '../report.ts';

const ordered = 'ordered_at >= :from AND ordered_at < :until';
const date = day('date', 'First day of the period, UTC.');

/** Which orders are the first of a person, and what is later told of an order, takes all of the past. */
const history = 'all';

export const revenue: Report = {
  name: 'revenue',
  title: 'Revenue',
  description:
    'What orders brought, what was paid back of them, and what is left, by when they were placed. Money of one currency only.',
  parameters: [...range, period, segment, currency],
  columns: [
    date,
    whole('orders', 'Orders placed in the currency.'),
    money('gross', 'What they came to.'),
    money('refunded', 'What was paid back of them by now.'),
    money('cancelled', 'What is left of those that were cancelled.'),
    money('net', 'gross less refunded and cancelled.'),
    money('average_order', 'gross an order.'),
  ],
  history,
  sql: `WITH placed AS (
SELECT
  ${periodOf('ordered_at')} AS date,
  amount,
  refunded,
  CASE WHEN is_cancelled THEN greatest(amount - refunded, 0) ELSE 0 END AS cancelled
FROM orders CROSS JOIN ${PERIODS}
WHERE period = :period AND ${ordered} AND currency = :currency
)
SELECT
  date,
  count(*) AS orders,
  sum(amount) AS gross,
  sum(refunded) AS refunded,
  sum(cancelled) AS cancelled,
  sum(amount - refunded - cancelled) AS net,
  CAST(sum(amount) AS double) / count(*) AS average_order
FROM placed
GROUP BY date
ORDER BY date`,
  chart: { kind: 'line', x: 'date', y: ['gross', 'net'] },
};

export const orders: Report = {
  name: 'orders',
  title: 'Orders',
  description: 'Orders by when they were placed: first ones and later ones, their size, and how many were cancelled.',
  parameters: [...range, period, segment],
  columns: [
    date,
    whole('orders', 'Orders placed, of any currency.'),
    whole('first_orders', 'Those that were the first of their person.'),
    whole('repeat_orders', 'All others.'),
    whole('buyers', 'People who placed them.'),
    number('units', 'Units of products in them.'),
    whole('cancelled_orders', 'Those that were cancelled by now.'),
    share('cancellation_rate', 'Part of the orders that was cancelled.'),
  ],
  history,
  sql: `SELECT
  ${periodOf('ordered_at')} AS date,
  count(*) AS orders,
  count_if(is_first) AS first_orders,
  count_if(NOT is_first) AS repeat_orders,
  count(DISTINCT person_key) AS buyers,
  sum(units) AS units,
  count_if(is_cancelled) AS cancelled_orders,
  ${partOf('count_if(is_cancelled)', 'count(*)')} AS cancellation_rate
FROM orders CROSS JOIN ${PERIODS}
WHERE period = :period AND ${ordered}
GROUP BY 1
ORDER BY date`,
  chart: { kind: 'stackedBar', x: 'date', y: ['repeat_orders', 'first_orders'] },
};

export const refunds: Report = {
  name: 'refunds',
  title: 'Refunds',
  description: 'What was paid back, by when that was. Money of one currency only.',
  parameters: [...range, period, segment, currency],
  columns: [
    date,
    whole('refunds', 'Refunds in the currency.'),
    whole('orders', 'Orders that they are about.'),
    whole('whole_refunds', 'Those that pay back a whole order.'),
    money('amount', 'What was paid back.'),
  ],
  history,
  sql: `SELECT
  ${periodOf('refunded_at')} AS date,
  count(*) AS refunds,
  count(DISTINCT order_id) AS orders,
  count_if(is_whole) AS whole_refunds,
  sum(amount) AS amount
FROM refunds CROSS JOIN ${PERIODS}
WHERE period = :period AND refunded_at >= :from AND refunded_at < :until AND currency = :currency
GROUP BY 1
ORDER BY date`,
  chart: { kind: 'bar', x: 'date', y: ['amount'], right: ['refunds'] },
};

export const carts: Report = {
  name: 'carts',
  title: 'Carts and how many are left behind',
  description: 'Carts by when their first product was put in. Values are of one currency only; counts of all.',
  parameters: [...range, period, segment, currency],
  columns: [
    date,
    whole('carts', 'Visits in which a product was put into the cart.'),
    whole('checkouts', 'Those that went to the checkout.'),
    whole('ordered', 'Those that ended with an order.'),
    whole('abandoned', 'Those in which something was left, and no order was completed.'),
    share('abandonment_rate', 'Part of the carts that was left behind.'),
    money('abandoned_value', 'What was left in those of the currency.'),
  ],
  history: { days: 1 },
  sql: `SELECT
  ${periodOf('first_added_at')} AS date,
  count(*) AS carts,
  count_if(checkout_started) AS checkouts,
  count_if(ordered) AS ordered,
  count_if(is_abandoned) AS abandoned,
  ${partOf('count_if(is_abandoned)', 'count(*)')} AS abandonment_rate,
  coalesce(sum(value) FILTER (WHERE is_abandoned AND currency = (SELECT currency FROM reporting)), 0) AS abandoned_value
FROM carts CROSS JOIN ${PERIODS}
WHERE period = :period AND first_added_at >= :from AND first_added_at < :until
GROUP BY 1
ORDER BY date`,
  chart: { kind: 'stackedBar', x: 'date', y: ['ordered', 'abandoned'], right: ['abandonment_rate'] },
};

export const products: Report = {
  name: 'products',
  title: 'Products',
  description:
    'What people look at, put into the cart and buy. Revenue is price times quantity of order lines of one currency, before any discount.',
  parameters: [
    ...range,
    segment,
    currency,
    { name: 'category', type: 'text', description: 'Only products of this category.' },
    { name: 'brand', type: 'text', description: 'Only products of this brand.' },
    {
      name: 'by',
      type: 'choice',
      values: ['revenue', 'units', 'views'],
      default: 'revenue',
      description: 'What the list is ordered by, the most first.',
    },
    limit(),
  ],
  columns: [
    text('product_id', 'Product.'),
    text('product_name', 'Its last name.'),
    text('category', 'Its last category.'),
    text('brand', 'Its last brand.'),
    whole('views', 'Times it was looked at.'),
    whole('viewers', 'People who looked at it.'),
    whole('additions', 'Times it was put into a cart.'),
    whole('orders', 'Orders that hold it.'),
    number('units', 'Units in them.'),
    money('revenue', 'Price times quantity of their lines, of the currency.'),
    share('buy_rate', 'Orders for each person who looked at it.'),
  ],
  history,
  sql: `WITH told AS (
SELECT
  product_id, product_name, category, brand, viewed_at AS told_at, person_key AS viewer, CAST(NULL AS varchar) AS added,
  CAST(NULL AS varchar) AS order_id, CAST(NULL AS double) AS units, CAST(NULL AS decimal(18,4)) AS amount
FROM product_views
WHERE viewed_at >= :from AND viewed_at < :until
UNION ALL
SELECT product_id, product_name, category, brand, event_time, NULL, message_id, NULL, NULL, NULL
FROM events
WHERE event IN ('Product Added', 'Wishlist Product Added to Cart') AND NOT is_bot AND event_time >= :from AND event_time < :until
UNION ALL
SELECT
  product_id, product_name, category, brand, ordered_at, NULL, NULL, order_id, quantity,
  CASE WHEN currency = (SELECT currency FROM reporting) THEN amount END
FROM order_items
WHERE ${ordered}
),
summed AS (
SELECT
  product_id,
  max_by(product_name, told_at) AS product_name,
  max_by(category, told_at) AS category,
  max_by(brand, told_at) AS brand,
  count(viewer) AS views,
  count(DISTINCT viewer) AS viewers,
  count(added) AS additions,
  count(DISTINCT order_id) AS orders,
  coalesce(sum(units), 0) AS units,
  coalesce(sum(amount), 0) AS revenue
FROM told
WHERE product_id IS NOT NULL
GROUP BY product_id
),
placed AS (
SELECT
  *,
  row_number() OVER (
    PARTITION BY ordering
    ORDER BY CASE ordering WHEN 'revenue' THEN CAST(revenue AS double) WHEN 'units' THEN units ELSE views END DESC, views DESC, product_id
  ) AS place
FROM summed CROSS JOIN (VALUES 'revenue', 'units', 'views') AS orderings (ordering)
WHERE ordering = :by AND (:category = '' OR category = :category) AND (:brand = '' OR brand = :brand)
)
SELECT
  product_id, product_name, category, brand, views, viewers, additions, orders, units, revenue,
  ${partOf('orders', 'viewers')} AS buy_rate
FROM placed
WHERE place <= :limit
ORDER BY place`,
  chart: { kind: 'rows', label: ['product_name'], y: ['revenue'] },
};

export const productAffinity: Report = {
  name: 'product-affinity',
  title: 'Products that are bought together',
  description: 'Pairs of products in one order, of all orders; with a product, what is bought together with it.',
  parameters: [
    { name: 'product', type: 'text', description: 'Only pairs with this product: its product_id.' },
    segment,
    limit(),
  ],
  columns: [
    text('product_id', 'One product.'),
    text('product_name', 'Its last name.'),
    text('with_product_id', 'The other one.'),
    text('with_product_name', 'Its last name.'),
    whole('orders_together', 'Orders with both.'),
    share('support', 'Part of all orders that have both.'),
    share('confidence', 'Part of the orders of the one that have the other as well.'),
    number('lift', 'How many times as often as if the two had nothing to do with each other.'),
  ],
  history,
  sql: `WITH names AS (
SELECT product_id AS named_id, max_by(product_name, ordered_at) AS product_name
FROM order_items
WHERE product_id IS NOT NULL
GROUP BY product_id
),
pairs AS (
SELECT
  CASE side WHEN 1 THEN product_a ELSE product_b END AS product_id,
  CASE side WHEN 1 THEN product_b ELSE product_a END AS with_product_id,
  CASE side WHEN 1 THEN confidence_ab ELSE confidence_ba END AS confidence,
  orders_together,
  support,
  lift
FROM product_affinity CROSS JOIN (VALUES 1, 2) AS sides (side)
WHERE (:product = '' AND side = 1) OR (:product = product_a AND side = 1) OR (:product = product_b AND side = 2)
),
placed AS (
SELECT *, row_number() OVER (ORDER BY orders_together DESC, lift DESC, product_id, with_product_id) AS place
FROM pairs
)
SELECT
  product_id, one.product_name AS product_name, with_product_id, other.product_name AS with_product_name,
  orders_together, support, confidence, lift
FROM placed
LEFT JOIN names AS one ON one.named_id = product_id
LEFT JOIN names AS other ON other.named_id = with_product_id
WHERE place <= :limit
ORDER BY place`,
  chart: { kind: 'rows', label: ['product_name', 'with_product_name'], y: ['orders_together'] },
};
