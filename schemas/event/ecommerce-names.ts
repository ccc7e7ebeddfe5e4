/** Every documented event of e-commerce v2 and of e-mail, with the older names that mean the same. */
export const ecommerceNames = {
  'Products Searched': ['Searched Products'],
  'Product List Viewed': ['Viewed Product List', 'Viewed Product Category'],
  'Product List Filtered': ['Filtered Product List'],
  'Promotion Viewed': ['Viewed Promotion'],
  'Promotion Clicked': ['Clicked Promotion'],
  'Product Clicked': ['Clicked Product'],
  'Product Viewed': ['Viewed Product'],
  'Product Added': ['Added Product'],
  'Product Removed': ['Removed Product'],
  'Cart Viewed': ['Viewed Cart'],
  'Checkout Started': ['Started Checkout', 'Started Order'],
  'Checkout Step Viewed': ['Viewed Checkout Step'],
  'Checkout Step Completed': ['Completed Checkout Step'],
  'Payment Info Entered': ['Entered Payment Info'],
  'Order Completed': ['Completed Order'],
  'Order Updated': ['Updated Order'],
  'Order Cancelled': ['Cancelled Order', 'Canceled Order', 'Order Canceled'],
  'Order Refunded': ['Refunded Order'],
  'Coupon Entered': ['Entered Coupon'],
  'Coupon Applied': ['Applied Coupon'],
  'Coupon Denied': ['Denied Coupon'],
  'Coupon Removed': ['Removed Coupon'],
  'Product Added to Wishlist': ['Added Product to Wishlist'],
  'Product Removed from Wishlist': ['Removed Product from Wishlist'],
  'Wishlist Product Added to Cart': ['Added Wishlist Product to Cart'],
  'Product Shared': ['Shared Product'],
  'Cart Shared': ['Shared Cart'],
  'Product Reviewed': ['Reviewed Product'],
  'Email Delivered': [],
  'Email Opened': ['Opened Email'],
  'Email Link Clicked': ['Clicked Email Link'],
  'Email Bounced': [],
  'Email Marked as Spam': [],
  Unsubscribed: [],
} as const satisfies Record<string, readonly string[]>;

export type EcommerceEventName = keyof typeof ecommerceNames;

export const ecommerceEventNames = Object.keys(ecommerceNames) as readonly EcommerceEventName[];

/** Canonical name of each older name. */
export const ecommerceAliases: Readonly<Record<string, EcommerceEventName>> = Object.fromEntries(
  ecommerceEventNames.flatMap((name) => ecommerceNames[name].map((alias) => [alias, name])),
);
