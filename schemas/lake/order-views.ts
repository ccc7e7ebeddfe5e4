import { amount, big, instant, type LakeView, number, text, truth, whole } from './column.ts';
import { currencyOfAmounts, dayOf, message, person } from './shop-columns.ts';

export const orders: LakeView = {
  name: 'orders',
  comment:
    'Orders, one row each however often it was told of, as profiles count them: by the first Order Completed, with the amounts that were told last.',
  columns: [
    text('order_id', 'Order; the messageId where it has no id.'),
    text('message_id', 'messageId of the first Order Completed.'),
    text('source_id', 'Source of that message.'),
    person,
    instant('ordered_at', 'When it was completed first.'),
    text('currency', 'ISO 4217 code of every amount of the row.'),
    amount('amount', 'What was paid: the total, else the revenue, else the value; 0 where none is named.'),
    amount('revenue', 'Revenue, without shipping and tax.'),
    amount('shipping', 'Shipping cost.'),
    amount('tax', 'Tax.'),
    amount('discount', 'Discount.'),
    text('coupon', 'Coupon code.'),
    number('units', 'Units of all lines.'),
    big('lines', 'Lines.'),
    big('order_number', 'Number of the order among those of the person: 1, 2, 3.'),
    truth('is_first', 'Whether it is the first order of the person.'),
    truth('is_cancelled', 'Whether it was cancelled. Its amount stays as it is.'),
    amount('refunded', 'What was paid back in its currency; all that was paid, where a refund names no amount.'),
    text('products', 'The lines: JSON array of products. Query order_items instead.'),
    dayOf('its first Order Completed'),
  ],
};

export const orderItems: LakeView = {
  name: 'order_items',
  comment: 'Lines of orders, one row each.',
  columns: [
    text('order_id', 'Order; the messageId where it has no id.'),
    text('source_id', 'Source that told of it first: two sources may use one id.'),
    whole('line', 'Number of the line, from 1.'),
    text('product_id', 'Product.'),
    text('sku', 'SKU of the product.'),
    text('product_name', 'Name of the product.'),
    text('category', 'Category of the product.'),
    text('brand', 'Brand of the product.'),
    text('variant', 'Variant of the product.'),
    number('quantity', 'Units.'),
    amount('price', 'Price of one unit.'),
    amount('amount', 'Price times quantity, before any discount.'),
    currencyOfAmounts,
    person,
    instant('ordered_at', 'When the order was completed first.'),
    dayOf('the order'),
  ],
};

export const refunds: LakeView = {
  name: 'refunds',
  comment: 'What was paid back for orders, one row a refund.',
  columns: [
    message,
    text('order_id', 'Order.'),
    person,
    instant('refunded_at', 'When it was paid back.'),
    amount('amount', 'What was paid back; what the order still had, where the refund names no amount.'),
    truth('is_whole', 'Whether it pays back the whole order.'),
    text('currency', 'ISO 4217 code of the amount: that of the order where the refund names none.'),
    dayOf('it'),
  ],
};
