import { DEFAULT_CURRENCY } from '../event/vocabulary.ts';
import {
  amount,
  big,
  type Column,
  dayPartition,
  instant,
  type LakeView,
  number,
  text,
  truth,
  whole,
} from './column.ts';

const person = text('person_key', 'Person: the key that all keys of the person are joined to by now.');
const message = text('message_id', 'messageId of the event.');
const dayOfArrival: Column = { ...dayPartition, comment: 'UTC day on which it arrived, YYYY-MM-DD.' };
const currencyOfAmounts = text('currency', 'ISO 4217 code of the amounts of the row.');

/** The view that names the currency of sums; a stage puts its own in the place of the default. */
export const reporting = {
  name: 'reporting',
  comment: 'The currency in which sums over people and days are given, one row: a setting of the stage.',
  columns: [text('currency', `ISO 4217 code, ${DEFAULT_CURRENCY} unless the stage says otherwise.`)],
} as const satisfies LakeView;

const origin = [
  text('channel', 'Traffic channel: paid, email, social, organic, referral or direct.'),
  text('source', 'Campaign source, else the host of the referring page.'),
  text('medium', 'Campaign medium.'),
  text('campaign', 'Campaign name.'),
] as const;

const sessionParts: LakeView = {
  name: 'session_parts',
  comment:
    'Half hours of the clock in which a person was in the shop, each with the session that it is of: what sessions, carts and funnels are made of.',
  columns: [
    person,
    instant('started_at', 'When the session began.'),
    instant('person_since', 'When the first of these half hours of the person began, at the latest the session.'),
    instant('first_at', 'First event of the part.'),
    instant('last_at', 'Last event of the part.'),
    big('events', 'Events: pages, screens and tracks.'),
    big('page_views', 'Pages and screens among them.'),
    instant('entered_at', 'First page or screen.'),
    text('entrance_page', 'Path of that page, or name of that screen.'),
    instant('left_at', 'Last page or screen.'),
    text('exit_page', 'Path of that page, or name of that screen.'),
    instant('touched_at', 'First event whose channel is not on_site.'),
    ...origin.map((column) => ({ ...column, comment: `${column.comment.replace(/\.$/, '')}, of that event.` })),
    text('referrer_host', 'Host of the page that referred to that event.'),
    text('device_type', 'Device of the first event.'),
    instant('product_viewed_at', 'First Product Viewed.'),
    instant('product_added_at', 'First Product Added, or Wishlist Product Added to Cart.'),
    instant('checkout_started_at', 'First Checkout Started.'),
    instant('order_completed_at', 'First Order Completed of an order that was not told of before.'),
    instant('cart_changed_at', 'Last time that a product was put into the cart or taken out.'),
    text('currency', 'ISO 4217 code of the changes of the cart: each currency has parts of its own.'),
    big('items_added', 'Times that a product was put into the cart.'),
    big('items_removed', 'Times that one was taken out.'),
    amount('value_added', 'Price times quantity of what was put in.'),
    amount('value_removed', 'Price times quantity of what was taken out.'),
    text('strand', 'What the part is about: an order, the cart in a currency, or empty for all else.'),
    dayOfArrival,
  ],
};

const sessions: LakeView = {
  name: 'sessions',
  comment:
    'Visits, by people and without robots: pages, screens and tracks less than 30 minutes apart. E-mails and what happens to an order later are no part of a visit.',
  columns: [
    text('session_id', 'Person and start: <person_key>:<started_at in ISO 8601>.'),
    person,
    instant('started_at', 'First event.'),
    instant('ended_at', 'Last event.'),
    big('duration_seconds', 'Whole seconds from the first event to the last.'),
    big('events', 'Events: pages, screens and tracks.'),
    big('page_views', 'Pages and screens among them.'),
    text('entrance_page', 'Path of the first page, or name of the first screen.'),
    text('exit_page', 'Path of the last page, or name of the last screen.'),
    truth('is_bounce', 'Whether it is one page or screen and nothing else.'),
    { ...origin[0], comment: `${origin[0].comment} That of the first event whose channel is not on_site.` },
    ...origin.slice(1),
    text('referrer_host', 'Host of the referring page.'),
    text('device_type', 'desktop, mobile, tablet, tv or other: of the first event.'),
    big('orders', 'Orders completed: each counts in the first session that tells of it.'),
    truth('is_new', 'Whether it is the first session of the person.'),
    { ...dayPartition, comment: 'UTC day on which its first event arrived, YYYY-MM-DD.' },
  ],
};

