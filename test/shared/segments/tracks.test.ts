import { describe, expect, it } from 'vitest';
import { addRows, compileCatalog, pruneTracks, trackEvent } from '../../../shared/segments/compile-catalog.ts';
import { trackLimits } from '../../../shared/segments/prune-tracks.ts';
import type { Row, Tracks } from '../../../shared/segments/tracks.ts';
import { ARRIVAL, aCleanEvent } from '../../fixtures/events.ts';
import { aCatalog, aSegment, liveEntries } from './people.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** A catalog of one condition, its only track, and rows of the events given. */
function tracked(condition: unknown, events: Parameters<typeof aCleanEvent>[0][]) {
  const catalog = aCatalog([aSegment(condition)]);
  const tracks: Tracks = new Map();
  for (const event of events) trackEvent(catalog, tracks, aCleanEvent({ userId: 'user-1', ...event }));
  const [spec] = catalog.trackSpecs;
  const id = spec?.id ?? '';
  return { catalog, tracks, id, rows: () => tracks.get(id) };
}

const often = { type: 'event', event: '*', window: { last: { days: 7 } }, op: 'greaterOrEqual', value: 3 };

describe('a row', () => {
  it('bears the time and the beginning of the md5 of source and message', () => {
    const { rows } = tracked({ type: 'event', event: '*' }, [{ messageId: 'm-1', sourceId: 'local', eventTime: 5 }]);
    expect(rows()).toEqual([[5, 'e74abef0']]);
  });

  it('keeps numbers in 1/10,000, and nothing of what is no number', () => {
    const measured = { type: 'event', event: '*', measure: { of: 'sum', property: 'score' } };
    const scores = [1.23456, -0.00005, 1e9, 1e9 + 1, '5', null, Number.NaN];
    const { rows } = tracked(
      measured,
      scores.map((score, eventTime) => ({ eventTime, properties: { score } })),
    );
    expect(rows()?.map(([, , value]) => value)).toEqual([12_346, 0, 1e13, null, null, null, null]);
  });

  it('keeps a hash of what is counted as distinct, and whole tags of up to 100 characters', () => {
    const distinct = { type: 'event', event: '*', measure: { of: 'distinct', field: 'category' } };
    const category = 'Tents';
    const { rows } = tracked(distinct, [{ commerce: { category } }]);
    expect(rows()?.map(([, , value]) => value)).toEqual(['3763c241e1b5']);
    const rule = { event: { event: '*' }, by: 'category', atLeast: 1, last: { days: 1 } };
    const catalog = aCatalog([aSegment(undefined, { tags: rule })]);
    const tracks: Tracks = new Map();
    for (const [eventTime, text] of ['Tents', '⛺'.repeat(100), 'x'.repeat(101)].entries()) {
      trackEvent(catalog, tracks, aCleanEvent({ userId: 'user-1', eventTime, commerce: { category: text } }));
    }
    expect([...tracks.values()].flat().map(([, , value]) => value)).toEqual(['Tents', '⛺'.repeat(100), null]);
  });

  it('of a day stands at its midnight, once', () => {
    const days = { type: 'frequency', event: { event: '*' }, days: 1, of: 7 };
    const { rows } = tracked(days, [{ eventTime: 3 * DAY + 5 }, { eventTime: 3 * DAY + 9 }, { eventTime: DAY }]);
    expect(rows()).toEqual([
      [DAY, ''],
      [3 * DAY, ''],
    ]);
  });

  it('is not made of what a bot does', () => {
    expect(tracked({ type: 'event', event: '*' }, [{ visit: { isBot: true } }]).rows()).toBeUndefined();
  });
});

