import { describe, expect, it } from 'vitest';
import { DEFAULT_CURRENCY } from '../../../schemas/event/vocabulary.ts';
import { segmentDefinition } from '../../../schemas/segment/definition.ts';
import { builtInSegments } from '../../../shared/segments/built-in-segments.ts';
import { ARRIVAL, aCleanEvent, aMoney, type CleanEventParts } from '../../fixtures/events.ts';
import { aCatalog, aPerson, LivePerson, membershipsAt } from './people.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const catalog = aCatalog(builtInSegments);

const ago = (ms: number, over: CleanEventParts = {}) =>
  aCleanEvent({ userId: 'user-1', eventTime: ARRIVAL - ms, ...over });
const order = (ms: number, amount: number, orderId: string) =>
  ago(ms, { event: 'Order Completed', commerce: { orderId, total: aMoney(amount), currency: DEFAULT_CURRENCY } });
const segmentsOf = (...events: ReturnType<typeof ago>[]) =>
  [...membershipsAt(catalog, aPerson(catalog, events), ARRIVAL)].sort();

describe('a built-in segment', () => {
  it.each(builtInSegments.map((definition) => [definition.id, definition] as const))(
    '%s is valid and described',
    (_, definition) => {
      expect(segmentDefinition.parse(definition)).toEqual(definition);
      expect(definition.description).toMatch(/^[A-Z].{20,}\.$/);
    },
  );

  it('has an id of its own', () => {
    expect(new Set(builtInSegments.map(({ id }) => id)).size).toBe(builtInSegments.length);
  });
});

describe('the built-in segments', () => {
  it('know a visitor of today', () => {
    const visit = { channel: 'email', deviceType: 'mobile' } as const;
    const views = [3, 2, 1].map((hours) => ago(hours * HOUR, { visit, commerce: { category: 'Tents' } }));
    expect(segmentsOf(...views)).toEqual([
      'activity-high',
      'channel-email',
      'device-mobile',
      'interest:Tents',
      'lifecycle-new',
    ]);
  });

  it('know a champion', () => {
    const orders = [1, 8, 20, 40, 60, 80].map((days, index) => order(days * DAY, 90, `o-${index}`));
    expect(segmentsOf(...orders)).toEqual([
      ...['activity-low', 'channel-direct', 'device-desktop', 'lifecycle-active', 'rfm-big-spenders', 'rfm-champions'],
      ...['rfm-loyal', 'spending-high', 'value-5'],
    ]);
  });

  it('know a customer of long ago', () => {
    expect(segmentsOf(order(200 * DAY, 60, 'o-1'))).toEqual([
      ...[
        'activity-low',
        'channel-direct',
        'device-desktop',
        'lifecycle-lapsed',
        'rfm-hibernating',
        'spending-low',
        'value-2',
      ],
    ]);
  });

  it('know no robots', () => {
    expect(segmentsOf(ago(HOUR, { visit: { isBot: true } }))).toEqual([]);
  });

  it('put everybody into one stage of life, into one activity, and every customer into one value', () => {
    const histories = [
      [ago(0)],
      [order(5 * DAY, 120, 'o-1')],
      [ago(50 * DAY), ago(40 * DAY), ago(DAY)],
      [ago(31 * DAY)],
      [ago(91 * DAY), order(300 * DAY, 700, 'o-1')],
      [ago(200 * DAY), ago(3 * DAY)],
    ];
    for (const events of histories) {
      const ids = segmentsOf(...events);
      const count = (prefix: string) => ids.filter((id) => id.startsWith(prefix)).length;
      expect([count('lifecycle-'), count('activity-')]).toEqual([1, 1]);
      const customers = events.some(({ event }) => event === 'Order Completed') ? 1 : 0;
      expect([count('value-'), count('spending-')]).toEqual([customers, customers]);
    }
  });

  it('take a cart as abandoned an hour after the last product, until an order or a week later', () => {
    const person = new LivePerson(catalog);
    const at = (ms: number, event: string) => ({ event: ago(-ms, { event }), at: ARRIVAL + ms });
    person.arrive(at(0, 'Product Added'));
    person.arrive(at(30 * MINUTE, 'Product Added'));
    person.waitUntil(ARRIVAL + 89 * MINUTE);
    expect(person.memberships).not.toContain('cart-abandoned-1h');
    person.waitUntil(ARRIVAL + 90 * MINUTE);
    expect(person.memberships).toContain('cart-abandoned-1h');
    person.arrive(at(2 * HOUR, 'Order Completed'));
    expect(person.memberships).not.toContain('cart-abandoned-1h');
    person.arrive(at(3 * HOUR, 'Product Added'));
    person.waitUntil(ARRIVAL + 8 * DAY);
    const cart = person.changes.filter(({ segmentId }) => segmentId === 'cart-abandoned-1h');
    expect(cart.map(({ to, cause, at }) => `${to} by ${cause.type} ${(at - ARRIVAL) / HOUR}`)).toEqual([
      'entered by time 1.5',
      'exited by event 2',
      'entered by time 4',
      'exited by time 171',
    ]);
  });
});
