import { DAY, HOUR } from './calendar.ts';
import { orderTruth, type Sale } from './checkout.ts';
import type { Diary } from './diary.ts';
import { billFor, type Line, ledgerUnits, productOf, productsOf, wire } from './money.ts';

/** What follows an order in the days after: a cancellation, a refund of all or a part, or a review. */
export function settleSale(diary: Diary, sale: Sale): void {
  const { random } = diary;
  const fate = random.among({ cancelled: 0.025, refunded: 0.08, reviewed: 0.2, kept: 0.695 });
  const order = { order_id: sale.orderId, currency: sale.currency };
  if (fate === 'cancelled') {
    const properties = { ...order, total: wire(sale.bill.total), products: productsOf(sale.lines, sale.currency) };
    const truth = orderTruth(sale.orderId, sale.currency, ledgerUnits(sale.bill.total), sale.lines);
    diary.serverTrack(sale.at + random.between(0.2, 12) * HOUR, 'Order Cancelled', properties, sale.ids, truth);
  }
  if (fate === 'refunded') refund(diary, sale);
  if (fate === 'reviewed') {
    const { item } = random.pick(sale.lines);
    const rating = random.pick([5, 5, 5, 4, 4, 3, 2, 1]);
    const properties = { product_id: item.itemId, review_id: `rev-${random.hex(8)}`, rating };
    diary.serverTrack(sale.at + random.between(4, 16) * DAY, 'Product Reviewed', properties, sale.ids);
    if (rating === 5 && random.chance(0.3)) {
      const product = productOf(item, sale.currency);
      diary.serverTrack(
        sale.at + random.between(16, 17) * DAY,
        'Product Shared',
        { share_via: 'link', ...product },
        sale.ids,
      );
    }
  }
}

function refund(diary: Diary, sale: Sale): void {
  const { random } = diary;
  const back: readonly Line[] = sale.lines.length > 1 && random.chance(0.6) ? sale.lines.slice(0, 1) : sale.lines;
  const whole = back.length === sale.lines.length;
  const cents = whole ? sale.bill.total : Math.min(sale.bill.total, billFor(back, sale.currency, 0).revenue);
  const properties = {
    order_id: sale.orderId,
    total: wire(cents),
    currency: sale.currency,
    products: productsOf(back, sale.currency),
  };
  const truth = orderTruth(sale.orderId, sale.currency, ledgerUnits(cents), back);
  diary.serverTrack(sale.at + random.between(3, 14) * DAY, 'Order Refunded', properties, sale.ids, truth);
}