describe('what a track keeps', () => {
  const views = (count: number, at = ARRIVAL) =>
    Array.from({ length: count }, (_, index) => ({ eventTime: at - (index + 2) * MINUTE }));

  it('is one row more than a count asks for', () => {
    const { catalog, tracks, rows } = tracked(often, views(50));
    pruneTracks(catalog, tracks, ARRIVAL);
    expect(rows()).toHaveLength(4);
  });

  it('is nothing once the window has passed', () => {
    const { catalog, tracks } = tracked(often, views(50));
    pruneTracks(catalog, tracks, ARRIVAL + 8 * DAY);
    expect(tracks.size).toBe(0);
  });

  it('is all that has not happened yet', () => {
    const { catalog, tracks, rows } = tracked(often, views(50, ARRIVAL + DAY));
    pruneTracks(catalog, tracks, ARRIVAL);
    expect(rows()).toHaveLength(50);
  });

  it('is the union of what several definitions ask for', () => {
    const catalog = aCatalog([
      aSegment(often, { id: 'a' }),
      aSegment({ type: 'event', event: '*', pick: 'first' }, { id: 'b' }),
    ]);
    const tracks: Tracks = new Map();
    for (const event of views(50)) trackEvent(catalog, tracks, aCleanEvent({ userId: 'user-1', ...event }));
    pruneTracks(catalog, tracks, ARRIVAL);
    expect([...tracks.values()].map((rows) => rows.map(([time]) => (ARRIVAL - time) / MINUTE))).toEqual([
      [51, 5, 4, 3, 2],
    ]);
  });

  it('ends with the definitions that asked for it', () => {
    const { tracks } = tracked(often, views(3));
    pruneTracks(compileCatalog([]), tracks, ARRIVAL);
    expect(tracks.size).toBe(0);
  });

  it('is bounded, and tells how many rows that cost', () => {
    const total = { type: 'event', event: '*', measure: { of: 'sum', field: 'total' } };
    const { catalog, tracks, rows } = tracked(total, views(trackLimits.rows + 20));
    expect(pruneTracks(catalog, tracks, ARRIVAL)).toBe(20);
    expect(rows()).toHaveLength(trackLimits.rows);
    expect(rows()?.at(-1)?.[0]).toBe(ARRIVAL - 2 * MINUTE);
  });

  it('has the first row among those that the bound leaves, where a condition asks for it', () => {
    const catalog = aCatalog([
      aSegment({ type: 'event', event: '*', pick: 'first' }, { id: 'a' }),
      aSegment({ type: 'sequence', steps: [{ event: '*' }, { event: '*' }], within: { days: 1 } }, { id: 'b' }),
    ]);
    const tracks: Tracks = new Map();
    for (const event of views(trackLimits.rows + 20)) {
      trackEvent(catalog, tracks, aCleanEvent({ userId: 'user-1', ...event }));
    }
    expect(pruneTracks(catalog, tracks, ARRIVAL)).toBe(20);
    const times = [...tracks.values()].flat().map(([time]) => (ARRIVAL - time) / MINUTE);
    expect([times.length, times[0], times[1], times.at(-1)]).toEqual([900, 921, 900, 2]);
  });

  it('is bounded for a person as a whole', () => {
    const sums = ['price', 'total', 'value', 'revenue', 'tax', 'discount'].map((field) =>
      aSegment({ type: 'event', event: '*', measure: { of: 'sum', field } }, { id: field }),
    );
    const catalog = compileCatalog(liveEntries(sums));
    const tracks: Tracks = new Map();
    for (const event of views(800)) trackEvent(catalog, tracks, aCleanEvent({ userId: 'user-1', ...event }));
    expect(pruneTracks(catalog, tracks, ARRIVAL)).toBe(6 * 800 - trackLimits.rowsOfPerson);
    expect([...tracks.values()].reduce((sum, rows) => sum + rows.length, 0)).toBe(trackLimits.rowsOfPerson);
  });
});

describe('rows from the lake', () => {
  it('count once with those that came by the stream, in any order and however often', () => {
    const { catalog, tracks, id, rows } = tracked(often, [{ messageId: 'm-1', eventTime: 100 }]);
    const known = rows()?.[0] as Row;
    const before: Row = [50, 'aaaaaaaa'];
    expect(addRows(catalog, tracks, { [id]: [known, before, known] })).toBe(true);
    expect(rows()).toEqual([before, known]);
    expect(addRows(catalog, tracks, { [id]: [before, known], unknown: [before] })).toBe(false);
    expect(tracks.size).toBe(1);
  });
});
