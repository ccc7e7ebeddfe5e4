import * as z from 'zod';
import { money } from './money.ts';
import { deviceTypes, type EventFlag, eventFlags, messageTypes, trafficChannels } from './vocabulary.ts';

export const messageType = z.enum(messageTypes);

export const trafficChannel = z.enum(trafficChannels);

export const eventFlag = z.enum(Object.keys(eventFlags) as [EventFlag, ...EventFlag[]]);

/** One change that cleaning made to a value. `from` is left out where the value is personal. */
export const valueChange = z.object({
  path: z.string().describe('Path in the message, for example `properties.price`.'),
  rule: z.string().describe('Name of the rule, for example `parse_number` or `fill_currency`.'),
  from: z.unknown().optional(),
  to: z.unknown().optional(),
});
export type ValueChange = z.infer<typeof valueChange>;

export const product = z.object({
  productId: z.string(),
  sku: z.string().optional(),
  name: z.string().optional(),
  category: z.string().optional(),
  brand: z.string().optional(),
  variant: z.string().optional(),
  price: money.optional(),
  quantity: z.number().optional(),
  coupon: z.string().optional(),
  position: z.number().int().optional(),
  url: z.string().optional(),
  imageUrl: z.string().optional(),
});
export type Product = z.infer<typeof product>;

const text = z.string().optional();
const time = z.number().int().describe('Milliseconds since 1970, UTC.');

/** The event's properties that have a column of their own, by the e-commerce v2 names. */
export const commerce = z.object({
  /** The event's own product (Product Viewed, Product Added, ...). */
  product: product.optional(),
  /** The products of a list, cart or order. */
  products: z.array(product).optional(),
  currency: text,
  value: money.optional(),
  revenue: money.optional(),
  total: money.optional(),
  subtotal: money.optional(),
  shipping: money.optional(),
  tax: money.optional(),
  discount: money.optional(),
  coupon: text,
  orderId: text,
  checkoutId: text,
  cartId: text,
  listId: text,
  category: text,
  query: text,
  affiliation: text,
  step: z.number().int().optional(),
  shippingMethod: text,
  paymentMethod: text,
  promotionId: text,
  couponId: text,
  wishlistId: text,
  reviewId: text,
  rating: z.number().optional(),
  emailId: text,
  emailSubject: text,
  campaignId: text,
  campaignName: text,
  linkId: text,
  linkUrl: text,
});
export type Commerce = z.infer<typeof commerce>;

/** What the event's context and request say about the visit and the device. */
export const visit = z.object({
  sessionId: text,
  pageUrl: text,
  pagePath: text,
  pageTitle: text,
  pageHost: text,
  referrer: text,
  referrerHost: text,
  utmSource: text,
  utmMedium: text,
  utmCampaign: text,
  utmTerm: text,
  utmContent: text,
  clickIdType: text,
  clickId: text,
  channel: trafficChannel,
  userAgent: text,
  browser: text,
  browserVersion: text,
  os: text,
  osVersion: text,
  deviceType: z.enum(deviceTypes),
  isBot: z.boolean(),
  ip: z.string().optional().describe('Masked: the last octet of IPv4 and the last 80 bits of IPv6 are zero.'),
  locale: text,
  timezone: text,
  appName: text,
  appVersion: text,
  library: text,
  libraryVersion: text,
});
export type Visit = z.infer<typeof visit>;

/** An event after cleaning: what the profile folds and what the lake's `events` table holds. */
export const cleanEvent = z.object({
  messageId: z.string().min(1).max(100),
  sourceId: z.string(),
  type: messageType,
  /** Canonical event name of a track event; for page and screen `Page Viewed` and `Screen Viewed`, else the type with a capital (`Identify`, `Group`, `Alias`). */
  event: z.string(),
  /** Name of the page or screen, or a track event's name as it was sent when an alias was mapped. */
  name: text,
  userId: text,
  anonymousId: text,
  groupId: text,
  previousId: text,
  /** `user:<userId>`, or `anonymous:<anonymousId>` for an event without a userId. */
  profileKey: z.string(),
  eventTime: time,
  receivedAt: time,
  sentAt: time.optional(),
  /** The device's time of the event, as sent. */
  originalTimestamp: time.optional(),
  visit,
  commerce,
  /** All properties, sanitised. Empty for identify, group and alias. */
  properties: z.record(z.string(), z.unknown()),
  /** Traits of identify and group, sanitised; else empty. */
  traits: z.record(z.string(), z.unknown()),
  context: z.record(z.string(), z.unknown()),
  integrations: z.record(z.string(), z.unknown()),
  flags: z.array(eventFlag),
  changes: z.array(valueChange),
});
export type CleanEvent = z.infer<typeof cleanEvent>;
