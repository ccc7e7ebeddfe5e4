import type { Commerce } from '../../schemas/event/clean-event.ts';
import type { EcommerceEventName } from '../../schemas/event/ecommerce-names.ts';
import { fillGaps } from './gaps.ts';
import { flagOutliers } from './outliers.ts';
import { readProduct, readProducts } from './products.ts';
import { collect, type FieldTable, fieldTable } from './property-fields.ts';
import { type Draft, type JsonObject, ok, type StepResult } from './step.ts';

const FIELDS: FieldTable = fieldTable([
  ['currency', 'currency', 'currency currency_code currencyCode'],
  ['value', 'money', 'value'],
  ['revenue', 'money', 'revenue'],
  ['total', 'money', 'total'],
  ['subtotal', 'money', 'subtotal sub_total subTotal'],
  ['shipping', 'money', 'shipping'],
  ['tax', 'money', 'tax'],
  ['discount', 'money', 'discount'],
  ['coupon', 'text', 'coupon coupon_code couponCode'],
  ['orderId', 'text', 'order_id orderId orderID'],
  ['checkoutId', 'text', 'checkout_id checkoutId checkoutID'],
  ['cartId', 'text', 'cart_id cartId cartID'],
  ['listId', 'text', 'list_id listId listID'],
  ['category', 'text', 'category'],
  ['query', 'query', 'query'],
  ['affiliation', 'text', 'affiliation'],
  ['step', 'integer', 'step'],
  ['shippingMethod', 'text', 'shipping_method shippingMethod'],
  ['paymentMethod', 'text', 'payment_method paymentMethod'],
  ['promotionId', 'text', 'promotion_id promotionId promotionID'],
  ['couponId', 'text', 'coupon_id couponId couponID'],
  ['wishlistId', 'text', 'wishlist_id wishlistId wishlistID'],
  ['reviewId', 'text', 'review_id reviewId reviewID'],
  ['rating', 'number', 'rating'],
  ['emailId', 'text', 'email_id emailId emailID'],
  ['emailSubject', 'text', 'email_subject emailSubject'],
  ['campaignId', 'text', 'campaign_id campaignId campaignID'],
  ['campaignName', 'text', 'campaign_name campaignName'],
  ['linkId', 'text', 'link_id linkId linkID'],
  ['linkUrl', 'text', 'link_url linkUrl linkURL'],
]);

/** Events whose properties describe one product themselves, by any name of its id. */
const PRODUCT_EVENTS: ReadonlySet<string> = new Set<EcommerceEventName>([
  'Product Clicked',
  'Product Viewed',
  'Product Added',
  'Product Removed',
  'Product Shared',
  'Product Reviewed',
  'Product Added to Wishlist',
  'Product Removed from Wishlist',
  'Wishlist Product Added to Cart',
]);

/** Maps the properties of a track event to the commerce columns, fills declared gaps and flags what is out of bounds. */
export function readCommerce(draft: Draft): StepResult {
  if (draft.type !== 'track') return ok;
  const { properties } = draft;
  const commerce: Commerce = collect<Commerce>(draft, properties, 'properties', FIELDS);
  if (describesProduct(draft.event, properties)) {
    const product = readProduct(draft, properties, 'properties', commerce);
    if (product !== undefined) commerce.product = product;
  }
  const products = readProducts(draft, properties.products, commerce);
  if (products !== undefined) commerce.products = products;
  fillGaps(draft, commerce);
  flagOutliers(draft.flags, commerce);
  draft.commerce = commerce;
  return ok;
}

const describesProduct = (event: string, properties: JsonObject): boolean =>
  PRODUCT_EVENTS.has(event) || properties.product_id !== undefined || properties.productId !== undefined;
