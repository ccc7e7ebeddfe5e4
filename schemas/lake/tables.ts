import { alertsLanded } from './alerts-table.ts';
import { auditLogLanded } from './audit-table.ts';
import { catalogItems } from './catalog-table.ts';
import { amount, instant, type LakeTable, type LandedTable, number, text, truth, whole } from './column.ts';
import { mendedEventsLanded } from './mended-table.ts';
import { identitiesLanded, transitionsLanded } from './people-tables.ts';
import { inOrder, position, positionNames } from './position.ts';
import { recommendationsLanded } from './recommendations-table.ts';
import { lakeMarks, sealedIds, sealedTwin } from './sealed-tables.ts';
import { profileSnapshots } from './snapshot-table.ts';
import { marketingSpendLanded } from './spend-table.ts';
import { visitPartsSealed } from './visit-table.ts';

export { alertsLanded } from './alerts-table.ts';
export { auditLogLanded } from './audit-table.ts';
export { catalogItems } from './catalog-table.ts';
export { mendedEventsLanded } from './mended-table.ts';
export { identitiesLanded, transitionsLanded } from './people-tables.ts';
export { recommendationsLanded } from './recommendations-table.ts';
export { baseOf, lakeMarks, sealedIds, sealedTwin } from './sealed-tables.ts';
export { profileSnapshots } from './snapshot-table.ts';
export { marketingSpendLanded } from './spend-table.ts';
export { visitPartsSealed } from './visit-table.ts';

export const rawLanded = {
  name: 'raw_landed',
  comment: 'Every message as it was received, as landed: a batch that was cut anew may repeat rows. Query raw instead.',
  columns: [
    text('message_id', 'messageId of the message, where it has one.'),
    text('source_id', 'Source whose write key sent the message.'),
    instant('received_at', 'When the message reached Headwater.'),
    instant('arrived_at', 'When its record reached the stream: later where Headwater had waited with it.'),
    text('sent_at', 'Device time at which the request left, ISO 8601, where it could be read.'),
    text('ip', 'Address of the sender, masked.'),
    text('user_agent', 'User-Agent header of the request.'),
    text(
      'payload',
      'The message as received, JSON text, with addresses masked and ids behind the name of their space; null where nothing of it may be kept.',
    ),
    text('failed_reason', 'Why it became a row of failed_events; null where it became one of events.'),
    text(
      'request_id',
      "Request that brought the message, as the access log and the collector's lines name it; null where none did.",
    ),
    ...position,
  ],
  sealing: { identity: positionNames, order: inOrder, sort: inOrder },
} as const satisfies LandedTable;