const pageViews: LakeView = {
  name: 'page_views',
  comment: 'Pages and screens that people saw, without robots.',
  columns: [
    message,
    person,
    instant('viewed_at', 'When it was seen.'),
    text('page_path', 'Path of the page, or name of the screen.'),
    text('page_host', 'Host of the page.'),
    text('page_title', 'Title of the page, or name of the screen.'),
    text('page_url', 'URL of the page.'),
    text('referrer_host', 'Host of the referring page.'),
    text('channel', 'Traffic channel: paid, email, social, organic, referral, on_site or direct.'),
    text('device_type', 'desktop, mobile, tablet, tv or other.'),
    dayOfArrival,
  ],
};

const productViews: LakeView = {
  name: 'product_views',
  comment: 'Products that people looked at, without robots.',
  columns: [
    message,
    person,
    instant('viewed_at', 'When it was looked at.'),
    text('product_id', 'Product.'),
    text('product_name', 'Name of the product.'),
    text('category', 'Category of the product.'),
    text('brand', 'Brand of the product.'),
    amount('price', 'Price of one unit.'),
    currencyOfAmounts,
    dayOfArrival,
  ],
};

const carts: LakeView = {
  name: 'carts',
  comment: 'Carts: what people put in and took out in one session, without robots.',
  columns: [
    text('cart_key', 'The session.'),
    person,
    text('session_id', 'The session.'),
    instant('first_added_at', 'When the first product was put in.'),
    instant('last_changed_at', 'When a product was last put in or taken out.'),
    big('items_added', 'Times that a product was put in.'),
    big('items_removed', 'Times that one was taken out.'),
    amount('value', 'Price times quantity of what was put in, less what was taken out: of the first currency only.'),
    currencyOfAmounts,
    truth('checkout_started', 'Whether the checkout was started in the session.'),
    truth('ordered', 'Whether an order was completed in the session.'),
    truth('is_abandoned', 'Whether something was left in it, and no order was completed.'),
    { ...dayPartition, comment: 'UTC day on which its first product arrived, YYYY-MM-DD.' },
  ],
};

const orders: LakeView = {
  name: 'orders',
  comment:
    'Orders, one row each however often it was told of, as profiles count them: by the first Order Completed, with the amounts that were told last.',
  columns: [
    text('order_id', 'Order; the messageId where it has no id.'),
    text('message_id', 'messageId of the first Order Completed.'),
    person,
    instant('ordered_at', 'When it was completed first.'),
    text('currency', 'ISO 4217 code of every amount of the row.'),
    amount('amount', 'What was paid: the total, else the revenue, else the value; 0 where none is named.'),
    amount('revenue', 'Revenue, without shipping and tax.'),
    amount('shipping', 'Shipping cost.'),
    amount('tax', 'Tax.'),
    amount('discount', 'Discount.'),
    text('coupon', 'Coupon code.'),
    number('units', 'Units of all lines.'),
    big('lines', 'Lines.'),
    big('order_number', 'Number of the order among those of the person: 1, 2, 3.'),
    truth('is_first', 'Whether it is the first order of the person.'),
    truth('is_cancelled', 'Whether it was cancelled. Its amount stays as it is.'),
    amount('refunded', 'What was paid back in its currency; all that was paid, where a refund names no amount.'),
    text('products', 'The lines: JSON array of products. Query order_items instead.'),
    { ...dayPartition, comment: 'UTC day on which its first Order Completed arrived, YYYY-MM-DD.' },
  ],
};

const orderItems: LakeView = {
  name: 'order_items',
  comment: 'Lines of orders, one row each.',
  columns: [
    text('order_id', 'Order; the messageId where it has no id.'),
    whole('line', 'Number of the line, from 1.'),
    text('product_id', 'Product.'),
    text('sku', 'SKU of the product.'),
    text('product_name', 'Name of the product.'),
    text('category', 'Category of the product.'),
    text('brand', 'Brand of the product.'),
    text('variant', 'Variant of the product.'),
    number('quantity', 'Units.'),
    amount('price', 'Price of one unit.'),
    amount('amount', 'Price times quantity, before any discount.'),
    currencyOfAmounts,
    person,
    instant('ordered_at', 'When the order was completed first.'),
    { ...dayPartition, comment: 'UTC day on which the order arrived, YYYY-MM-DD.' },
  ],
};

const refunds: LakeView = {
  name: 'refunds',
  comment: 'What was paid back for orders, one row a refund.',
  columns: [
    message,
    text('order_id', 'Order.'),
    person,
    instant('refunded_at', 'When it was paid back.'),
    amount('amount', 'What was paid back; what the order still had, where the refund names no amount.'),
    truth('is_whole', 'Whether it pays back the whole order.'),
    text('currency', 'ISO 4217 code of the amount: that of the order where the refund names none.'),
    dayOfArrival,
  ],
};

/** Views of what people do in the shop: sessions, pages, products, carts, orders, and where people come from. */
export const shopViews: readonly LakeView[] = [
  reporting,
  sessionParts,
  sessions,
  pageViews,
  productViews,
  carts,
  orders,
  orderItems,
  refunds,
];
