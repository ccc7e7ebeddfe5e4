import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ImportMap } from '../../../schemas/import/map.ts';
import { namedColumns } from '../../../shared/import/columns.ts';
import { compileMap } from '../../../shared/import/compile-map.ts';
import { GroupIds } from '../../../shared/import/group-ids.ts';
import {
  type Part,
  PartBuilder,
  type PartContext,
  type PartLimits,
  type ReadLine,
} from '../../../shared/import/part.ts';

const NOW = Date.parse('2026-03-02T10:00:00Z');
const rule = {
  event: 'Order Completed',
  userId: '{User}',
  timestamp: '2020-01-01',
  properties: { order_id: '{Order}', value: { sum: '{Units}' } },
};
const base: ImportMap = {
  groupBy: ['Order'],
  reject: [{ reason: 'void', when: { column: 'Units', op: 'equals', value: 0 } }],
  events: [rule],
};

const contextOf = (map: ImportMap = base): PartContext => ({
  name: 'shop',
  importId: 'shop-1',
  importedAt: NOW,
  plan: compileMap(map, namedColumns(['Order', 'User', 'Units'], [])),
  earlier: new GroupIds(),
  own: new GroupIds(),
});
type Cells = readonly [order: string, user: string, units: string];
const linesOf = (rows: readonly (Cells | undefined)[]): ReadLine[] =>
  rows.map((row, at) => ({ end: (at + 1) * 10, row }));

/** Brings lines in, part by part; `stops` parts in, everything is forgotten but what is stored. */
function bringIn(rows: readonly (Cells | undefined)[], map?: ImportMap, limits: Partial<PartLimits> = {}, stops = -1) {
  const lines = linesOf(rows);
  const parts: Part[] = [];
  let context = contextOf(map);
  let start: Part['next'] = { offset: 0, rows: 0 };
  while (start.offset < lines.length * 10) {
    const builder = new PartBuilder(context, start, NOW, limits);
    for (const line of lines.slice(start.offset / 10)) if (!builder.add(line)) break;
    const part = builder.close();
    parts.push(part);
    start = JSON.parse(JSON.stringify(part.next));
    if (parts.length !== stops) continue;
    context = contextOf(map);
    for (const { ids } of parts) for (const id of ids) context.own.add(id);
  }
  return {
    events: parts.flatMap(({ events }) => events.map(({ text }) => JSON.parse(text))),
    rejected: parts.flatMap(({ rejected }) => rejected.map(({ row, reason }) => [row, reason])),
    rows: parts.reduce((sum, part) => sum + part.rows, 0),
    landed: parts.reduce((sum, part) => sum + part.landedRows, 0),
    parts: parts.length,
  };
}
const valuesOf = ({ events }: ReturnType<typeof bringIn>) =>
  events.map(({ properties }) => [properties.order_id, properties.value]);

test('lines that follow each other with the same key make one event, rejected ones between them or not', () => {
  const result = bringIn([
    ['1', 'a', '2'],
    ['1', 'a', '0'],
    ['1', 'a', '3'],
    undefined,
    ['1', 'a', '1'],
    ['2', 'b', '1'],
  ]);
  expect(valuesOf(result)).toEqual([
    ['1', 6],
    ['2', 1],
  ]);
  expect(result.rejected).toEqual([
    [2, 'void'],
    [4, 'broken_line'],
  ]);
});

describe('lines of a group that comes again', () => {
  const rows: Cells[] = [
    ['1', 'a', '2'],
    ['2', 'b', '1'],
    ['1', 'a', '3'],
    ['2', 'b', '5'],
    ['1', 'a', '7'],
  ];
  test('are rejected', () => {
    const result = bringIn(rows);
    expect(valuesOf(result)).toEqual([
      ['1', 2],
      ['2', 1],
    ]);
    expect(result.rejected).toEqual([
      [3, 'repeated_group'],
      [4, 'repeated_group'],
      [5, 'repeated_group'],
    ]);
  });
  test('make another event each, where the map says so', () => {
    const result = bringIn(rows, { ...base, repeats: 'event' });
    expect(valuesOf(result)).toEqual([
      ['1', 2],
      ['2', 1],
      ['1', 3],
      ['2', 5],
      ['1', 7],
    ]);
    expect(new Set(result.events.map(({ messageId }) => messageId)).size).toBe(5);
  });
});

