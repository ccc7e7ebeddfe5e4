import fc from 'fast-check';
import type { CleanEvent } from '../../../schemas/event/clean-event.ts';
import type { Condition, SegmentDefinition } from '../../../schemas/segment/definition.ts';
import { segmentDefinition } from '../../../schemas/segment/definition.ts';
import { ARRIVAL, aCleanEvent } from '../../fixtures/events.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Midnight some time before the latest events. */
const START = Date.UTC(2025, 10, 20);

const eventName = fc.constantFrom('Product Viewed', 'Product Added', 'Order Completed', 'Quiz Taken');
const category = fc.constantFrom('Kitchen', 'Garden', 'Tents');
const amount = fc.constantFrom(0, 50_000, 100_000, 199_000, 1_000_000);

/** Steps of time in which the events of one history lie: so that they meet often, within windows of many lengths. */
const steps = fc.constantFrom(
  { step: 20 * MINUTE, count: 60 },
  { step: HOUR, count: 100 },
  { step: 12 * HOUR, count: 60 },
  { step: DAY, count: 130 },
);
const placed = { at: fc.nat({ max: 1_000 }), beside: fc.constantFrom(0, 0, 0, 1, -1, 20 * MINUTE) };
const timeOf = ({ step, count }: { step: number; count: number }, { at, beside }: { at: number; beside: number }) =>
  START + (at % count) * step + beside;

const traits = fc.record(
  {
    plan: fc.constantFrom('free', 'pro', null),
    age: fc.constantFrom(17, 18, 40, '40'),
    tags: fc.constantFrom(['a'], ['a', 'b'], []),
    birthday: fc.constantFrom('1990-03-02', '1988-02-29', '1990-11-21', '2025-13-01'),
    trialEnds: fc.constantFrom('2025-12-01', '2026-03-02T10:00:00Z', '2026-03-05T00:00:00.000Z'),
    address: fc.constantFrom({ city: 'Rome' }, { city: 'Oslo' }, 'Rome'),
  },
  { requiredKeys: [] },
);

const consent = fc.constantFrom({ marketing: true }, { marketing: false }, { analytics: true });

/** What happened to one person, each event with a message id of its own. */
export const histories: fc.Arbitrary<CleanEvent[]> = fc
  .tuple(
    steps,
    fc.array(
      fc.record({
        ...placed,
        name: eventName,
        type: fc.constantFrom('track', 'track', 'track', 'track', 'identify'),
        category: fc.option(category, { nil: undefined }),
        amount: fc.option(amount, { nil: undefined }),
        score: fc.constantFrom<unknown>(1, 2.5, 'x', null, undefined, '2'),
        orderId: fc.constantFrom('o-1', 'o-2', 'o-3'),
        traits,
        consent: fc.option(consent, { nil: undefined }),
        isBot: fc.constantFrom(false, false, false, false, true),
        device: fc.constantFrom('desktop', 'mobile'),
        channel: fc.constantFrom('direct', 'email', 'paid', 'on_site'),
      }),
      { minLength: 1, maxLength: 16 },
    ),
  )
  .map(([scale, parts]) =>
    parts.map((part, index) =>
      aCleanEvent({
        messageId: `m-${index}`,
        userId: 'user-1',
        eventTime: timeOf(scale, part),
        ...(part.type === 'identify'
          ? { type: 'identify', event: 'Identify', traits: part.traits }
          : { type: 'track', event: part.name, properties: { score: part.score } }),
        ...(part.consent !== undefined && { context: { consent: { categoryPreferences: part.consent } } }),
        commerce: {
          product: {
            productId: 'p-1',
            ...(part.category !== undefined && { category: part.category }),
            ...(part.amount !== undefined && { price: part.amount }),
          },
          ...(part.category !== undefined && { products: [{ productId: 'p-1', category: part.category }] }),
          ...(part.amount !== undefined && { total: part.amount }),
          currency: 'EUR',
          orderId: part.orderId,
        },
        visit: { isBot: part.isBot, deviceType: part.device, channel: part.channel } as CleanEvent['visit'],
      }),
    ),
  );

/** A history and another order of the same events. */
export const shuffledHistories = histories.chain((events) =>
  fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length })),
);

