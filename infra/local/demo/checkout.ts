import type { Currency } from './homes.ts';
import type { OrderTruth } from './message.ts';
import { type Bill, billFor, billProperties, type Line, ledgerUnits, productsOf, wire } from './money.ts';
import type { Browsing } from './visit.ts';

/** An order as the shop's own books hold it. */
export interface Sale {
  readonly orderId: string;
  readonly at: number;
  readonly currency: Currency;
  readonly lines: readonly Line[];
  readonly bill: Bill;
  readonly ids: { userId?: string; anonymousId: string };
}

const coupons: Readonly<Record<string, number>> = { AUTUMN10: 0.1, WELCOME5: 0.05 };

/**
 * The funnel: started, shipping step, payment, order. Who came to buy nearly always gets through, others leave at a
 * step. The shop's server tracks the order itself.
 */
export function checkOut(browsing: Browsing, lines: readonly Line[], cartId: string, toBuy: boolean): Sale | undefined {
  const { log, random, person } = browsing;
  const { currency } = person.home;
  const orderId = `ord-${random.hex(10)}`;
  const checkoutId = `chk-${random.hex(10)}`;
  const stays = () => random.chance(toBuy ? 0.97 : 0.55);
  const affiliation = log.inApp ? 'App' : 'Web';
  const products = productsOf(lines, currency);

  log.pause(25).open('/checkout', 'Checkout');
  const offer = billFor(lines, currency, 0);
  const opening = {
    order_id: orderId,
    affiliation,
    value: wire(offer.subtotal),
    ...billProperties(offer),
    currency,
    products,
  };
  log.pause(1).track('Checkout Started', opening);
  const coupon = random.chance(0.22) ? enterCoupon(browsing, orderId, cartId) : undefined;
  const bill = billFor(lines, currency, coupon === undefined ? 0 : (coupons[coupon] ?? 0));
  if (!stays()) return undefined;

  const shippingMethod = random.among({ standard: 0.7, express: 0.2, 'pick-up': 0.1 });
  const paymentMethod = random.among({ card: 0.6, paypal: 0.25, 'apple-pay': 0.15 });
  const step = { checkout_id: checkoutId, shipping_method: shippingMethod };
  log.pause(3).track('Checkout Step Viewed', { ...step, step: 1 });
  if (!stays()) return undefined;
  log.pause(50).track('Checkout Step Completed', { ...step, step: 1 });
  if (random.chance(0.7)) browsing.join();
  log.pause(40).track('Payment Info Entered', { ...step, order_id: orderId, step: 2, payment_method: paymentMethod });
  if (!stays()) return undefined;

  log.pause(15).track(
    'Order Completed',
    {
      checkout_id: checkoutId,
      order_id: orderId,
      affiliation,
      ...billProperties(bill),
      ...(coupon ? { coupon } : {}),
      currency,
      products,
    },
    { order: orderTruth(orderId, currency, ledgerUnits(bill.total), lines), byServer: true },
  );
  const sale: Sale = { orderId, at: log.at, currency, lines, bill, ids: log.ids };
  if (!log.inApp) log.pause(2).open('/thanks', 'Order confirmed');
  return sale;
}

export function orderTruth(orderId: string, currency: Currency, amount: number, lines: readonly Line[]): OrderTruth {
  return {
    orderId,
    currency,
    amount,
    units: lines.map(({ item, quantity }) => ({ productId: item.itemId, quantity })),
  };
}

function enterCoupon({ log, random }: Browsing, orderId: string, cartId: string): string | undefined {
  const code = random.among({ AUTUMN10: 0.5, WELCOME5: 0.3, SUMMER20: 0.2 });
  const entered = { order_id: orderId, cart_id: cartId, coupon_id: code };
  log.pause(15).track('Coupon Entered', entered);
  const rate = coupons[code];
  if (rate === undefined) {
    log.pause(1).track('Coupon Denied', { ...entered, reason: 'The coupon has expired.' });
    return undefined;
  }
  log.pause(1).track('Coupon Applied', { ...entered, coupon_name: code, discount: rate * 100 });
  return code;
}