test('without groupBy each line is an event, also when it is the same as another', () => {
  const { groupBy: _, ...map } = base;
  const result = bringIn(
    Array.from({ length: 20 }, (): Cells => ['1', 'a', '2']),
    map,
  );
  expect(new Set(result.events.map(({ messageId }) => messageId)).size).toBe(20);
});

test('a group of which one event cannot be made makes none', () => {
  const second = { ...rule, event: '', when: { column: 'Units', op: 'greater', value: 5 } } as never;
  const result = bringIn(
    [
      ['1', 'a', '9'],
      ['2', 'b', '1'],
    ],
    { ...base, events: [rule, second] },
  );
  expect(valuesOf(result)).toEqual([['2', 1]]);
  expect(result.rejected).toEqual([[1, 'missing_event_name']]);
});

test.each<[string, Cells, string]>([
  ['no key', ['', 'a', '1'], 'missing_group_key'],
  ['no id', ['1', '', '1'], 'missing_ids'],
  ['no number', ['1', 'a', 'x'], 'not_a_number'],
  ['an id that is too long', ['1', 'a'.repeat(257), '1'], 'id_too_long'],
  ['an event that is too large', ['1'.repeat(300_000), 'a', '1'], 'too_large'],
])('a line with %s is rejected', (_, row, reason) => {
  expect(bringIn([row]).rejected).toEqual([[1, reason]]);
});

test('a time before 1970 or ahead is rejected', () => {
  for (const timestamp of ['1969-12-31', '2026-03-04']) {
    const map = { ...base, events: [{ ...rule, timestamp }] } as ImportMap;
    expect(bringIn([['1', 'a', '1']], map).rejected).toEqual([[1, 'time_out_of_range']]);
  }
});

test('no event passes for lines that no rule takes', () => {
  const when = { column: 'Units', op: 'greater', value: 5 } as const;
  expect(bringIn([['1', 'a', '1']], { ...base, events: [{ ...rule, when }] } as ImportMap).rejected).toEqual([
    [1, 'no_event'],
  ]);
});

describe('a group with too many lines', () => {
  const limits = { rows: 3, groupLines: 4 };
  test('is rejected whole, and is not held in memory', () => {
    const rows = [...Array.from({ length: 9 }, (): Cells => ['1', 'a', '1']), ['2', 'b', '1'] as Cells];
    const result = bringIn(rows, base, limits);
    expect(result.rejected).toEqual(Array.from({ length: 9 }, (_, at) => [at + 1, 'group_too_large']));
    expect(valuesOf(result)).toEqual([['2', 1]]);
    expect(result.parts).toBeGreaterThan(2);
  });
  test('is so also when most of its lines are rejected, or cannot be read', () => {
    const rows: (Cells | undefined)[] = [
      ['1', 'a', '1'],
      undefined,
      ['1', 'a', '0'],
      undefined,
      undefined,
      ['1', 'a', '1'],
    ];
    expect(bringIn(rows, base, limits).rejected).toEqual([
      [1, 'group_too_large'],
      [2, 'broken_line'],
      [3, 'void'],
      [4, 'broken_line'],
      [5, 'broken_line'],
      [6, 'group_too_large'],
    ]);
  });
});

const cells = fc.tuple(
  fc.constantFrom('1', '2', '3', ''),
  fc.constantFrom('a', 'b', ''),
  fc.constantFrom('0', '1', '2', 'x'),
);
const file = fc.array(fc.option(cells, { nil: undefined, freq: 8 }), { maxLength: 40 });
const policy = fc.constantFrom('reject', 'event');

test('every line is landed or rejected, once', () => {
  fc.assert(
    fc.property(file, policy, (rows, repeats) => {
      const result = bringIn(rows, { ...base, repeats } as ImportMap);
      expect(result.rows).toBe(rows.length);
      expect(result.landed + result.rejected.length).toBe(rows.length);
      expect(new Set(result.rejected.map(([row]) => row)).size).toBe(result.rejected.length);
    }),
  );
});

test('whatever the length of parts, and wherever all but what is stored was forgotten, the outcome is the same', () => {
  fc.assert(
    fc.property(
      file,
      policy,
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 1, max: 9 }),
      (rows, repeats, most, stops) => {
        const map = { ...base, repeats } as ImportMap;
        const { parts: _, ...whole } = bringIn(rows, map);
        const { parts: __, ...cut } = bringIn(rows, map, { rows: most }, stops);
        expect(cut).toEqual(whole);
      },
    ),
    { numRuns: 300 },
  );
});
