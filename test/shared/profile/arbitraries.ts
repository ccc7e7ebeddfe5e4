import fc from 'fast-check';
import type { CleanEvent, Commerce } from '../../../schemas/event/clean-event.ts';
import { ARRIVAL, aCleanEvent } from '../../fixtures/events.ts';

const DAY = 86_400_000;
const amount = fc.integer({ min: -50_000, max: 50_000_000 });
const currency = fc.constantFrom('EUR', 'USD', undefined);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const product = fc.record({
  productId: fc.constantFrom('p-1', 'p-2', 'p-3', '__proto__', 'constructor'),
  category: fc.constantFrom('Kitchen', 'Garden', 'toString'),
  brand: fc.constantFrom('Acme', '__proto__'),
});

const commerce: fc.Arbitrary<Commerce> = fc
  .record({
    product: maybe(product),
    products: maybe(fc.array(product, { maxLength: 3 })),
    currency,
    value: maybe(amount),
    revenue: maybe(amount),
    total: maybe(amount),
    orderId: maybe(fc.constantFrom('o-1', 'o-2', 'o-3', '__proto__')),
    category: maybe(fc.constantFrom('Kitchen', 'Garden')),
  })
  .map((parts) => Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as Commerce);

const traitName = fc.constantFrom('email', 'plan', '__proto__', 'constructor', 'toString', 'hasOwnProperty');
const traitValue = fc.oneof(fc.string({ maxLength: 8 }), fc.integer(), fc.boolean(), fc.constant(null));

/** Traits as a parser makes them: `__proto__` is a property like any other. */
const traits = fc
  .array(fc.tuple(traitName, traitValue), { maxLength: 4 })
  .map((entries) => Object.fromEntries(entries) as Record<string, unknown>);

const happenings = fc.constantFrom(
  ['track', 'Product Viewed'],
  ['track', 'Product Added'],
  ['track', 'Product List Viewed'],
  ['track', 'Order Completed'],
  ['track', 'Order Updated'],
  ['track', 'Order Cancelled'],
  ['track', 'Order Refunded'],
  ['track', '__proto__'],
  ['track', 'constructor'],
  ['page', 'Page Viewed'],
  ['identify', 'Identify'],
  ['group', 'Group'],
) as fc.Arbitrary<readonly [CleanEvent['type'], string]>;

const context = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  fc
    .dictionary(fc.constantFrom('ads', 'mail', '__proto__'), fc.oneof(fc.boolean(), fc.constant('yes')))
    .map((categoryPreferences) => ({ consent: { categoryPreferences } })),
);

/** Events of `user-1` over 500 days, many of them at the same moment; each with a message id of its own. */
export const someEvents = fc
  .array(
    fc.record({
      happening: happenings,
      time: fc.oneof(
        fc.integer({ min: 0, max: 500 }).map((day) => ARRIVAL - day * DAY),
        fc.constant(ARRIVAL),
        fc.integer({ min: ARRIVAL - 3 * DAY, max: ARRIVAL }),
      ),
      anonymousId: maybe(fc.constantFrom('a-1', 'a-2')),
      channel: fc.constantFrom('paid', 'email', 'direct', 'on_site', undefined),
      isBot: fc.constantFrom(false, false, false, true),
      deviceType: fc.constantFrom('desktop', 'mobile', 'other'),
      commerce,
      traits,
      context,
    }),
    { maxLength: 40 },
  )
  .map((parts) =>
    parts.map(({ happening: [type, event], time, anonymousId, channel, isBot, deviceType, ...rest }, index) =>
      aCleanEvent({
        messageId: `m-${index}`,
        type,
        event,
        userId: 'user-1',
        ...(anonymousId !== undefined && { anonymousId }),
        ...(type === 'group' && { groupId: `group-${index % 3}` }),
        eventTime: time,
        visit: { isBot, deviceType, ...(channel !== undefined && { channel }) },
        commerce: rest.commerce,
        traits: type === 'identify' ? rest.traits : {},
        context: rest.context,
      }),
    ),
  );
