import { describe, expect, it } from 'vitest';
import { segmentDefinition } from '../../../schemas/segment/definition.ts';

const of = (condition: unknown) => ({ id: 'segment', name: 'Segment', condition });
const errorsOf = (definition: unknown) =>
  (segmentDefinition.safeParse(definition).error?.issues ?? []).map(
    ({ path, message }) => `${path.join('.')} ${message}`,
  );

const nested = (levels: number): unknown =>
  levels === 1 ? { type: 'trait', name: 'plan', op: 'exists' } : { type: 'not', condition: nested(levels - 1) };

describe('a definition', () => {
  it('is complete once it is read: defaults are filled in', () => {
    expect(segmentDefinition.parse(of({ type: 'event', event: 'Product Viewed' }))).toEqual({
      ...of({ type: 'event', event: 'Product Viewed', measure: { of: 'count' }, op: 'greaterOrEqual', value: 1 }),
      includeBots: false,
    });
    expect(segmentDefinition.parse(of({ type: 'lifecycle', in: ['new'], days: { new: 7 } })).condition).toMatchObject({
      days: { new: 7, activated: 30, active: 30, lapsed: 90, returned: 30 },
    });
    expect(segmentDefinition.parse(of({ type: 'rfm', currency: 'EUR', recency: { from: 4 } })).condition).toMatchObject(
      {
        recency: { from: 4, to: 5 },
        scale: { recencyDays: [14, 30, 90, 180] },
      },
    );
    expect(segmentDefinition.parse(of({ type: 'trait', name: 'birthday', op: 'anniversary' })).condition).toMatchObject(
      {
        value: { inDays: 0 },
      },
    );
  });

  it('may be nested 10 levels deep, and no deeper', () => {
    expect(errorsOf(of(nested(10)))).toEqual([]);
    expect(errorsOf(of(nested(11)))).toEqual(['condition is nested deeper than 10 levels']);
    expect(errorsOf(of(nested(5_000)))).toEqual(['condition is nested deeper than 10 levels']);
  });

  it('may have 200 conditions, and no more', () => {
    const all = (count: number, condition: unknown) => ({ type: 'all', conditions: Array(count).fill(condition) });
    expect(errorsOf(of(all(3, all(50, nested(1)))))).toEqual([]);
    expect(errorsOf(of(all(4, all(49, nested(1)))))).toEqual(['condition has more than 200 conditions']);
  });

  const event = (over: object) => of({ type: 'event', event: 'Order Completed', ...over });
  const duration = (last: object) => event({ window: { last } });
  it.each<[string, unknown, string]>([
    [
      'an id with capitals',
      { ...of(nested(1)), id: 'Big' },
      'id is no id: write up to 64 of a-z, 0-9 and -, not beginning with -',
    ],
    ['no name', { id: 'a', condition: nested(1) }, 'name is not a text'],
    ['neither condition nor tags', { id: 'a', name: 'A' }, ' has not exactly one of condition and tags'],
    [
      'an unknown key',
      { ...of(nested(1)), colour: 'red' },
      ' has colour, which is not known here: the keys are id, name, description, includeBots, condition, tags',
    ],
    [
      'an unknown type',
      of({ type: 'any', conditions: [nested(1), { type: 'evnt' }] }),
      'condition.conditions.1.type is none of all, any, not, trait, computed, event, sequence, notFollowed, frequency, rfm, lifecycle, segment, share, consent',
    ],
    ['no conditions', of({ type: 'all', conditions: [] }), 'condition.conditions is an empty list'],
    [
      'a number test with a text',
      of({ type: 'trait', name: 'age', op: 'less', value: '18' }),
      'condition.value is not a number',
    ],
    [
      'a test of a text for a number',
      of({ type: 'computed', name: 'eventCount', op: 'contains', value: 'x' }),
      'condition.op is none of the tests that fit here: equals, notEquals, in, notIn, less, lessOrEqual, greater, greaterOrEqual, between',
    ],
    [
      'net revenue without a currency',
      of({ type: 'computed', name: 'netRevenue', op: 'less', value: 5 }),
      'condition.currency is not a text',
    ],
    [
      'a path with a bracket',
      of({ type: 'trait', name: 'a["b"]', op: 'exists' }),
      'condition.name is no path: write up to five names with points between, without quotes, brackets and backslashes',
    ],
    [
      'an unreal date',
      of({ type: 'trait', name: 'a', op: 'before', value: '2026-02-30' }),
      'condition.value is no real date: write YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ, in UTC',
    ],
    [
      'a range upside down',
      of({ type: 'trait', name: 'a', op: 'between', value: [2, 1] }),
      'condition.value is a range whose first number is above its second',
    ],
    [
      'a pattern that is none',
      of({ type: 'trait', name: 'a', op: 'matches', value: '(' }),
      'condition.value is a pattern that has a ( without its ) at character 1',
    ],
    [
      'a test that does not fit its field',
      event({ where: [{ field: 'price', op: 'contains', value: 'x' }] }),
      'condition.where.0.op does not fit price, which is money: choose from equals, notEquals, in, notIn, less, lessOrEqual, greater, greaterOrEqual, between, exists, missing',
    ],
    [
      'a test of an event that depends on now',
      event({ where: [{ property: 'sent', op: 'withinLast', value: { days: 1 } }] }),
      'condition.where.0.op is none of the tests that fit here',
    ],
    [
      'both field and property',
      event({ where: [{ field: 'price', property: 'price', op: 'exists' }] }),
      'condition.where.0 names not exactly one of field and property',
    ],
    ['a sum of texts', event({ measure: { of: 'sum', field: 'brand' } }), 'condition.measure.field is none of price,'],
    [
      'a count beyond what is kept',
      event({ op: 'greater', value: 801 }),
      'condition.value is a count outside 0 to 800: narrow the window, or use the computed eventCount',
    ],
    [
      'between one number',
      event({ op: 'between', value: 3 }),
      'condition.value is not a pair of numbers, which between wants',
    ],
    [
      'a window of two kinds',
      event({ window: { last: { days: 1 }, since: '2026-01-01' } }),
      'condition.window names not exactly one of last and since',
    ],
    [
      'a window that ends before it begins',
      event({ window: { since: '2026-01-02', until: '2026-01-01' } }),
      'condition.window has an until that is not after its since',
    ],
    [
      'a duration of two units',
      duration({ days: 1, hours: 2 }),
      'condition.window.last is not one of days, hours and minutes',
    ],
    ['a duration of nothing', duration({ days: 0 }), 'condition.window.last.days is less than 1'],
    ['a duration too long', duration({ hours: 731 * 24 }), 'condition.window.last is longer than 730 days'],
    [
      'a wait that outlasts its window',
      of({
        type: 'notFollowed',
        event: { event: 'a' },
        by: { event: 'b' },
        within: { days: 2 },
        window: { last: { days: 2 } },
      }),
      'condition.window.last is no longer than within, so that nobody can ever match',
    ],
    [
      'more days than there are',
      of({ type: 'frequency', event: { event: 'a' }, days: 8, of: 7 }),
      'condition.days is more than of, so that nobody can ever match',
    ],
    [
      'a scale that does not ascend',
      of({ type: 'rfm', currency: 'EUR', scale: { monetary: [1, 2, 2, 3] } }),
      'condition.scale.monetary does not ascend',
    ],
    [
      'a share of three decimals',
      of({ type: 'share', percent: 0.125, salt: 'a' }),
      'condition.percent has more than 2 decimals',
    ],
    [
      'a tag by a number',
      { id: 'a', name: 'A', tags: { event: { event: 'a' }, by: 'price', atLeast: 1, last: { days: 1 } } },
      'tags.by is none of',
    ],
  ])('refuses %s, at its path', (_, definition, message) => {
    const errors = errorsOf(definition);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(message);
  });
});
