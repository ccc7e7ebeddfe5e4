import fc from 'fast-check';
import type { Condition, SegmentDefinition } from '../../../schemas/segment/definition.ts';
import { ARRIVAL, anAlias, anIdentify, anOrder, aTrack, type Message } from '../../fixtures/events.ts';
import { catalogOf } from './world.ts';

const HOUR = 3_600_000;

const segment = (id: string, condition: Condition): SegmentDefinition => ({
  id,
  name: id,
  includeBots: false,
  condition,
});
const events = (value: number) =>
  ({ type: 'event', event: '*', measure: { of: 'count' }, op: 'greaterOrEqual', value }) as const;

/** Segments that events, traits, orders and time decide about. */
export const someSegments = catalogOf([
  segment('seen-twice', events(2)),
  segment('fresh', { ...events(1), window: { last: { hours: 1 } } }),
  segment('busy', { ...events(3), window: { last: { hours: 2 } } }),
  segment('pro', { type: 'trait', name: 'plan', op: 'equals', value: 'pro' }),
  segment('buyer', { type: 'computed', name: 'orderCount', op: 'greaterOrEqual', value: 1 }),
  segment('not-buyer', { type: 'not', condition: { type: 'segment', id: 'buyer' } }),
]);

/**
 * What happens next: a message is sent, or time passes, until all is taken in and what was due has come about; or it passes
 * while consumers lag behind, so that ticks overtake events.
 */
export type Happening = { readonly send: Message } | { readonly pass: number } | { readonly overtake: number };

let sent = 0;
/** An id that no other message has; the same each time a scenario is played. */
const withIds = (happenings: readonly Happening[]): Happening[] =>
  happenings.map((happening) => {
    if (!('send' in happening)) return happening;
    sent += 1;
    return { send: { ...happening.send, messageId: `s-${sent}` } };
  });

const user = fc.constantFrom('ann', 'bob');
const device = fc.constantFrom('d-1', 'd-2', 'd-3');
const at = fc.integer({ min: -2 * HOUR, max: 0 }).map((ms) => ({ timestamp: new Date(ARRIVAL + ms).toISOString() }));
const plan = fc.constantFrom({ plan: 'pro' }, { plan: 'free' });
const email = fc.constantFrom({ email: 'ann@example.org' }, { email: 'bob@example.org' });

const known = fc
  .tuple(fc.constantFrom(aTrack, anOrder), user, at)
  .map(([make, userId, when]): Message => make({ userId, ...when }));
const unknown = fc
  .tuple(fc.constantFrom(aTrack, anOrder), device, at)
  .map(([make, anonymousId, when]): Message => make({ userId: undefined, anonymousId, ...when }));
const alone = fc
  .tuple(user, plan, at)
  .map(([userId, traits, when]): Message => anIdentify({ userId, anonymousId: undefined, traits, ...when }));
const joining = fc
  .tuple(fc.option(user, { nil: undefined }), device, fc.oneof(plan, email), at)
  .map(([userId, anonymousId, traits, when]): Message => anIdentify({ userId, anonymousId, traits, ...when }));
const renaming = fc
  .tuple(user, fc.oneof(user, device), at)
  .map(([userId, previousId, when]): Message => anAlias({ userId, previousId, ...when }));
const span = fc.constantFrom(1, 600_000, HOUR, 3 * HOUR);
const passing = span.map((pass): Happening => ({ pass }));
const overtaking = span.map((overtake): Happening => ({ overtake }));

const happenings = (messages: readonly fc.Arbitrary<Message>[], time: fc.Arbitrary<Happening>) =>
  fc
    .array(
      fc.oneof(
        { weight: 4, arbitrary: fc.oneof(...messages).map((send): Happening => ({ send })) },
        { weight: 1, arbitrary: time },
      ),
      { minLength: 1, maxLength: 14 },
    )
    .map(withIds);

/** Persons of a single key each. */
export const separatePersons = happenings([known, unknown, alone], passing);

/** Persons whose keys are joined, renamed and share devices. */
export const joinedPersons = happenings(
  [known, unknown, alone, joining, joining, renaming],
  fc.oneof(passing, overtaking),
);
