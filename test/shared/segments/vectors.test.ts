import { describe, expect, it } from 'vitest';
import type { CleanEvent } from '../../../schemas/event/clean-event.ts';
import { newAudience } from '../../../shared/segments/audience.ts';
import { pruneTracks } from '../../../shared/segments/compile-catalog.ts';
import { evaluate } from '../../../shared/segments/evaluate.ts';
import { ARRIVAL, aCleanEvent, aMoney } from '../../fixtures/events.ts';
import conditionVectors from '../../vectors/segment-conditions.json' with { type: 'json' };
import valueVectors from '../../vectors/segment-value-tests.json' with { type: 'json' };
import { aCatalog, aPerson, aSegment, KEY } from './people.ts';
import { membershipsOf } from './reference.ts';

/** An event as vectors write it: a Product Viewed by a desktop browser unless it says otherwise. */
interface ShortEvent {
  readonly time: string;
  readonly event?: string;
  readonly bot?: boolean;
  readonly category?: string;
  readonly price?: number;
  readonly total?: number;
  readonly orderId?: string;
  readonly products?: readonly { readonly category?: string }[];
  readonly properties?: Record<string, unknown>;
  readonly traits?: Record<string, unknown>;
  readonly consent?: Record<string, boolean>;
  readonly device?: 'desktop' | 'mobile';
  readonly channel?: 'direct' | 'email';
}

function longEvent(short: ShortEvent, index: number): CleanEvent {
  const { category, price, total, orderId, products, traits, consent } = short;
  return aCleanEvent({
    messageId: `m-${index}`,
    userId: 'user-1',
    eventTime: Date.parse(short.time),
    ...(traits ? { type: 'identify', traits } : { event: short.event ?? 'Product Viewed' }),
    properties: short.properties ?? {},
    context: consent ? { consent: { categoryPreferences: consent } } : {},
    commerce: {
      product: {
        productId: 'p-1',
        ...(category !== undefined && { category }),
        ...(price !== undefined && { price: aMoney(price) }),
      },
      ...(products && { products: products.map((product) => ({ productId: 'p-1', ...product })) }),
      ...(total !== undefined && { total: aMoney(total) }),
      ...(orderId !== undefined && { orderId }),
      currency: 'EUR',
    },
    visit: { isBot: short.bot ?? false, deviceType: short.device ?? 'desktop', channel: short.channel ?? 'direct' },
  });
}

/** Whether the one segment holds, and when it is due: undefined for never. */
function judge(condition: unknown, events: readonly CleanEvent[], asOf: number) {
  const definition = aSegment(condition);
  const catalog = aCatalog([definition]);
  const audience = newAudience();
  const person = aPerson(catalog, events);
  pruneTracks(catalog, person.tracks, asOf);
  evaluate(catalog, person, audience, asOf, { type: 'definition', time: asOf });
  const member = audience.memberships.has('segment');
  expect(membershipsOf([definition], events, KEY, asOf).has('segment'), 'the plain reading').toBe(member);
  return { member, due: audience.due === 0 ? undefined : new Date(audience.due).toISOString() };
}

describe('a test of a value', () => {
  it.each(valueVectors as [string, object, unknown, boolean][])('%s', (_, test, value, expected) => {
    const event = aCleanEvent({ userId: 'user-1', type: 'identify', eventTime: ARRIVAL - 1_000, traits: { value } });
    expect(judge({ type: 'trait', name: 'value', ...test }, [event], ARRIVAL).member).toBe(expected);
  });

  it('has a vector for every op', () => {
    const tested = new Set((valueVectors as unknown as [string, { op: string }][]).map(([, { op }]) => op));
    expect([...tested].sort()).toEqual(
      [
        ...['equals', 'notEquals', 'in', 'notIn', 'less', 'lessOrEqual', 'greater', 'greaterOrEqual', 'between'],
        ...['exists', 'missing', 'contains', 'startsWith', 'endsWith', 'matches', 'hasAny', 'hasAll', 'hasNone'],
        ...['before', 'after', 'withinLast', 'anniversary'],
      ].sort(),
    );
  });
});

describe('a condition', () => {
  it.each(conditionVectors.map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
    const { condition, events, asOf, member, due } = vector as {
      condition: unknown;
      events: ShortEvent[];
      asOf?: string;
      member: boolean;
      due?: string;
    };
    const now = asOf === undefined ? ARRIVAL : Date.parse(asOf);
    const found = judge(condition, events.map(longEvent), now);
    const expected = due === undefined ? undefined : new Date(due).toISOString();
    expect(found.member).toBe(member);
    if (due !== undefined || !member) expect(found.due).toBe(expected);
  });
});
