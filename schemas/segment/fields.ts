import type { eventsLanded } from '../lake/tables.ts';

type EventColumn = (typeof eventsLanded)['columns'][number]['name'];

/** `text` and `number` compare as they are, `money` in currency units; `texts` is a set over the event's products. */
export type FieldKind = 'text' | 'number' | 'money' | 'texts';

const columns = {
  message_id: 'text',
  source_id: 'text',
  type: 'text',
  event: 'text',
  name: 'text',
  group_id: 'text',
  session_id: 'text',
  page_url: 'text',
  page_host: 'text',
  page_path: 'text',
  page_title: 'text',
  referrer: 'text',
  referrer_host: 'text',
  utm_source: 'text',
  utm_medium: 'text',
  utm_campaign: 'text',
  utm_term: 'text',
  utm_content: 'text',
  click_id_type: 'text',
  channel: 'text',
  browser: 'text',
  os: 'text',
  device_type: 'text',
  locale: 'text',
  timezone: 'text',
  app_name: 'text',
  app_version: 'text',
  library: 'text',
  product_id: 'text',
  sku: 'text',
  product_name: 'text',
  category: 'text',
  brand: 'text',
  variant: 'text',
  price: 'money',
  quantity: 'number',
  position: 'number',
  currency: 'text',
  value: 'money',
  revenue: 'money',
  total: 'money',
  subtotal: 'money',
  shipping: 'money',
  tax: 'money',
  discount: 'money',
  coupon: 'text',
  order_id: 'text',
  checkout_id: 'text',
  cart_id: 'text',
  list_id: 'text',
  wishlist_id: 'text',
  query: 'text',
  affiliation: 'text',
  step: 'number',
  shipping_method: 'text',
  payment_method: 'text',
  promotion_id: 'text',
  coupon_id: 'text',
  review_id: 'text',
  rating: 'number',
  email_id: 'text',
  campaign_id: 'text',
  campaign_name: 'text',
  link_id: 'text',
  link_url: 'text',
} as const satisfies { readonly [Column in EventColumn]?: FieldKind };

const productSets = {
  'products.product_id': 'texts',
  'products.category': 'texts',
  'products.brand': 'texts',
} as const satisfies Record<string, FieldKind>;

/**
 * What of an event a condition may test: columns of the lake's `events`, by their names there, and sets over `products`.
 * A set without a value is missing.
 */
export const eventFields = { ...columns, ...productSets } as const;

export type ColumnField = keyof typeof columns;
export type ProductSetField = keyof typeof productSets;
export type EventField = ColumnField | ProductSetField;

const named = <K extends FieldKind>(...kinds: readonly K[]) =>
  (Object.keys(eventFields) as EventField[]).filter((field) => kinds.includes(eventFields[field] as K));

export const fieldNames = Object.keys(eventFields) as [EventField, ...EventField[]];
export const textFields = named('text') as [ColumnField, ...ColumnField[]];
export const numericFields = named('number', 'money') as [ColumnField, ...ColumnField[]];
export const singleFields = named('text', 'number', 'money') as [ColumnField, ...ColumnField[]];
