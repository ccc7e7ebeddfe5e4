import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../../../shared/profile/limits.ts';
import { ARRIVAL, aCleanEvent } from '../../fixtures/events.ts';
import { aProfile } from '../../fixtures/profiles.ts';
import { someEvents } from './arbitraries.ts';
import { expectEqualProfiles } from './equal-profiles.ts';

const DAY = 86_400_000;

describe('the order of arrival', () => {
  it('changes nothing in a profile', () => {
    const shuffled = someEvents.chain((events) =>
      fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length })),
    );
    fc.assert(
      fc.property(shuffled, ([events, otherOrder]) => {
        fc.pre(events.length > 0);
        expectEqualProfiles(aProfile(otherOrder), aProfile(events));
      }),
      { numRuns: 300 },
    );
  });

  it('does not decide which days are left out when a profile has too many', () => {
    const days = limits.dayRows / 5 + 40;
    const events = Array.from({ length: days * 5 }, (_, n) =>
      aCleanEvent({ event: `Event ${n % 5}`, eventTime: ARRIVAL - Math.floor(n / 5) * DAY }),
    );
    const forth = aProfile(events);
    const back = aProfile(events.toReversed());
    const mixed = aProfile(events.toSorted((a, b) => (a.messageId.length % 3) - (b.messageId.length % 3) || 0));
    const rows = [...forth.counters.values()].map((counter) => counter.days.length);
    expect(rows.reduce((sum, length) => sum + length)).toBe(limits.dayRows);
    expect(back.counters).toEqual(forth.counters);
    expect(mixed.counters).toEqual(forth.counters);
    expect(forth.counters.get('Event 0')?.count).toBe(days);
  });

  it('leaves out days that lie 400 behind the latest, whichever event told of it', () => {
    const old = aCleanEvent({ event: 'Old', eventTime: ARRIVAL - 450 * DAY });
    const edge = aCleanEvent({ event: 'Edge', eventTime: ARRIVAL - 399 * DAY });
    const recent = aCleanEvent({ event: 'New', eventTime: ARRIVAL });
    for (const events of [
      [old, edge, recent],
      [recent, edge, old],
    ]) {
      const { counters } = aProfile(events);
      expect(counters.get('Old')).toMatchObject({ count: 1, days: [] });
      expect(counters.get('Edge')?.days).toHaveLength(1);
    }
  });
});
