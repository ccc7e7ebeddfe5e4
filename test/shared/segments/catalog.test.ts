import { describe, expect, it } from 'vitest';
import type { SegmentDefinition } from '../../../schemas/segment/definition.ts';
import type { Cause } from '../../../schemas/stream/control.ts';
import { newAudience } from '../../../shared/segments/audience.ts';
import type { CatalogEntry } from '../../../shared/segments/catalog-entry.ts';
import { compileCatalog } from '../../../shared/segments/compile-catalog.ts';
import { catchUp, evaluate, leaveAll } from '../../../shared/segments/evaluate.ts';
import { ARRIVAL, aCleanEvent } from '../../fixtures/events.ts';
import { aCatalog, aPerson, aSegment, liveEntries } from './people.ts';

const HOUR = 3_600_000;
const byDefinition: Cause = { type: 'definition', time: ARRIVAL };
const hasViewed = { type: 'event', event: 'Product Viewed' };
const hasOrdered = { type: 'event', event: 'Order Completed' };
const isIn = (id: string) => ({ type: 'segment', id });
const segment = (id: string, condition: unknown): SegmentDefinition => aSegment(condition, { id });
const versioned = (definition: SegmentDefinition, version: number) => ({ ...definition, version });
const view = aCleanEvent({ userId: 'user-1', eventTime: ARRIVAL - HOUR });

const shown = (changes: readonly { segmentId: string; to: string; cause: Cause }[]) =>
  changes.map(({ segmentId, to, cause }) => `${to} ${segmentId} by ${cause.type}`);

describe('a catalog', () => {
  it('names the circle in which segments refer to each other', () => {
    const entries = liveEntries([
      segment('a', isIn('b')),
      segment('b', isIn('c')),
      segment('c', { type: 'not', condition: isIn('a') }),
    ]);
    expect(() => compileCatalog(entries)).toThrow('a → b → c → a');
  });

  it('finds a circle that only a pending version would close', () => {
    const [a, b] = [segment('a', isIn('b')), segment('b', hasViewed)];
    const entries = [
      ...liveEntries([a]),
      { id: 'b', live: versioned(b, 1), pending: versioned(segment('b', isIn('a')), 2) },
    ];
    expect(() => compileCatalog(entries)).toThrow('a → b → a');
  });

  it('refuses a reference to what does not exist, or tags', () => {
    expect(() => aCatalog([segment('a', isIn('gone'))])).toThrow('a refers to gone, which does not exist');
    const tags = aSegment(undefined, {
      id: 'tags',
      tags: { event: { event: '*' }, by: 'category', atLeast: 1, last: { days: 1 } },
    });
    expect(() => aCatalog([segment('a', isIn('tags')), tags])).toThrow('a refers to tags, which tags people');
  });

  it('evaluates a segment after those that it refers to, in whatever order they stand', () => {
    const catalog = aCatalog([segment('a', isIn('b')), segment('b', isIn('c')), segment('c', hasViewed)]);
    const changes = evaluate(catalog, aPerson(catalog, [view]), newAudience(), ARRIVAL, byDefinition);
    expect(shown(changes)).toEqual(['entered c by definition', 'entered b by definition', 'entered a by definition']);
  });

  it('takes segments along that refer to one which an event or time changes', () => {
    const recent = { ...hasViewed, window: { last: { hours: 2 } } };
    const catalog = aCatalog([segment('a', { type: 'not', condition: isIn('b') }), segment('b', recent)]);
    const first = aCleanEvent({ userId: 'user-1', event: 'Cart Viewed', eventTime: ARRIVAL - 2 * HOUR });
    const audience = newAudience();
    evaluate(catalog, aPerson(catalog, [first]), audience, ARRIVAL, byDefinition);
    const byEvent: Cause = { type: 'event', time: view.eventTime };
    const person = aPerson(catalog, [first, view]);
    expect(shown(evaluate(catalog, person, audience, ARRIVAL, byEvent, [view]))).toEqual([
      'entered b by event',
      'exited a by event',
    ]);
    expect(shown(catchUp(catalog, person, audience, ARRIVAL + 2 * HOUR))).toEqual([
      'exited b by time',
      'entered a by time',
    ]);
  });

  it('keeps one track and one predicate for what several definitions share', () => {
    const where = [
      { field: 'category', op: 'equals', value: 'Tents' },
      { field: 'price', op: 'less', value: 5 },
    ];
    const one = { ...hasViewed, where, window: { last: { days: 1 } } };
    const other = {
      event: ['Product Viewed', 'Product Viewed'],
      where: where.toReversed(),
      type: 'event',
      window: { last: { days: 7 } },
      op: 'greaterOrEqual',
      value: 3,
    };
    const catalog = aCatalog([segment('a', one), segment('b', { type: 'not', condition: one }), segment('c', other)]);
    const [a, b] = catalog.segments.map(({ live }) => live?.root);
    expect(b?.inner[0]).toBe(a);
    expect(catalog.trackSpecs).toMatchObject([
      {
        keep: [
          { take: 'latest', count: 2, lastMs: 24 * HOUR },
          { take: 'latest', count: 4, lastMs: 7 * 24 * HOUR },
        ],
      },
    ]);
  });
});