export const eventsLanded = {
  name: 'events_landed',
  comment: 'Cleaned events as landed: a batch that was cut anew may repeat rows. Query events instead.',
  columns: [
    text('message_id', 'messageId: one row of events for each message of a source and profile.'),
    text('source_id', 'Source whose write key sent the event.'),
    text('type', 'identify, track, page, screen, group or alias.'),
    text('event', 'Canonical event name, for example Order Completed; Page Viewed for a page.'),
    text('name', 'Name of the page or screen, or the event name as sent where an alias was mapped.'),
    text('user_id', 'userId as sent; of a source in a space behind its name: brand-b/42.'),
    text('anonymous_id', 'anonymousId as sent; of a source in a space behind its name.'),
    text('group_id', 'groupId of a group event.'),
    text('previous_id', 'previousId of an alias event.'),
    text('profile_key', 'Profile that the event belongs to: user:<userId> or anonymous:<anonymousId>.'),
    instant('event_time', 'When the event happened, corrected for the skew of the device clock.'),
    instant('received_at', 'When the event reached Headwater.'),
    instant('sent_at', 'Device time at which the request left.'),
    instant('original_timestamp', 'Device time of the event.'),
    text('session_id', 'Session id that the SDK sent.'),
    text('page_url', 'URL of the page.'),
    text('page_host', 'Host of the page.'),
    text('page_path', 'Path of the page.'),
    text('page_title', 'Title of the page.'),
    text('referrer', 'URL of the referring page.'),
    text('referrer_host', 'Host of the referring page.'),
    text('utm_source', 'Campaign source.'),
    text('utm_medium', 'Campaign medium.'),
    text('utm_campaign', 'Campaign name.'),
    text('utm_term', 'Campaign term.'),
    text('utm_content', 'Campaign content.'),
    text('click_id_type', 'Name of the advertising click id, for example gclid.'),
    text('click_id', 'Value of the advertising click id.'),
    text('channel', 'Traffic channel: paid, email, social, organic, referral, on_site or direct.'),
    text('user_agent', 'User agent of the device.'),
    text('browser', 'Name of the browser.'),
    text('browser_version', 'Version of the browser.'),
    text('os', 'Name of the operating system.'),
    text('os_version', 'Version of the operating system.'),
    text('device_type', 'desktop, mobile, tablet, tv, bot or other.'),
    truth('is_bot', 'Whether the user agent is a known robot.'),
    text('ip', 'Address of the sender, masked.'),
    text('locale', 'Locale of the device.'),
    text('timezone', 'Time zone of the device.'),
    text('app_name', 'Name of the app.'),
    text('app_version', 'Version of the app.'),
    text('library', 'Name of the SDK.'),
    text('library_version', 'Version of the SDK.'),
    text('product_id', 'Product of the event.'),
    text('sku', 'SKU of the product.'),
    text('product_name', 'Name of the product.'),
    text('category', 'Category of the product or list.'),
    text('brand', 'Brand of the product.'),
    text('variant', 'Variant of the product.'),
    amount('price', 'Price of one unit of the product.'),
    number('quantity', 'Units of the product.'),
    whole('position', 'Position of the product in its list.'),
    text('product_url', 'URL of the product.'),
    text('image_url', 'URL of the product image.'),
    text(
      'products',
      'Products of a list, cart or order: JSON array of objects with product_id, sku, name, category, brand, variant, price, quantity, coupon, position.',
    ),
    text('currency', 'ISO 4217 code of every amount of the row.'),
    amount('value', 'Value of the event.'),
    amount('revenue', 'Revenue of the order, without shipping and tax.'),
    amount('total', 'Total of the order, with shipping and tax.'),
    amount('subtotal', 'Sum of the order lines after discount, without shipping and tax.'),
    amount('shipping', 'Shipping cost.'),
    amount('tax', 'Tax.'),
    amount('discount', 'Discount.'),
    text('coupon', 'Coupon code.'),
    text('order_id', 'Order.'),
    text('checkout_id', 'Checkout.'),
    text('cart_id', 'Cart.'),
    text('list_id', 'Product list.'),
    text('wishlist_id', 'Wishlist.'),
    text('query', 'Search words.'),
    text('affiliation', 'Shop or partner that took the order.'),
    whole('step', 'Step of the checkout, from 1.'),
    text('shipping_method', 'Shipping method.'),
    text('payment_method', 'Payment method.'),
    text('promotion_id', 'Promotion.'),
    text('coupon_id', 'Coupon.'),
    text('review_id', 'Review.'),
    number('rating', 'Rating of the review.'),
    text('email_id', 'E-mail message.'),
    text('email_subject', 'Subject of the e-mail.'),
    text('campaign_id', 'Campaign of the e-mail.'),
    text('campaign_name', 'Name of that campaign.'),
    text('link_id', 'Link in the e-mail.'),
    text('link_url', 'URL of the link.'),
    text('properties', 'All properties, JSON object.'),
    text('traits', 'Traits of identify and group, JSON object.'),
    text('context', 'Context, JSON object, with addresses masked.'),
    text('integrations', 'Integrations, JSON object.'),
    text('flags', 'What was noticed and left as it is: JSON array of codes, for example price_outlier.'),
    text('changes', 'What cleaning changed: JSON array of {path, rule, from, to}.'),
    ...position,
  ],
  sealing: {
    identity: ['source_id', 'profile_key', 'message_id'],
    order: inOrder,
    sort: ['profile_key', 'event_time'],
  },
} as const satisfies LandedTable;

export const failedEventsLanded = {
  name: 'failed_events_landed',
  comment: 'Rejected events as landed: a batch that was cut anew may repeat rows. Query failed_events instead.',
  columns: [
    text('reason', 'Why the event was rejected: a stable code, for example missing_ids.'),
    text('path', 'Path of the offending value; empty for the record itself.'),
    text('detail', 'What was expected and what was found.'),
    text('message_id', 'messageId of the event, where it has a valid one.'),
    text('source_id', 'Source whose write key sent the event.'),
    instant('received_at', 'When the event reached Headwater.'),
    text('payload', 'The event as received, with addresses masked; null where nothing of it may be kept.'),
    text('payload_encoding', 'json, text, or base64 when the payload is not UTF-8.'),
    ...position,
  ],
  sealing: {
    identity: ['source_id', 'reason', 'message_id'],
    order: inOrder,
    sort: ['reason', 'received_at'],
  },
} as const satisfies LandedTable;

/** Tables that the lake-writer fills, and whose closed days are sealed. */
export const landedTables = [
  rawLanded,
  eventsLanded,
  failedEventsLanded,
  mendedEventsLanded,
  transitionsLanded,
  identitiesLanded,
  marketingSpendLanded,
  alertsLanded,
  recommendationsLanded,
  auditLogLanded,
] as const;

/** Their twins: what is sealed of each, in the same order. */
export const sealedTables: readonly LakeTable[] = landedTables.map(sealedTwin);

/** Every table of the lake; whoever queries a view may read all of them. */
export const lakeTables: readonly LakeTable[] = [
  ...landedTables,
  ...sealedTables,
  visitPartsSealed,
  sealedIds,
  lakeMarks,
  profileSnapshots,
  catalogItems,
];
