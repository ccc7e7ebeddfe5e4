import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CleanEvent } from '../../../schemas/event/clean-event.ts';
import type { SegmentDefinition } from '../../../schemas/segment/definition.ts';
import { newAudience } from '../../../shared/segments/audience.ts';
import { mergeTracks, pruneTracks, trackEvent } from '../../../shared/segments/compile-catalog.ts';
import { evaluate } from '../../../shared/segments/evaluate.ts';
import type { Tracks } from '../../../shared/segments/tracks.ts';
import { catalogs, histories, moments, shuffledHistories, timelessCatalogs } from './arbitraries.ts';
import { type Arrival, aCatalog, aPerson, KEY, LivePerson, membershipsAt } from './people.ts';
import { membershipsOf } from './reference.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** Events in the order of the list; each arrives some time after the one before, and most of them soon after they happen. */
const arrivals: fc.Arbitrary<Arrival[]> = fc
  .tuple(
    shuffledHistories,
    fc.boolean(),
    fc.array(fc.integer({ min: 0, max: 3 * DAY }), { minLength: 16, maxLength: 16 }),
  )
  .map(([[events, shuffled], isLive, waits]) => {
    if (isLive)
      return events
        .toSorted((a, b) => a.eventTime - b.eventTime)
        .map((event) => ({ event, at: event.eventTime + 2_000 }));
    let at = Math.min(...events.map(({ eventTime }) => eventTime));
    return shuffled.map((event, index) => {
      at += (waits[index] ?? 0) * (index % 3);
      return { event, at };
    });
  });

/** Every moment in (from, to] at which something that these definitions say of these events may change. */
function relevantMoments(
  definitions: readonly SegmentDefinition[],
  events: readonly CleanEvent[],
  from: number,
  to: number,
) {
  const found = new Set<number>();
  for (let day = Math.floor(from / DAY); day * DAY <= to; day += 1) found.add(day * DAY);
  const durations = [...JSON.stringify(definitions).matchAll(/\{"(days|hours|minutes)":(\d+)\}/g)].map(
    ([, unit, count]) => Number(count) * (unit === 'days' ? DAY : unit === 'hours' ? 60 * MINUTE : MINUTE),
  );
  const instants = events.flatMap(({ eventTime, traits }) => [eventTime, Date.parse(String(traits.trialEnds))]);
  for (const time of instants) for (const length of [0, ...durations]) found.add(time + length);
  return [...found].filter((time) => time > from && time <= to).sort((one, other) => one - other);
}

const difference = (one: Set<string>, other: Set<string>) => [...one].filter((id) => !other.has(id)).sort();

