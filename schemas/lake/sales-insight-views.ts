import { amount, big, instant, type LakeView, number, text } from './column.ts';

const date = text('date', 'UTC day, YYYY-MM-DD.');
const reportingCurrency = text('currency', 'The reporting currency: that of every amount of the row.');

const kpiDaily: LakeView = {
  name: 'kpi_daily',
  comment:
    'How the shop does, one row a day from the first to the last, empty ones too. Sessions and people without robots.',
  columns: [
    date,
    big('visitors', 'People who began a session.'),
    big('new_visitors', 'Those of them who had never had one.'),
    big('returning_visitors', 'visitors - new_visitors.'),
    big('sessions', 'Sessions that began.'),
    big('bounces', 'Those of one page or screen and nothing else.'),
    number('bounce_rate', 'bounces / sessions, from 0 to 1; null without a session.'),
    big('page_views', 'Pages and screens that were seen.'),
    number('average_session_seconds', 'Mean length of the sessions; null without one.'),
    big('carts', 'Sessions in which a product was put into the cart.'),
    big('checkouts', 'Sessions in which the checkout was started.'),
    big('orders', 'Orders completed, in any currency and by whomever, cancelled ones too.'),
    big('converting_sessions', 'Sessions with an order.'),
    number('conversion_rate', 'converting_sessions / sessions, from 0 to 1; null without a session.'),
    big('buyers', 'People with an order.'),
    big('new_buyers', 'Those of them whose first order it is.'),
    number('units', 'Units in the orders.'),
    reportingCurrency,
    amount('revenue', 'What was paid for orders in the reporting currency, refunds and cancellations aside.'),
    amount('refunds', 'What was paid back on the day, in the reporting currency, for orders of any day.'),
    amount('net_revenue', 'revenue - refunds.'),
    amount('average_order_value', 'revenue / orders in the reporting currency; null without one.'),
    big('dau', 'People who were in the shop on the day.'),
    big('wau', 'People who were in the shop on the day or the 6 before it.'),
    big('mau', 'People who were in the shop on the day or the 29 before it.'),
    number('stickiness', 'dau / mau, from 0 to 1; null when nobody was there for 30 days.'),
  ],
};

const marketingPerformance: LakeView = {
  name: 'marketing_performance',
  comment:
    'What each campaign cost and brought by day: spend, sessions that began, and orders by the last touch, on the day of the order. Sum up before dividing.',
  columns: [
    date,
    text('channel', 'Traffic channel; spend on another name for one, as cleaning knows it, stands under the channel.'),
    text('source', 'Campaign source in lower case, else the host of the referring page.'),
    text('medium', 'Campaign medium in lower case.'),
    text('campaign', 'Campaign name in lower case.'),
    reportingCurrency,
    amount('cost', 'What was spent in the reporting currency.'),
    big('impressions', 'How often it was shown.'),
    big('clicks', 'How often it was clicked, as the network counts.'),
    big('sessions', 'Sessions that it brought.'),
    big('visitors', 'People in those.'),
    big('orders', 'Orders whose last touch it is: the last session of 30 days that is not direct.'),
    big('new_customers', 'First orders among them.'),
    amount('revenue', 'What was paid for them in the reporting currency.'),
    number('ctr', 'Click-through rate: clicks / impressions; null without any, as below.'),
    amount('cpc', 'Cost of a click; null where nothing was spent, as below.'),
    amount('cpa', 'Cost of an order: cost / orders.'),
    amount('cac', 'Cost of a new customer: cost / new_customers.'),
    number('roas', 'Return on what was spent: revenue / cost.'),
    number('roi', '(revenue - cost) / cost.'),
  ],
};

const productAffinity: LakeView = {
  name: 'product_affinity',
  comment:
    'Products that are bought together, one row a pair with at least two orders. Orders of over 100 products are left out.',
  columns: [
    text('product_a', 'Product, the first of the two by id.'),
    text('product_b', 'The other product.'),
    big('orders_together', 'Orders with both.'),
    big('orders_a', 'Orders with product_a.'),
    big('orders_b', 'Orders with product_b.'),
    big('orders_total', 'Orders with any product.'),
    number('support', 'orders_together / orders_total.'),
    number('confidence_ab', 'orders_together / orders_a: how often who buys a buys b, too.'),
    number('confidence_ba', 'orders_together / orders_b.'),
    number(
      'lift',
      'How much more often than by chance: support / (orders_a / orders_total * orders_b / orders_total).',
    ),
  ],
};

const productPerformance: LakeView = {
  name: 'product_performance',
  comment: 'How each product does: who looks at it, puts it into the cart and buys it. Views and carts without robots.',
  columns: [
    text('product_id', 'Product.'),
    text('name', 'Its name, as told last.'),
    text('category', 'Its category, as told last.'),
    text('brand', 'Its brand, as told last.'),
    big('views', 'Times that it was looked at.'),
    big('viewers', 'People who looked at it.'),
    big('added', 'Times that it was put into the cart.'),
    big('adders', 'People who put it into the cart.'),
    big('purchases', 'Orders with it, cancelled ones too.'),
    big('buyers', 'People with such an order.'),
    number('units', 'Units ordered.'),
    reportingCurrency,
    amount('revenue', 'Price times quantity of its order lines in the reporting currency, before any discount.'),
    number('units_refunded', 'Units of it in refunds that list their products.'),
    amount('refunds', 'Price times quantity of those in the reporting currency.'),
    number(
      'view_to_cart_rate',
      'Share of its viewers who put it into the cart, from 0 to 1; null without one, as below.',
    ),
    number('cart_to_order_rate', 'Share of those who put it into the cart who ordered it.'),
    number('view_to_order_rate', 'Share of its viewers who ordered it.'),
    instant('first_seen_at', 'First time that any of this happened.'),
    instant('last_seen_at', 'Last time.'),
  ],
};

/** Views of what the shop sells, and of what sells it. */
export const salesInsightViews: readonly LakeView[] = [
  kpiDaily,
  marketingPerformance,
  productAffinity,
  productPerformance,
];