describe('a pending definition', () => {
  const entry: CatalogEntry = {
    id: 'segment',
    live: versioned(segment('segment', hasViewed), 1),
    pending: versioned(segment('segment', hasOrdered), 2),
  };
  const catalog = compileCatalog([entry]);

  it('waits for the past that it needs, and the live one decides', () => {
    const audience = newAudience();
    const changes = evaluate(catalog, aPerson(catalog, [view]), audience, ARRIVAL, byDefinition);
    expect(changes).toMatchObject([{ to: 'entered', version: 1 }]);
    expect(audience.due).toBe(ARRIVAL + 60_000);
  });

  it('decides as soon as that is there', () => {
    const audience = newAudience();
    const person = aPerson(catalog, [view]);
    evaluate(catalog, person, audience, ARRIVAL, byDefinition);
    audience.ready.add('segment@2');
    expect(evaluate(catalog, person, audience, ARRIVAL, byDefinition)).toMatchObject([
      { to: 'exited', version: 2, cause: { type: 'definition' } },
    ]);
    expect(audience.due).toBe(0);
  });

  it('keeps members who are members by the new version too, without a transition', () => {
    const both = compileCatalog([
      { ...entry, pending: versioned(segment('segment', { type: 'not', condition: hasOrdered }), 2) },
    ]);
    const audience = newAudience();
    const person = aPerson(both, [view]);
    evaluate(both, person, audience, ARRIVAL, byDefinition);
    audience.ready.add('segment@2');
    expect(evaluate(both, person, audience, ARRIVAL, byDefinition)).toEqual([]);
    expect(audience.memberships.get('segment')).toMatchObject({ version: 2, n: ARRIVAL / 10 });
  });

  it('reaches whom its past never reached within a minute of going live', () => {
    const isPlain = { type: 'trait', name: 'plan', op: 'missing' };
    const pending = versioned(segment('late', isPlain), 1);
    const before = compileCatalog([{ id: 'late', pending }]);
    const audience = newAudience();
    const person = aPerson(before, [view]);
    evaluate(before, person, audience, ARRIVAL, byDefinition);
    const after = compileCatalog([{ id: 'late', live: pending }]);
    expect(shown(catchUp(after, person, audience, ARRIVAL + 60_000))).toEqual(['entered late by time']);
    expect(audience.due).toBe(0);
  });

  it('is forgotten as ready once it is live', () => {
    const audience = newAudience();
    audience.ready.add('segment@1').add('segment@2').add('gone@7');
    evaluate(catalog, aPerson(catalog, [view]), audience, ARRIVAL, byDefinition);
    expect([...audience.ready]).toEqual(['segment@2']);
  });
});

