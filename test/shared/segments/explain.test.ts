import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { segmentExplanation } from '../../../schemas/segment/view.ts';
import { explain } from '../../../shared/segments/explain.ts';
import { ARRIVAL, aCleanEvent } from '../../fixtures/events.ts';
import { catalogs, histories, moments } from './arbitraries.ts';
import { aCatalog, aPerson, aSegment, membershipsAt } from './people.ts';

const HOUR = 3_600_000;

describe('an explanation', () => {
  it('tells what each condition saw, what it says and until when', () => {
    const catalog = aCatalog([
      aSegment({
        type: 'all',
        conditions: [
          { type: 'event', event: 'Product Viewed', window: { last: { days: 1 } }, op: 'greaterOrEqual', value: 2 },
          { type: 'trait', name: 'plan', op: 'equals', value: 'pro' },
          { type: 'not', condition: { type: 'event', event: 'Order Completed' } },
        ],
      }),
    ]);
    const views = [3, 2, 1].map((hours) => aCleanEvent({ userId: 'user-1', eventTime: ARRIVAL - hours * HOUR }));
    const identify = aCleanEvent({ userId: 'user-1', type: 'identify', traits: { plan: 'free' } });
    const found = explain(catalog, aPerson(catalog, [...views, identify]), 'segment', ARRIVAL);
    expect(found).toMatchObject({
      segmentId: 'segment',
      version: 1,
      member: false,
      explanation: {
        condition: { type: 'all' },
        verdict: false,
        conditions: [
          {
            condition: { type: 'event', value: 2 },
            saw: '3 or more',
            verdict: true,
            until: '2026-03-03T08:00:00.000Z',
          },
          { condition: { type: 'trait', name: 'plan' }, saw: 'free', verdict: false },
          { condition: { type: 'not' }, verdict: true, conditions: [{ saw: 0, verdict: false }] },
        ],
      },
    });
    expect(segmentExplanation.safeParse({ ...found, asOf: new Date(ARRIVAL).toISOString() }).error).toBeUndefined();
  });

  it('tells the counts behind a tag', () => {
    const tags = { event: { event: '*' }, by: 'category', atLeast: 2, last: { days: 1 } };
    const catalog = aCatalog([aSegment(undefined, { tags })]);
    const events = ['Tents', 'Tents', 'Stoves'].map((category, hours) =>
      aCleanEvent({ userId: 'user-1', eventTime: ARRIVAL - (hours + 1) * HOUR, commerce: { category } }),
    );
    expect(explain(catalog, aPerson(catalog, events), 'segment:Tents', ARRIVAL)).toMatchObject({
      member: true,
      explanation: { saw: { Tents: 2, Stoves: 1 }, until: '2026-03-03T08:00:00.000Z' },
    });
    expect(explain(catalog, aPerson(catalog, events), 'segment:Stoves', ARRIVAL)).toMatchObject({ member: false });
  });

  it('is there only for a segment of the catalog', () => {
    const catalog = aCatalog([aSegment({ type: 'event', event: '*' })]);
    const person = aPerson(catalog, [aCleanEvent({ userId: 'user-1' })]);
    expect(explain(catalog, person, 'other', ARRIVAL)).toBeUndefined();
    expect(explain(catalog, person, 'segment:tag', ARRIVAL)).toBeUndefined();
  });

  it('says of a person of bots only that they are in no segment', () => {
    const catalog = aCatalog([aSegment({ type: 'trait', name: 'plan', op: 'missing' })]);
    const person = aPerson(catalog, [aCleanEvent({ userId: 'user-1', visit: { isBot: true } })]);
    expect(explain(catalog, person, 'segment', ARRIVAL)).toMatchObject({
      member: false,
      explanation: { saw: 'no event but those of bots' },
    });
  });

  it('agrees with the evaluation', () => {
    fc.assert(
      fc.property(catalogs, histories, moments, (definitions, events, asOf) => {
        const catalog = aCatalog(definitions);
        const person = aPerson(catalog, events);
        const members = membershipsAt(catalog, person, asOf);
        for (const { id, tags } of definitions) {
          if (tags === undefined) expect(explain(catalog, person, id, asOf)?.member).toBe(members.has(id));
        }
        for (const id of members) expect(explain(catalog, person, id, asOf)?.member).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
