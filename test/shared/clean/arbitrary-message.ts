import fc from 'fast-check';

const id = fc.oneof(
  { weight: 5, arbitrary: fc.stringMatching(/^[a-z0-9-]{1,12}$/) },
  fc.constantFrom('', ' ', null, undefined, 7, 1.5, 2 ** 60, true, [], {}, 'x'.repeat(256), 'x'.repeat(257)),
);
const object = fc.oneof(
  { weight: 5, arbitrary: fc.dictionary(fc.string({ maxLength: 6 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 5 }) },
  fc.constantFrom(null, undefined, 'text', 5, [], true),
);
const commerce = fc.record(
  {
    product_id: fc.constantFrom('p-1', 7, null),
    price: fc.constantFrom(19.9, '19,90', '€ 5', -3, 'x', 0.1 + 0.2),
    quantity: fc.constantFrom(1, '2', 0, 1.5, null),
    total: fc.constantFrom(10, '1,299.00', 1e9, 1e300),
    currency: fc.constantFrom('USD', 'eur', '', 'nope', 5),
    products: fc.constantFrom([], [{ id: 1, price: 2 }, 5, null], { product_id: 'p' }, 'x', null),
  },
  { requiredKeys: [] },
);
const time = fc.constantFrom(
  '2026-03-02T09:59:58.000Z',
  '2026-03-02 09:59:58',
  1772445600000,
  'soon',
  null,
  undefined,
  {},
  '1999-01-01',
);

/** Messages of the contract, right ones and such that break it in one field or several. */
export const message = fc.record(
  {
    type: fc.constantFrom('identify', 'track', 'page', 'screen', 'group', 'alias', 'track', 'Track', 5),
    messageId: fc.oneof(id, fc.constant('m'.repeat(101))),
    userId: id,
    anonymousId: id,
    groupId: id,
    previousId: id,
    event: fc.constantFrom('Order Completed', 'completed order', 'Product Viewed', 'Video Played', '', '  ', 5, null),
    name: fc.constantFrom('Home', '', null, undefined, 5, {}),
    properties: fc.oneof(object, commerce),
    traits: object,
    context: object,
    integrations: object,
    timestamp: time,
    sentAt: time,
    originalTimestamp: time,
  },
  { requiredKeys: ['type'] },
);
