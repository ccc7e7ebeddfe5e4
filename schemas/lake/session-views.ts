import { amount, big, instant, type LakeView, text, truth } from './column.ts';
import { currencyOfAmounts, dayOf, message, origin, person } from './shop-columns.ts';

export const sessionParts: LakeView = {
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
    dayOf('it'),
  ],
};

export const sessions: LakeView = {
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
    dayOf('its first event'),
  ],
};

export const pageViews: LakeView = {
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
    dayOf('it'),
  ],
};

export const productViews: LakeView = {
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
    dayOf('it'),
  ],
};

export const carts: LakeView = {
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
    dayOf('its first product'),
  ],
};
