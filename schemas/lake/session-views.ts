import { amount, big, type Column, instant, type LakeView, text, truth } from './column.ts';
import { currencyOfAmounts, dayOf, message, origin, person } from './shop-columns.ts';
import { visitPartsSealed } from './visit-table.ts';

/** Columns of a part of a visit, from one to another. */
function partColumns(from: string, to: string): readonly Column[] {
  const names = visitPartsSealed.columns.map(({ name }) => name as string);
  return visitPartsSealed.columns.slice(names.indexOf(from), names.indexOf(to) + 1);
}

export const nearParts: LakeView = {
  name: 'near_parts',
  comment:
    'Parts of visits that are less than half an hour from another one of the same person, of whatever profile or day of arrival: together these are one session.',
  columns: [
    person,
    text('profile_key', 'Profile of the part.'),
    instant('visit_at', 'First event of the part.'),
    instant('started_at', 'When the session began.'),
    dayOf('it'),
  ],
};

export const orderTellings: LakeView = {
  name: 'order_tellings',
  comment: 'Where each order was told of first: by a person, in a part of a visit.',
  columns: [
    person,
    text('strand', 'The order.'),
    text('profile_key', 'Profile of the visit.'),
    instant('visit_at', 'First event of the part of the visit.'),
    instant('order_completed_at', 'First Order Completed.'),
    dayOf('it'),
  ],
};

export const sessionParts: LakeView = {
  name: 'session_parts',
  comment:
    'What people did in the shop without a break of half an hour, by profile and day of arrival, each with the session that it is of.',
  columns: [
    person,
    instant('started_at', 'When the session began.'),
    ...partColumns('first_at', 'checkout_started_at'),
    ...partColumns('cart_changed_at', 'value_removed'),
    ...partColumns('strand', 'visit_at'),
    ...partColumns('profile_key', 'profile_key'),
    dayOf('it'),
  ],
};

/** What a visit is, however it is named. */
const ofVisit: readonly Column[] = [
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
];

export const visits: LakeView = {
  name: 'visits',
  comment: 'Sessions by person and start, with the first time of each step in the shop: what sessions is made of.',
  columns: [
    person,
    ...ofVisit,
    instant('product_viewed_at', 'First Product Viewed.'),
    instant('product_added_at', 'First Product Added, or Wishlist Product Added to Cart.'),
    instant('checkout_started_at', 'First Checkout Started.'),
    instant('order_completed_at', 'First Order Completed of an order that was not told of before.'),
    big('orders', 'Orders completed: each counts in the first session that tells of it.'),
    dayOf('its first event'),
  ],
};

export const sessions: LakeView = {
  name: 'sessions',
  comment:
    'Visits, by people and without robots: pages, screens and tracks less than 30 minutes apart. E-mails and what happens to an order later are no part of a visit.',
  columns: [
    text('session_id', 'Person and start: <person_key>:<started_at in ISO 8601>.'),
    person,
    ...ofVisit,
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
