import { amount, big, instant, type LakeTable, type LakeView, text } from './column.ts';
import { dayOf, origin, person } from './shop-columns.ts';

const partColumns = [
  text('profile_key', 'Profile whose events these are: user:<userId> or anonymous:<anonymousId>.'),
  text('strand', 'Empty for all events of the part; an order or the cart in a currency has a row of its own, too.'),
  instant('visit_at', 'First event of the part: the row of a strand names by it the part that it lies in.'),
  instant('first_at', 'First event.'),
  instant('last_at', 'Last event.'),
  big('events', 'Events: pages, screens and tracks; none in a strand, whose events count in the part.'),
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
  instant('ordered_at', 'In the strand of an order: its first Order Completed.'),
  instant('cart_changed_at', 'In a strand of the cart: last time that a product was put in or taken out.'),
  text('currency', 'In a strand of the cart: ISO 4217 code of the changes, one strand each.'),
  big('items_added', 'In a strand of the cart: times that a product was put in.'),
  big('items_removed', 'In a strand of the cart: times that one was taken out.'),
  amount('value_added', 'Price times quantity of what was put in.'),
  amount('value_removed', 'Price times quantity of what was taken out.'),
] as const;

/** Made of `events_sealed` by the sealer, so that reports need not gather the events of months each time. */
export const visitPartsSealed = {
  name: 'visit_parts_sealed',
  comment: 'Visits of each profile on sealed days, gathered from events_sealed. Query visits or sessions instead.',
  columns: partColumns,
} as const satisfies LakeTable;

/**
 * The mark of the first day whose visits are not gathered. Its name changes when they are to be gathered by another rule:
 * then all days are gathered anew, and views gather the events themselves until that is done.
 */
export const VISITS_BEFORE = 'visits_before';

export const visitParts: LakeView = {
  name: 'visit_parts',
  comment:
    'What each profile did in the shop without a break of half an hour, by day of arrival, without robots: what sessions, carts and funnels are made of.',
  columns: [...partColumns, person, dayOf('it')],
};