const duration = fc.constantFrom({ minutes: 20 }, { hours: 1 }, { hours: 5 }, { days: 1 }, { days: 7 }, { days: 40 });
const window = fc.oneof(
  duration.map((last) => ({ last })),
  fc.constantFrom(
    { since: '2025-11-21' },
    { since: '2025-11-20T04:00:00Z', until: '2025-11-21T05:00:00Z' },
    { since: '2025-12-01', until: '2026-01-04' },
  ),
);
const where = fc.array(
  fc.constantFrom(
    { field: 'category', op: 'equals', value: 'Tents' },
    { field: 'category', op: 'notIn', value: ['Tents', 'Kitchen'] },
    { field: 'price', op: 'greaterOrEqual', value: 10 },
    { field: 'products.category', op: 'hasAny', value: ['Garden'] },
    { property: 'score', op: 'greater', value: 1 },
    { property: 'score', op: 'missing' },
  ),
  { minLength: 1, maxLength: 2 },
);
const names = fc.oneof(eventName, fc.constant('*'), fc.uniqueArray(eventName, { minLength: 1, maxLength: 2 }));
const selector = fc.oneof(
  { weight: 3, arbitrary: fc.record({ event: names }) },
  { weight: 1, arbitrary: fc.record({ event: names, where }) },
);
const measure = fc.oneof(
  fc.constantFrom({ of: 'count' }, { of: 'distinct', field: 'category' }, { of: 'distinct', property: 'score' }),
  fc.record({ of: fc.constantFrom('sum', 'min', 'max', 'average'), field: fc.constantFrom('price', 'total') }),
  fc.record({ of: fc.constantFrom('sum', 'min', 'max', 'average'), property: fc.constant('score') }),
);
const compared = fc.oneof(
  fc.record({
    op: fc.constantFrom('equals', 'notEquals', 'less', 'lessOrEqual', 'greater', 'greaterOrEqual'),
    value: fc.constantFrom(0, 1, 2, 2.5, 3, 19.9, 20),
  }),
  fc.record({ op: fc.constant('between'), value: fc.constantFrom([1, 2], [0, 0], [2, 40]) }),
);

const eventCondition = fc
  .tuple(
    selector,
    measure,
    compared,
    fc.record({ window, pick: fc.constantFrom('first', 'last') }, { requiredKeys: [] }),
  )
  .map(([selected, measured, test, rest]) => ({ type: 'event', ...selected, measure: measured, ...test, ...rest }));
const optionalWindow = fc.record({ window }, { requiredKeys: [] });
const stages = fc.uniqueArray(fc.constantFrom('new', 'activated', 'active', 'atRisk', 'lapsed', 'returned'), {
  minLength: 1,
  maxLength: 3,
});
const range = fc.constantFrom({ from: 4 }, { to: 2 }, { from: 2, to: 4 });

const timed = fc.oneof(
  { weight: 5, arbitrary: eventCondition },
  fc
    .tuple(fc.array(selector, { minLength: 2, maxLength: 3 }), duration, optionalWindow)
    .map(([steps, within, rest]) => ({ type: 'sequence', steps, within, ...rest })),
  fc
    .tuple(
      selector,
      selector,
      fc.constantFrom({ minutes: 20 }, { hours: 1 }, { hours: 5 }),
      fc.record(
        { window: fc.constantFrom({ last: { days: 1 } }, { last: { days: 7 } }, { since: '2025-11-22' }) },
        { requiredKeys: [] },
      ),
    )
    .map(([event, by, within, rest]) => ({ type: 'notFollowed', event, by, within, ...rest })),
  fc.record({
    type: fc.constant('frequency'),
    event: selector,
    days: fc.integer({ min: 1, max: 3 }),
    of: fc.integer({ min: 3, max: 9 }),
  }),
  fc.record({
    type: fc.constant('lifecycle'),
    in: stages,
    days: fc.constantFrom({}, { new: 3, activated: 2, active: 2, lapsed: 5, returned: 4 }),
  }),
  fc.record(
    {
      type: fc.constant('rfm'),
      currency: fc.constant('EUR'),
      scale: fc.constant({ recencyDays: [1, 2, 30, 60], frequency: [1, 2, 3, 4], monetary: [5, 10, 20, 100] }),
      recency: range,
      frequency: range,
      monetary: range,
    },
    { requiredKeys: ['type', 'currency', 'scale'] },
  ),
  fc.constantFrom(
    { type: 'trait', name: 'birthday', op: 'anniversary', value: { inDays: 7 } },
    { type: 'trait', name: 'birthday', op: 'anniversary' },
    { type: 'trait', name: 'trialEnds', op: 'withinLast', value: { days: 3 } },
    { type: 'computed', name: 'lastSeenAt', op: 'withinLast', value: { hours: 5 } },
    { type: 'computed', name: 'firstOrderAt', op: 'withinLast', value: { days: 40 } },
    { type: 'computed', name: 'firstSeenAt', op: 'anniversary', value: { inDays: 1 } },
  ),
);
const timeless = fc.constantFrom(
  { type: 'trait', name: 'plan', op: 'equals', value: 'pro' },
  { type: 'trait', name: 'plan', op: 'missing' },
  { type: 'trait', name: 'age', op: 'between', value: [18, 40] },
  { type: 'trait', name: 'tags', op: 'hasAll', value: ['a', 'b'] },
  { type: 'trait', name: 'address.city', op: 'in', value: ['Rome', 'Bonn'] },
  { type: 'trait', name: 'trialEnds', op: 'after', value: '2026-01-01' },
  { type: 'computed', name: 'eventCount', op: 'greater', value: 5 },
  { type: 'computed', name: 'orderCount', op: 'equals', value: 1 },
  { type: 'computed', name: 'netRevenue', currency: 'EUR', op: 'greaterOrEqual', value: 20 },
  { type: 'computed', name: 'lastOrderAt', op: 'before', value: '2026-01-01' },
  { type: 'computed', name: 'mainDevice', op: 'equals', value: 'mobile' },
  { type: 'computed', name: 'mainChannel', op: 'in', value: ['email', 'direct'] },
  { type: 'computed', name: 'firstChannel', op: 'equals', value: 'paid' },
  { type: 'computed', name: 'lastChannel', op: 'notEquals', value: 'direct' },
  { type: 'consent', purpose: 'marketing', is: 'granted' },
  { type: 'consent', purpose: 'analytics', is: 'unknown' },
  { type: 'share', percent: 50, salt: 'test' },
);

