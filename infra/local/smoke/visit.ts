import { randomUUID } from 'node:crypto';

/** What a person who does not exist did in a shop. */
export interface Visit {
  readonly userId: string;
  readonly itemId: string;
  /** Messages of the Segment contract, in order. */
  readonly messages: readonly Readonly<Record<string, unknown>>[];
}

export function aVisit(now = Date.now()): Visit {
  const run = randomUUID();
  const userId = `smoke-${run}`;
  const anonymousId = `smoke-device-${run}`;
  const itemId = 'smoke-item';
  const item = { product_id: itemId, name: 'Nothing', category: 'Smoke', price: 12.5, quantity: 2, currency: 'USD' };
  const order = { order_id: `smoke-${run}`, total: 25, currency: 'USD', products: [item] };
  const messages = [
    { type: 'track', anonymousId, event: 'Product Viewed', properties: item },
    { type: 'identify', anonymousId, userId, traits: { plan: 'smoke' } },
    { type: 'track', userId, event: 'Product Added', properties: item },
    { type: 'track', userId, event: 'Order Completed', properties: order },
  ];
  return {
    userId,
    itemId,
    messages: messages.map((message, index) => ({
      ...message,
      messageId: `smoke-${run}-${index}`,
      timestamp: new Date(now - 1_000 * (messages.length - index)).toISOString(),
    })),
  };
}
