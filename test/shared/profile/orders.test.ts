import { describe, expect, it } from 'vitest';
import type { Commerce } from '../../../schemas/event/clean-event.ts';
import { limits } from '../../../shared/profile/limits.ts';
import { ARRIVAL, aCleanEvent, aMoney } from '../../fixtures/events.ts';
import { aProfile } from '../../fixtures/profiles.ts';

const say = (event: string, commerce: Commerce, eventTime = ARRIVAL) => aCleanEvent({ event, eventTime, commerce });
const completed = (amount: number, over: Commerce = {}, at = ARRIVAL) =>
  say('Order Completed', { orderId: 'o-1', revenue: aMoney(amount), currency: 'EUR', ...over }, at);
const totalsOf = (...events: ReturnType<typeof say>[]) => {
  const { count, cancelledCount, totals } = aProfile(events).orders;
  return { count, cancelledCount, ...totals.get('EUR') };
};

describe('orders', () => {
  it('count once, however many messages complete them', () => {
    expect(totalsOf(completed(50), completed(50))).toEqual({
      count: 1,
      cancelledCount: 0,
      revenue: aMoney(50),
      refunded: 0,
      cancelled: 0,
    });
  });

  it('take the amount of the latest update', () => {
    const update = say('Order Updated', { orderId: 'o-1', revenue: aMoney(40), currency: 'EUR' }, ARRIVAL + 1);
    expect(totalsOf(update, completed(50)).revenue).toBe(aMoney(40));
  });

  it('add up partial refunds as they are, as the lake does', () => {
    const refund = say('Order Refunded', { orderId: 'o-1', total: aMoney(20), currency: 'EUR' });
    expect(totalsOf(completed(50), refund).refunded).toBe(aMoney(20));
    expect(totalsOf(refund, completed(50), { ...refund, messageId: 'r-2' }).refunded).toBe(aMoney(40));
    expect(totalsOf(completed(30), refund, { ...refund, messageId: 'r-2' }).refunded).toBe(aMoney(40));
  });

  it('keep a refund in another currency apart', () => {
    const refund = say('Order Refunded', { orderId: 'o-1', total: aMoney(70), currency: 'GBP' });
    const { totals } = aProfile([completed(50), refund]).orders;
    expect(totals.get('EUR')).toEqual({ revenue: aMoney(50), refunded: 0, cancelled: 0 });
    expect(totals.get('GBP')).toEqual({ revenue: 0, refunded: aMoney(70), cancelled: 0 });
  });

  it('are refunded whole by a refund without an amount', () => {
    expect(totalsOf(completed(50), say('Order Refunded', { orderId: 'o-1' })).refunded).toBe(aMoney(50));
  });

  it('lose by a cancellation what was not refunded', () => {
    const refund = say('Order Refunded', { orderId: 'o-1', total: aMoney(20), currency: 'EUR' });
    const cancel = say('Order Cancelled', { orderId: 'o-1' });
    expect(totalsOf(cancel, completed(50), refund)).toEqual({
      count: 1,
      cancelledCount: 1,
      revenue: aMoney(50),
      refunded: aMoney(20),
      cancelled: aMoney(30),
    });
  });

  it('without an order id count one a message', () => {
    const { orderId: _, ...noId } = completed(10).commerce;
    const { orders } = aProfile([say('Order Completed', noId), say('Order Completed', noId)]);
    expect(orders.count).toBe(2);
    expect(orders.totals.get('EUR')?.revenue).toBe(aMoney(20));
  });

  it('that no longer are remembered stay in the totals', () => {
    const many = Array.from({ length: limits.orders + 25 }, (_, n) => completed(1, { orderId: `o-${n}` }, ARRIVAL + n));
    const { orders } = aProfile(many);
    expect(orders.known.size).toBe(limits.orders);
    expect(orders.count).toBe(limits.orders + 25);
    expect(orders.totals.get('EUR')?.revenue).toBe(aMoney(limits.orders + 25));
  });
});
