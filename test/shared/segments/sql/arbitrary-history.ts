import fc from 'fast-check';
import type { CleanEvent } from '../../../../schemas/event/clean-event.ts';
import { cleanRecord } from '../../../../shared/clean/clean-record.ts';
import { anEnvelope, aRecord, DESKTOP_USER_AGENT, type Message } from '../../../fixtures/events.ts';
import {
  DAY,
  durationMs,
  durations,
  eventNames,
  HOUR,
  jsonValue,
  MINUTE,
  NOW,
  names,
  purposes,
} from './value-pools.ts';

/** A person: the key that stands for them, and what was heard under each of their keys, repeats included. */
export interface History {
  readonly home: string;
  readonly events: readonly CleanEvent[];
}

const anyOf = <T>(values: readonly T[]) => fc.constantFrom(...values);
const maybe = <T>(value: fc.Arbitrary<T>, freq = 2) => fc.option(value, { nil: undefined, freq });

/** Times at and beside the ends of windows and days, some of them in the future. */
const time = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(anyOf(durations), anyOf([-1, 0, 1])).map(([d, off]) => NOW - durationMs(d) + off) },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.nat(12), fc.nat(20)).map(([days, units]) => NOW - days * DAY - units * 5 * MINUTE),
  },
  { weight: 1, arbitrary: fc.nat(100).map((days) => NOW - (NOW % DAY) - days * DAY) },
  { weight: 1, arbitrary: anyOf([NOW, NOW, NOW - 1, NOW + 1, NOW + HOUR, NOW + 20 * HOUR]) },
);

const amount = anyOf([5, 5.5, 19.9, 20, 0.3, 40, '19,90', -5, 1e9, 1e9 + 1, 'free', undefined, undefined]);
const currency = anyOf(['EUR', 'EUR', 'USD', 'XXX', undefined, 'nope']);
const product = fc.record(
  {
    product_id: anyOf(['p-1', 'p-2', 5]),
    category: anyOf(['gold', 'silver']),
    brand: anyOf(['Acme', 'gold']),
    price: amount,
    quantity: anyOf([1, 2, 0.5]),
  },
  { requiredKeys: ['product_id'] },
);
const commerce = fc.record(
  {
    order_id: anyOf(['o-1', 'o-2', "o'3", undefined]),
    product_id: anyOf(['p-1', 'p-2', 5]),
    category: anyOf(['gold', 'silver', 'Gold']),
    price: amount,
    quantity: anyOf([1, 2, 2.5, 'many']),
    total: amount,
    revenue: amount,
    value: amount,
    currency,
    step: anyOf([1, 2, 2 ** 31]),
    rating: anyOf([4.5, 5]),
    coupon: anyOf(['gold', "o'brien"]),
    products: fc.array(product, { maxLength: 3 }),
  },
  { requiredKeys: [] },
);
const free = fc.dictionary(anyOf(names), jsonValue, { maxKeys: 3 });
const properties = fc.tuple(free, commerce).map(([one, other]) => ({ ...one, ...other }));

const agents = {
  desktop: DESKTOP_USER_AGENT,
  phone:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1',
  bot: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
};
const visits = [
  {},
  { campaign: { source: 'letter', medium: 'email' } },
  { campaign: { medium: 'cpc', name: "o'brien" } },
  { page: { url: 'https://shop.example/a?x=1', referrer: 'https://www.google.com/' } },
  { page: { url: 'https://shop.example/b', path: '/b', referrer: 'https://shop.example/' } },
];
const answer = anyOf([true, true, false, 'yes', null]);
const context = fc
  .record({
    visit: anyOf(visits),
    agent: fc.oneof(
      { weight: 8, arbitrary: anyOf([agents.desktop, agents.phone, undefined]) },
      { weight: 1, arbitrary: fc.constant(agents.bot) },
    ),
    consent: maybe(
      fc.oneof(
        { weight: 5, arbitrary: fc.dictionary(anyOf(purposes), answer, { maxKeys: 3 }) },
        { weight: 1, arbitrary: anyOf([[true], null, 'all']) },
      ),
      3,
    ),
    denied: maybe(
      fc.oneof(
        {
          weight: 5,
          arbitrary: fc.dictionary(anyOf([...purposes, 'analytics']), anyOf([false, true, 'no']), { maxKeys: 2 }),
        },
        { weight: 1, arbitrary: anyOf([[false], null, 'none']) },
      ),
      4,
    ),
    app: maybe(anyOf([{ os: { name: 'Android' } }, { device: { type: 'ios' } }]), 4),
  })
  .map(({ visit, agent, consent, denied, app }) => ({
    ...visit,
    ...app,
    ...(agent !== undefined && { userAgent: agent }),
    ...((consent ?? denied) !== undefined && {
      consent: {
        ...(consent !== undefined && { categoryPreferences: consent }),
        ...(denied !== undefined && { defaults: denied }),
      },
    }),
  }));