describe('evaluation of segments', () => {
  it('means what the definitions say', () => {
    fc.assert(
      fc.property(catalogs, histories, moments, (definitions, events, asOf) => {
        const catalog = aCatalog(definitions);
        const found = membershipsAt(catalog, aPerson(catalog, events), asOf);
        expect([...found].sort()).toEqual([...membershipsOf(definitions, events, KEY, asOf)].sort());
      }),
      { numRuns: 1_000 },
    );
  });

  it('means the same in one sweep over all segments', () => {
    fc.assert(
      fc.property(timelessCatalogs, histories, moments, (definitions, events, asOf) => {
        const catalog = aCatalog(definitions);
        for (const place of definitions.keys()) expect(catalog.sweep.isSwept(place)).toBe(true);
        const found = membershipsAt(catalog, aPerson(catalog, events), asOf);
        expect([...found].sort()).toEqual([...membershipsOf(definitions, events, KEY, asOf)].sort());
      }),
      { numRuns: 300 },
    );
  });

  it('is the same after each event as from all events at once', () => {
    fc.assert(
      fc.property(catalogs, arrivals, (definitions, arriving) => {
        const person = new LivePerson(aCatalog(definitions));
        for (const arrival of arriving) {
          person.arrive(arrival);
          const expected = membershipsOf(definitions, person.events, KEY, arrival.at);
          expect([...person.memberships].sort()).toEqual([...expected].sort());
        }
      }),
      { numRuns: 300 },
    );
  });

  it('holds until the due time, and catches up through due times with what really happened', () => {
    fc.assert(
      fc.property(catalogs, arrivals, (definitions, arriving) => {
        const person = new LivePerson(aCatalog(definitions));
        for (const arrival of arriving) person.arrive(arrival);
        const { evaluatedAt } = person.audience;
        const before = person.changes.length;
        const end = evaluatedAt + 50 * DAY;
        const expected: string[] = [];
        let members = person.memberships;
        for (const time of relevantMoments(definitions, person.events, evaluatedAt, end)) {
          const next = membershipsOf(definitions, person.events, KEY, time);
          for (const id of difference(members, next)) expected.push(`${time} ${id} exited`);
          for (const id of difference(next, members)) expected.push(`${time} ${id} entered`);
          members = next;
        }
        person.waitUntil(end);
        const found = person.changes.slice(before);
        expect(found.map(({ at, segmentId, to }) => `${at} ${segmentId} ${to}`).sort()).toEqual(expected.sort());
        for (const { at, cause } of found) expect(cause).toEqual({ type: 'time', time: at });
      }),
      { numRuns: 200 },
    );
  });

  it('is not due before something may change, nor ever for what time cannot change', () => {
    fc.assert(
      fc.property(catalogs, histories, moments, (definitions, events, asOf) => {
        const catalog = aCatalog(definitions);
        const person = aPerson(catalog, events);
        const audience = newAudience();
        evaluate(catalog, person, audience, asOf, { type: 'definition', time: asOf });
        const { due } = audience;
        const end = due === 0 ? asOf + 50 * DAY : due - 1;
        const members = [...audience.memberships.keys()].sort();
        const middle = asOf + Math.floor((end - asOf) / 2);
        for (const time of [
          ...relevantMoments(definitions, events, asOf, Math.min(end, asOf + 50 * DAY)),
          middle,
          end,
        ]) {
          expect([...membershipsOf(definitions, events, KEY, time)].sort()).toEqual(members);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('numbers transitions without a gap, and lets entering and leaving take turns', () => {
    fc.assert(
      fc.property(catalogs, arrivals, (definitions, arriving) => {
        const person = new LivePerson(aCatalog(definitions));
        for (const arrival of arriving) person.arrive(arrival);
        person.waitUntil(person.audience.evaluatedAt + 50 * DAY);
        const last = new Map<string, string>();
        for (const [index, { n, segmentId, to }] of person.changes.entries()) {
          expect(n).toBe((person.changes[0]?.n ?? 0) + index);
          expect(to).toBe(last.get(segmentId) === 'entered' ? 'exited' : 'entered');
          last.set(segmentId, to);
        }
        expect(person.audience.transitions).toBe(person.changes.at(-1)?.n ?? 0);
      }),
      { numRuns: 200 },
    );
  });
});

describe('tracks', () => {
  it('do not depend on the order of arrival, nor on how often an event comes', () => {
    fc.assert(
      fc.property(catalogs, shuffledHistories, (definitions, [events, shuffled]) => {
        const catalog = aCatalog(definitions);
        const one = aPerson(catalog, events).tracks;
        const other = aPerson(catalog, [...shuffled, ...events]).tracks;
        expect(other).toEqual(one);
        for (const event of events) expect(trackEvent(catalog, one, event)).toBe(false);
      }),
      { numRuns: 250 },
    );
  });

  it('merge to those of all events, whoever of a person they came to', () => {
    fc.assert(
      fc.property(catalogs, histories, fc.array(fc.nat({ max: 2 })), moments, (definitions, events, shares, asOf) => {
        const catalog = aCatalog(definitions);
        const parts: Tracks[] = [new Map(), new Map(), new Map()];
        for (const [index, event] of events.entries()) trackEvent(catalog, parts[shares[index] ?? 0] as Tracks, event);
        const whole = aPerson(catalog, events);
        expect(mergeTracks(catalog, parts)).toEqual(whole.tracks);
        for (const part of parts) pruneTracks(catalog, part, asOf);
        const merged = { ...whole, tracks: mergeTracks(catalog, parts) };
        expect(membershipsAt(catalog, merged, asOf)).toEqual(membershipsAt(catalog, whole, asOf));
      }),
      { numRuns: 250 },
    );
  });

  it('lose nothing by pruning that a later look needs', () => {
    fc.assert(
      fc.property(catalogs, histories, moments, fc.nat({ max: 60 }), (definitions, events, asOf, days) => {
        const catalog = aCatalog(definitions);
        const pruned = aPerson(catalog, events);
        expect(pruneTracks(catalog, pruned.tracks, asOf)).toBe(0);
        const later = asOf + days * DAY;
        const expected = membershipsAt(catalog, aPerson(catalog, events), later);
        expect(membershipsAt(catalog, pruned, later)).toEqual(expected);
      }),
      { numRuns: 1_000 },
    );
  });
});