/** Conditions out of these leaves, alone or combined. */
function combined(leaf: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.letrec<{ condition: unknown }>((tie) => ({
    condition: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { weight: 10, arbitrary: leaf },
      {
        weight: 4,
        arbitrary: fc
          .tuple(fc.constantFrom('all', 'any'), fc.array(tie('condition'), { minLength: 1, maxLength: 3 }))
          .map(([type, conditions]) => ({ type, conditions })),
      },
      { weight: 2, arbitrary: tie('condition').map((inner) => ({ type: 'not', condition: inner })) },
    ),
  })).condition;
}

const condition = combined(fc.oneof({ weight: 8, arbitrary: timed }, { weight: 2, arbitrary: timeless }));

/** Segments that neither time nor another segment changes: those of one sweep. */
export const timelessCatalogs: fc.Arbitrary<SegmentDefinition[]> = fc
  .array(fc.tuple(fc.constantFrom('all', 'any'), combined(timeless), combined(timeless)), {
    minLength: 1,
    maxLength: 8,
  })
  .map((parts) =>
    parts.map(([type, ...conditions], index) =>
      segmentDefinition.parse({ id: `segment-${index}`, name: 'Segment', condition: { type, conditions } }),
    ),
  );

const tags = fc.record({
  event: selector,
  by: fc.constantFrom('category', 'channel'),
  atLeast: fc.integer({ min: 1, max: 3 }),
  last: duration,
  most: fc.constantFrom(1, 2, 20),
});

/** Some segments; those after the first may refer to ones before them. */
export const catalogs: fc.Arbitrary<SegmentDefinition[]> = fc
  .array(
    fc.tuple(
      fc.oneof({ weight: 6, arbitrary: condition }, { weight: 1, arbitrary: tags }),
      fc.boolean(),
      fc.nat(),
      fc.boolean(),
    ),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((parts) => {
    const definitions: SegmentDefinition[] = [];
    for (const [index, [rule, includeBots, target, refers]] of parts.entries()) {
      const head = { id: `segment-${index}`, name: `Segment ${index}`, includeBots };
      if ('atLeast' in (rule as object)) {
        definitions.push(segmentDefinition.parse({ ...head, tags: rule }));
        continue;
      }
      const others = definitions.filter((each) => each.condition !== undefined);
      const other = others[target % Math.max(others.length, 1)];
      const reference = refers && other ? { type: 'any', conditions: [{ type: 'segment', id: other.id }, rule] } : rule;
      definitions.push(segmentDefinition.parse({ ...head, condition: reference as Condition }));
    }
    return definitions;
  });

/** A moment to look at a person, now and then before all events or after them. */
export const moments = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(steps, fc.record(placed)).map(([scale, place]) => timeOf(scale, place)) },
  { weight: 1, arbitrary: fc.constantFrom(START - DAY, ARRIVAL, START + 300 * DAY) },
);