describe('a membership', () => {
  it('ends when its segment is gone', () => {
    const catalog = aCatalog([segment('a', hasViewed), segment('b', hasViewed)]);
    const audience = newAudience();
    evaluate(catalog, aPerson(catalog, [view]), audience, ARRIVAL, byDefinition);
    const rest = aCatalog([segment('b', hasViewed)]);
    const byEvent: Cause = { type: 'event', time: ARRIVAL };
    const other = aCleanEvent({ userId: 'user-1', event: 'Cart Viewed' });
    const person = aPerson(rest, [view, other]);
    expect(shown(evaluate(rest, person, audience, ARRIVAL, byEvent, [other]))).toEqual(['exited a by definition']);
  });

  it('by an older version is looked at anew, whatever the event touches', () => {
    const before = aCatalog([segment('a', hasViewed)]);
    const audience = newAudience();
    evaluate(before, aPerson(before, [view]), audience, ARRIVAL, byDefinition);
    const after = compileCatalog([{ id: 'a', live: versioned(segment('a', hasOrdered), 2) }]);
    const other = aCleanEvent({ userId: 'user-1', event: 'Cart Viewed' });
    const byEvent: Cause = { type: 'event', time: ARRIVAL };
    const changes = evaluate(after, aPerson(after, [view, other]), audience, ARRIVAL, byEvent, [other]);
    expect(changes).toMatchObject([{ segmentId: 'a', to: 'exited', version: 2, cause: { type: 'definition' } }]);
  });

  it('of a tag passes to the next in rank when its count falls', () => {
    const tags = { event: { event: '*' }, by: 'category', atLeast: 1, last: { days: 1 }, most: 1 };
    const catalog = aCatalog([aSegment(undefined, { tags })]);
    const hours = [
      ['Tents', 23],
      ['Tents', 2],
      ['Stoves', 3],
      ['Stoves', 1],
    ] as const;
    const events = hours.map(([category, ago]) =>
      aCleanEvent({ userId: 'user-1', eventTime: ARRIVAL - ago * HOUR, commerce: { category } }),
    );
    const person = aPerson(
      catalog,
      events.toSpliced(
        2,
        0,
        aCleanEvent({ userId: 'user-1', eventTime: ARRIVAL - HOUR, commerce: { category: 'Tents' } }),
      ),
    );
    const audience = newAudience();
    evaluate(catalog, person, audience, ARRIVAL, byDefinition);
    expect([...audience.memberships.keys()]).toEqual(['segment:Tents']);
    expect(audience.due).toBe(ARRIVAL + HOUR);
    catchUp(catalog, person, audience, ARRIVAL + HOUR);
    expect([...audience.memberships.keys()]).toEqual(['segment:Stoves']);
  });

  it('of a tag ends when the segment tags no more', () => {
    const tags = { event: { event: '*' }, by: 'category', atLeast: 1, last: { days: 1 } };
    const event = aCleanEvent({ userId: 'user-1', commerce: { category: 'Tents' } });
    const tagging = aCatalog([aSegment(undefined, { tags })]);
    const audience = newAudience();
    evaluate(tagging, aPerson(tagging, [event]), audience, ARRIVAL, byDefinition);
    expect([...audience.memberships.keys()]).toEqual(['segment:Tents']);
    const plain = aCatalog([segment('segment', hasViewed)]);
    expect(shown(evaluate(plain, aPerson(plain, [event]), audience, ARRIVAL, byDefinition))).toEqual([
      'exited segment:Tents by definition',
      'entered segment by definition',
    ]);
  });

  it('ends with all others when the person becomes part of another', () => {
    const catalog = aCatalog([segment('a', hasViewed), segment('b', { ...hasViewed, window: { last: { days: 1 } } })]);
    const audience = newAudience();
    evaluate(catalog, aPerson(catalog, [view]), audience, ARRIVAL, byDefinition);
    const changes = leaveAll(audience, ARRIVAL + 1, { type: 'merge', time: ARRIVAL + 1 });
    expect(shown(changes)).toEqual(['exited a by merge', 'exited b by merge']);
    expect(changes.map(({ n }) => n)).toEqual([ARRIVAL / 10 + 2, ARRIVAL / 10 + 3]);
    expect(audience).toMatchObject({
      due: 0,
      transitions: ARRIVAL / 10 + 3,
      evaluatedAt: ARRIVAL + 1,
    });
  });

  it('is never judged as of an earlier moment than before', () => {
    const catalog = aCatalog([segment('a', { ...hasViewed, window: { last: { hours: 2 } } })]);
    const audience = newAudience();
    const person = aPerson(catalog, [view]);
    evaluate(catalog, person, audience, ARRIVAL + HOUR, byDefinition);
    expect(evaluate(catalog, person, audience, ARRIVAL, byDefinition)).toEqual([]);
    expect(audience.evaluatedAt).toBe(ARRIVAL + HOUR);
  });

  it('begins for all segments when the first event that is not a bot’s comes', () => {
    const catalog = aCatalog([segment('a', { type: 'trait', name: 'plan', op: 'missing' })]);
    const audience = newAudience();
    const bot = aCleanEvent({ userId: 'user-1', visit: { isBot: true } });
    const byEvent: Cause = { type: 'event', time: ARRIVAL };
    expect(evaluate(catalog, aPerson(catalog, [bot]), audience, ARRIVAL, byEvent, [bot])).toEqual([]);
    const person = aPerson(catalog, [bot, view]);
    expect(shown(evaluate(catalog, person, audience, ARRIVAL, byEvent, [view]))).toEqual(['entered a by event']);
  });
});