const happening: fc.Arbitrary<Message> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ type: fc.constant('track'), event: anyOf(eventNames.slice(0, 7)), properties }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('identify'),
      traits: fc.oneof(
        { weight: 9, arbitrary: fc.dictionary(anyOf(names), jsonValue, { maxKeys: 4 }) },
        { weight: 1, arbitrary: fc.constant({ plan: 'gold'.repeat(1_024), score: 5 }) },
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('page'), name: anyOf(['gold', 'Home']), properties: free }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('group'), groupId: anyOf(['gold', 'g-2']), traits: free }) },
);

const heard = fc.record({
  happening,
  context,
  time,
  key: fc.nat(3),
  source: anyOf(['web', 'web', 'app']),
  /** Whether it comes again, and under another key as well. */
  again: fc.oneof(
    { weight: 12, arbitrary: fc.constant('once') },
    { weight: 1, arbitrary: anyOf(['twice', 'under another key']) },
  ),
});

/** Keys of a person by place; the first is often the home. */
const keySets = [
  (n: number) => ({
    home: `user:u${n}`,
    ids: [{ userId: `u${n}` }, { anonymousId: `a${n}-1` }, { anonymousId: `a${n}-2` }],
  }),
  (n: number) => ({ home: `anonymous:a${n}-1`, ids: [{ anonymousId: `a${n}-1` }] }),
  (n: number) => ({ home: `email:'e${n}@x.org`, ids: [{ anonymousId: `a${n}-1` }, { userId: `ü${n}` }] }),
];

/** Histories of several persons, through cleaning, in whatever order they arrive. */
export const histories: fc.Arbitrary<History[]> = fc
  .array(fc.record({ keys: anyOf(keySets), heard: fc.array(heard, { minLength: 1, maxLength: 14 }) }), {
    minLength: 1,
    maxLength: 3,
  })
  .map((people) => people.map(({ keys, heard }, n) => historyOf(keys(n), heard, n)));

type Heard = typeof heard extends fc.Arbitrary<infer T> ? T : never;

function historyOf(
  { home, ids }: { home: string; ids: readonly Message[] },
  heard: readonly Heard[],
  n: number,
): History {
  const events = heard.flatMap(({ happening, context, time, key, source, again }, place) => {
    const message = {
      ...happening,
      context,
      messageId: `m${n}-${place}`,
      timestamp: new Date(time).toISOString(),
    };
    const copies = again === 'once' ? [key] : again === 'twice' ? [key, key] : [key, key + 1];
    return copies.flatMap((at) => cleaned({ ...message, ...ids[at % ids.length] }, source));
  });
  return { home, events };
}

/** Received just after `NOW`, so that no time in the histories is set right. */
function cleaned(message: Message, sourceId: string): CleanEvent[] {
  const receivedAt = new Date(NOW + MINUTE).toISOString();
  const { items } = cleanRecord(aRecord(anEnvelope([message], { sourceId, receivedAt }), { arrivedAt: NOW + MINUTE }));
  return items.flatMap(({ outcome }) => (outcome.ok ? [outcome.event] : []));
}

/** The same persons under keys that no other history has. */
export function renamed(history: History, suffix: string): History {
  const rename = (key: string) => `${key}${suffix}`;
  return {
    home: rename(history.home),
    events: history.events.map((event) => ({
      ...event,
      profileKey: rename(event.profileKey),
      ...(event.userId !== undefined && { userId: rename(event.userId) }),
      ...(event.anonymousId !== undefined && { anonymousId: rename(event.anonymousId) }),
    })),
  };
}
