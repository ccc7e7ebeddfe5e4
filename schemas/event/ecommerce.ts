import * as z from 'zod';
import type { EcommerceEventName } from './ecommerce-names.ts';

const text = z.string();
const amount = z.number().describe('In units of the currency.');
const count = z.number();

const product = {
  product_id: text.optional(),
  sku: text.optional(),
  category: text.optional(),
  name: text.optional(),
  brand: text.optional(),
  variant: text.optional(),
  price: amount.optional(),
  quantity: count.optional(),
  coupon: text.optional(),
  position: count.optional(),
  url: text.optional(),
  image_url: text.optional(),
};
const products = z.array(z.object(product)).optional();
const productView = { ...product, currency: text.optional(), value: amount.optional() };
const cartItem = { ...productView, cart_id: text.optional() };
const wishlistItem = { ...productView, wishlist_id: text.optional(), wishlist_name: text.optional() };
const list = { list_id: text.optional(), category: text.optional(), products };
const promotion = {
  promotion_id: text.optional(),
  creative: text.optional(),
  name: text.optional(),
  position: z.union([text, count]).optional(),
};
const amounts = {
  total: amount.optional(),
  subtotal: amount.optional(),
  revenue: amount.optional(),
  value: amount.optional(),
  shipping: amount.optional(),
  tax: amount.optional(),
  discount: amount.optional(),
  coupon: text.optional(),
  currency: text.optional(),
};
const order = {
  order_id: text.optional(),
  checkout_id: text.optional(),
  affiliation: text.optional(),
  ...amounts,
  products,
};
const step = {
  checkout_id: text.optional(),
  step: count.optional(),
  shipping_method: text.optional(),
  payment_method: text.optional(),
};
const couponUse = {
  order_id: text.optional(),
  cart_id: text.optional(),
  coupon_id: text.optional(),
  coupon_name: text.optional(),
};
const shared = { share_via: text.optional(), share_message: text.optional(), recipient: text.optional() };
const email = {
  email_id: text.optional(),
  email_subject: text.optional(),
  campaign_id: text.optional(),
  campaign_name: text.optional(),
};

/** The properties of every documented event. */
export const ecommerceEvents = {
  'Products Searched': z.looseObject({ query: z.unknown().optional() }),
  'Product List Viewed': z.looseObject(list),
  'Product List Filtered': z.looseObject({ ...list, filters: z.unknown().optional(), sorts: z.unknown().optional() }),
  'Promotion Viewed': z.looseObject(promotion),
  'Promotion Clicked': z.looseObject(promotion),
  'Product Clicked': z.looseObject(productView),
  'Product Viewed': z.looseObject(productView),
  'Product Added': z.looseObject(cartItem),
  'Product Removed': z.looseObject(cartItem),
  'Cart Viewed': z.looseObject({ cart_id: text.optional(), currency: text.optional(), products }),
  'Checkout Started': z.looseObject(order),
  'Checkout Step Viewed': z.looseObject(step),
  'Checkout Step Completed': z.looseObject(step),
  'Payment Info Entered': z.looseObject({ ...step, order_id: text.optional() }),
  'Order Completed': z.looseObject(order),
  'Order Updated': z.looseObject(order),
  'Order Cancelled': z.looseObject(order),
  'Order Refunded': z.looseObject(order),
  'Coupon Entered': z.looseObject(couponUse),
  'Coupon Applied': z.looseObject({ ...couponUse, discount: amount.optional() }),
  'Coupon Denied': z.looseObject({ ...couponUse, reason: text.optional() }),
  'Coupon Removed': z.looseObject({ ...couponUse, discount: amount.optional() }),
  'Product Added to Wishlist': z.looseObject(wishlistItem),
  'Product Removed from Wishlist': z.looseObject(wishlistItem),
  'Wishlist Product Added to Cart': z.looseObject({ ...wishlistItem, cart_id: text.optional() }),
  'Product Shared': z.looseObject({ ...productView, ...shared }),
  'Cart Shared': z.looseObject({ cart_id: text.optional(), products, ...shared }),
  'Product Reviewed': z.looseObject({
    product_id: text.optional(),
    review_id: text.optional(),
    review_body: text.optional(),
    rating: z.union([count, text]).optional(),
  }),
  'Email Delivered': z.looseObject(email),
  'Email Opened': z.looseObject(email),
  'Email Link Clicked': z.looseObject({ ...email, link_id: text.optional(), link_url: text.optional() }),
  'Email Bounced': z.looseObject(email),
  'Email Marked as Spam': z.looseObject(email),
  Unsubscribed: z.looseObject(email),
} as const satisfies Record<EcommerceEventName, z.ZodType>;
