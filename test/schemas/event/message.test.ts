import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ecommerceEvents } from '../../../schemas/event/ecommerce.ts';
import { ecommerceAliases, ecommerceEventNames, ecommerceNames } from '../../../schemas/event/ecommerce-names.ts';
import { segmentMessage } from '../../../schemas/event/message.ts';
import { cleanRecord } from '../../../shared/clean/clean-record.ts';
import { anEnvelope, aRecord } from '../../fixtures/events.ts';
import { message } from '../../shared/clean/arbitrary-message.ts';

describe('the message schema', () => {
  test('accepts exactly what cleaning accepts', () => {
    fc.assert(
      fc.property(message, (sent) => {
        const received = JSON.parse(JSON.stringify(sent));
        const [item] = cleanRecord(aRecord(anEnvelope([received]))).items;
        expect(item?.outcome.ok).toBe(segmentMessage.safeParse(received).success);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('the e-commerce events', () => {
  test('an older name means one event, and is no canonical name itself', () => {
    const aliases = ecommerceEventNames.flatMap((name) => ecommerceNames[name] as readonly string[]);

    expect(new Set(aliases).size).toBe(aliases.length);
    expect(aliases.filter((alias) => (ecommerceEventNames as readonly string[]).includes(alias))).toEqual([]);
    expect(Object.keys(ecommerceAliases)).toHaveLength(aliases.length);
  });

  test('properties fit the schema of their event', () => {
    const order = { order_id: 'o-1', total: 5, products: [{ product_id: 'p-1', price: 5, quantity: 1 }], extra: true };

    expect(ecommerceEvents['Order Completed'].parse(order)).toEqual(order);
    expect(ecommerceEvents['Order Completed'].safeParse({ total: 'five' }).success).toBe(false);
  });
});
