import * as z from 'zod';

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

/** Every documented event of e-commerce v2 and of e-mail, with its properties and the older names that mean the same. */
export const ecommerceEvents = {
  'Products Searched': { aliases: ['Searched Products'], properties: z.looseObject({ query: z.unknown() }) },
  'Product List Viewed': {
    aliases: ['Viewed Product List', 'Viewed Product Category'],
    properties: z.looseObject(list),
  },
  'Product List Filtered': {
    aliases: ['Filtered Product List'],
    properties: z.looseObject({ ...list, filters: z.unknown(), sorts: z.unknown() }),
  },
  'Promotion Viewed': { aliases: ['Viewed Promotion'], properties: z.looseObject(promotion) },
  'Promotion Clicked': { aliases: ['Clicked Promotion'], properties: z.looseObject(promotion) },
  'Product Clicked': { aliases: ['Clicked Product'], properties: z.looseObject(productView) },
  'Product Viewed': { aliases: ['Viewed Product'], properties: z.looseObject(productView) },
  'Product Added': { aliases: ['Added Product'], properties: z.looseObject(cartItem) },
  'Product Removed': { aliases: ['Removed Product'], properties: z.looseObject(cartItem) },
  'Cart Viewed': {
    aliases: ['Viewed Cart'],
    properties: z.looseObject({ cart_id: text.optional(), currency: text.optional(), products }),
  },
  'Checkout Started': { aliases: ['Started Checkout', 'Started Order'], properties: z.looseObject(order) },
  'Checkout Step Viewed': { aliases: ['Viewed Checkout Step'], properties: z.looseObject(step) },
  'Checkout Step Completed': { aliases: ['Completed Checkout Step'], properties: z.looseObject(step) },
  'Payment Info Entered': {
    aliases: ['Entered Payment Info'],
    properties: z.looseObject({ ...step, order_id: text.optional() }),
  },
  'Order Completed': { aliases: ['Completed Order'], properties: z.looseObject(order) },
  'Order Updated': { aliases: ['Updated Order'], properties: z.looseObject(order) },
  'Order Cancelled': {
    aliases: ['Cancelled Order', 'Canceled Order', 'Order Canceled'],
    properties: z.looseObject(order),
  },
  'Order Refunded': { aliases: ['Refunded Order'], properties: z.looseObject(order) },
  'Coupon Entered': { aliases: ['Entered Coupon'], properties: z.looseObject(couponUse) },
  'Coupon Applied': {
    aliases: ['Applied Coupon'],
    properties: z.looseObject({ ...couponUse, discount: amount.optional() }),
  },
  'Coupon Denied': {
    aliases: ['Denied Coupon'],
    properties: z.looseObject({ ...couponUse, reason: text.optional() }),
  },
  'Coupon Removed': {
    aliases: ['Removed Coupon'],
    properties: z.looseObject({ ...couponUse, discount: amount.optional() }),
  },
  'Product Added to Wishlist': { aliases: ['Added Product to Wishlist'], properties: z.looseObject(wishlistItem) },
  'Product Removed from Wishlist': {
    aliases: ['Removed Product from Wishlist'],
    properties: z.looseObject(wishlistItem),
  },
  'Wishlist Product Added to Cart': {
    aliases: ['Added Wishlist Product to Cart'],
    properties: z.looseObject({ ...wishlistItem, cart_id: text.optional() }),
  },
  'Product Shared': { aliases: ['Shared Product'], properties: z.looseObject({ ...productView, ...shared }) },
  'Cart Shared': {
    aliases: ['Shared Cart'],
    properties: z.looseObject({ cart_id: text.optional(), products, ...shared }),
  },
  'Product Reviewed': {
    aliases: ['Reviewed Product'],
    properties: z.looseObject({
      product_id: text.optional(),
      review_id: text.optional(),
      review_body: text.optional(),
      rating: z.union([count, text]).optional(),
    }),
  },
  'Email Delivered': { aliases: [], properties: z.looseObject(email) },
  'Email Opened': { aliases: ['Opened Email'], properties: z.looseObject(email) },
  'Email Link Clicked': {
    aliases: ['Clicked Email Link'],
    properties: z.looseObject({ ...email, link_id: text.optional(), link_url: text.optional() }),
  },
  'Email Bounced': { aliases: [], properties: z.looseObject(email) },
  'Email Marked as Spam': { aliases: [], properties: z.looseObject(email) },
  Unsubscribed: { aliases: [], properties: z.looseObject(email) },
} as const satisfies Record<string, { readonly aliases: readonly string[]; readonly properties: z.ZodType }>;

export type EcommerceEventName = keyof typeof ecommerceEvents;

export const ecommerceEventNames = Object.keys(ecommerceEvents) as readonly EcommerceEventName[];

/** Canonical name of each older name. */
export const ecommerceAliases: Readonly<Record<string, EcommerceEventName>> = Object.fromEntries(
  ecommerceEventNames.flatMap((name) => ecommerceEvents[name].aliases.map((alias) => [alias, name])),
);
