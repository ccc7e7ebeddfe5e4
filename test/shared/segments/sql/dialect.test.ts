import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTrino, visit } from '../../../../infra/local/services/athena/syntax-tree.ts';
import { translate } from '../../../../infra/local/services/athena/translate.ts';
import { builtInSegments } from '../../../../shared/segments/built-in-segments.ts';
import { trackSpecsOf } from '../../../../shared/segments/compile-catalog.ts';
import { manyMembersSql, membersSql, previewSql } from '../../../../shared/segments/sql/members.ts';
import { MAX_QUERY_BYTES, QueryTooLongError } from '../../../../shared/segments/sql/query.ts';
import { rfmQuintilesSql } from '../../../../shared/segments/sql/rfm-quintiles.ts';
import { trackRowsSql } from '../../../../shared/segments/sql/track-rows.ts';
import { ARRIVAL } from '../../../fixtures/events.ts';
import { aSegment } from './a-segment.ts';
import { segments, tagSegment } from './arbitrary-definition.ts';

const asOf = ARRIVAL;

/** Functions of Trino that queries call, each looked up in the documentation of the version that Athena's engine 3 has. */
const functions = [
  ...['any_match', 'array_join', 'arrays_overlap', 'cardinality', 'filter', 'none_match', 'transform'],
  ...['abs', 'floor', 'greatest', 'least', 'coalesce', 'nullif'],
  ...[
    'approx_percentile',
    'array_agg',
    'bool_and',
    'bool_or',
    'count',
    'count_if',
    'max',
    'max_by',
    'min',
    'min_by',
    'sum',
  ],
  ...[
    'chr',
    'length',
    'lower',
    'md5',
    'regexp_like',
    'replace',
    'starts_with',
    'strpos',
    'substr',
    'to_hex',
    'to_utf8',
  ],
  ...[
    'date',
    'date_diff',
    'date_format',
    'date_trunc',
    'json_extract',
    'json_extract_scalar',
    'json_format',
    'json_parse',
  ],
  ...['lag', 'lead', 'row_number'],
];

/** What stands before a parenthesis and is no function. */
const words = new Set(['and', 'array', 'as', 'by', 'case', 'cast', 'else', 'filter', 'from', 'in', 'not', 'on', 'or']);
const more = new Set(['over', 'row', 'select', 'then', 'timestamp', 'try_cast', 'unnest', 'when', 'where', 'with']);
const types = new Set(['decimal', 'found', 'json', 'matched']);

/** Names before a parenthesis, outside of texts and comments. */
function called(sql: string): string[] {
  const code = sql.replaceAll(/'(?:[^']|'')*'/g, "''").replaceAll(/^--.*$/gm, '');
  return [...code.matchAll(/([a-z_0-9]+) ?\(/gi)]
    .map(([, name = '']) => name.toLowerCase())
    .filter((name) => functions.includes(name) || !(words.has(name) || more.has(name) || types.has(name)));
}

const scans = (sql: string): number => {
  let count = 0;
  visit(readTrino(sql), (kind, node) => {
    if (kind === 'table' && node?.name?.name === 'events') count += 1;
  });
  return count;
};

const generated = fc
  .sample(fc.tuple(segments(10), tagSegment), { numRuns: 3, seed: 20_270_301 })
  .flatMap(([definitions, tags]) => [
    manyMembersSql(
      definitions,
      definitions.map(({ id }) => id),
      { asOf },
    ),
    ...definitions.slice(2, 5).map(({ id }) => membersSql(definitions, id, { asOf })),
    previewSql(definitions, 'segment-0', { asOf }),
    membersSql([tags], tags.id, { asOf }),
    previewSql([tags], tags.id, { asOf }),
    trackRowsSql(trackSpecsOf([...definitions, tags]), { asOf }),
  ]);
/** Calls that the ones above may not happen to make. */
const rare = aSegment({
  type: 'all',
  conditions: [
    { type: 'trait', name: 'born', op: 'anniversary' },
    { type: 'event', event: 'A', where: [{ field: 'products.brand', op: 'hasAny', value: ['x'] }] },
    { type: 'event', event: 'A', where: [{ field: 'products.brand', op: 'exists' }], pick: 'first' },
    ...['contains', 'startsWith', 'endsWith', 'matches'].map((op) => ({ type: 'trait', name: 'born', op, value: 'x' })),
    { type: 'computed', name: 'firstChannel', op: 'exists' },
    { type: 'computed', name: 'netRevenue', currency: 'EUR', op: 'less', value: 5 },
  ],
});
const builtIn = builtInSegments.map(({ id }) => membersSql(builtInSegments, id, { asOf }));
const queries = [...generated, ...builtIn, membersSql([rare], rare.id, { asOf }), rfmQuintilesSql('EUR', { asOf })].map(
  ({ sql }) => sql,
);

test('every query is one that Trino reads and that the local Athena can put into its own words', () => {
  const relations = new Map([['events', 'view' as const]]);
  for (const sql of queries) {
    expect(translate(sql, { database: 'shop', relations }).relations).toEqual(new Set(['events']));
  }
});

/** Words that Trino takes for a name in double quotes only. */
const reserved = new Set(
  `ALTER AND AS BETWEEN BY CASE CAST CONSTRAINT CREATE CROSS CUBE CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER
  DEALLOCATE DELETE DESCRIBE DISTINCT DROP ELSE END ESCAPE EXCEPT EXECUTE EXISTS EXTRACT FALSE FOR FROM FULL GROUP GROUPING
  HAVING IN INNER INSERT INTERSECT INTO IS JOIN JSON_ARRAY JSON_EXISTS JSON_OBJECT JSON_QUERY JSON_TABLE JSON_VALUE LEFT LIKE
  LISTAGG LOCALTIME LOCALTIMESTAMP NATURAL NORMALIZE NOT NULL ON OR ORDER OUTER PREPARE RECURSIVE RIGHT ROLLUP SELECT SKIP
  TABLE THEN TRIM TRUE UESCAPE UNION UNNEST USING VALUES WHEN WHERE WITH`
    .toLowerCase()
    .split(/\s+/),
);

test('no name that a query makes is a word of the language', () => {
  const named = ["'", '漢字', 'values', '*'].flatMap((event) => [
    { type: 'event', event },
    { type: 'event', event, measure: { of: 'average', property: 'ü' } },
    { type: 'event', event, measure: { of: 'distinct', property: 'ü' } },
    { type: 'event', event, pick: 'first', where: [{ property: 'ü', op: 'exists' }] },
    { type: 'frequency', event: { event }, days: 1, of: 1 },
    { type: 'consent', purpose: event, is: 'granted' },
    { type: 'trait', name: 'ü.ü', op: 'exists' },
  ]);
  const segment = aSegment({ type: 'any', conditions: named });

  for (const sql of [...queries, membersSql([segment], segment.id, { asOf }).sql]) {
    const names = [...sql.matchAll(/ AS ([a-z_0-9]+)(?=,?$| \()|^([a-z_0-9]+) AS \(/gm)].map(
      ([, one, other]) => one ?? other ?? '',
    );
    expect(names.length).toBeGreaterThan(2);
    expect(names.filter((name) => reserved.has(name) || !/^[a-z][a-z_0-9]*$/.test(name))).toEqual([]);
  }
});

test('queries call only functions that Athena has', () => {
  expect(queries.flatMap(called).filter((name) => !functions.includes(name))).toEqual([]);
  expect(functions.filter((name) => !queries.some((sql) => called(sql).includes(name)))).toEqual([]);
});

test('no window function has a filter, which Trino refuses', () => {
  for (const sql of queries) expect(sql).not.toMatch(/FILTER \(WHERE [^\n]*\) OVER/);
});

test('every query reads events once', () => {
  expect(queries.map(scans).filter((count) => count !== 1)).toEqual([]);
});

test('no two steps of a query have the same name, and each is named once', () => {
  for (const sql of queries) {
    const steps = [...sql.matchAll(/^([a-z_0-9]+) AS \($/gm)].map(([, name]) => name as string);
    expect(new Set(steps).size).toBe(steps.length);
    for (const step of steps) expect(sql.split(new RegExp(`FROM ${step}\\b`)).length - 1).toBe(1);
  }
});

test('a segment is read as a person would write it', () => {
  const segment = aSegment({
    type: 'all',
    conditions: [
      {
        type: 'event',
        event: 'Product Viewed',
        where: [{ field: 'category', op: 'equals', value: 'Tents' }],
        window: { last: { days: 14 } },
        value: 3,
      },
      { type: 'not', condition: { type: 'event', event: 'Order Completed', window: { last: { days: 14 } } } },
    ],
  });

  expect(membersSql([segment], segment.id, { asOf }).sql).toBe(`WITH
-- What is asked of each event, in one reading of the table.
read_events AS (
  SELECT
    person_key,
    event_time,
    NOT is_bot AND row_number() OVER (PARTITION BY person_key, event_time, source_id, message_id ORDER BY profile_key) = 1 AS is_counted,
    event,
    category,
    is_bot
  FROM events
),
-- Which of the events each condition takes.
selections AS (
  SELECT
    *,
    is_counted AND event = 'Product Viewed' AND category = 'Tents' AS is_product_viewed,
    is_counted AND event = 'Order Completed' AS is_order_completed
  FROM read_events
),
-- What all events of a person come to.
people AS (
  SELECT
    person_key,
    count_if(is_product_viewed AND event_time > TIMESTAMP '2026-02-16 10:00:00.000' AND event_time <= TIMESTAMP '2026-03-02 10:00:00.000') AS count_product_viewed,
    count_if(is_order_completed AND event_time > TIMESTAMP '2026-02-16 10:00:00.000' AND event_time <= TIMESTAMP '2026-03-02 10:00:00.000') AS count_order_completed,
    bool_or(NOT is_bot) AS is_no_bot
  FROM selections
  GROUP BY person_key
)
SELECT person_key
FROM people
WHERE is_no_bot AND (count_product_viewed >= 3 AND NOT coalesce(count_order_completed >= 1, false))`);
});

test('a selection that several conditions share is made once', () => {
  const selector = { event: 'A', where: [{ property: 'plan', op: 'equals', value: 'gold' }] };
  const segment = aSegment({
    type: 'any',
    conditions: [
      { type: 'event', ...selector, window: { last: { days: 1 } } },
      { type: 'event', ...selector, window: { last: { days: 7 } }, measure: { of: 'sum', field: 'total' }, value: 5 },
      { type: 'frequency', event: selector, days: 2, of: 7 },
    ],
  });

  const { sql } = membersSql([segment], segment.id, { asOf });

  expect(sql.split("event = 'A'").length - 1).toBe(1);
});

test('a query that Athena would refuse for its length is refused', () => {
  const value = Array.from({ length: 500 }, (_, at) => `${at}`.padStart(490, 'x'));
  const condition = { type: 'trait', name: 'plan', op: 'in', value };
  const fits = aSegment(condition);
  const long = aSegment({ type: 'any', conditions: [condition, { ...condition, name: 'other' }] });

  expect(() => membersSql([fits], fits.id, { asOf })).not.toThrow();
  expect(() => membersSql([long], long.id, { asOf })).toThrow(QueryTooLongError);
  expect(MAX_QUERY_BYTES).toBe(262_144);
});

test('a query reads no column that it does not ask for', () => {
  const columnsOf = (condition: Record<string, unknown>): string[] => {
    const { sql } = membersSql([aSegment(condition, { includeBots: true })], 'segment', { asOf });
    const [, first = ''] = /read_events AS \(([\s\S]*?)\n\)/.exec(sql) ?? [];
    const columns = new Set<string>();
    visit(readTrino(first), (kind, node) => {
      if (kind === 'column' && node?.name) columns.add(node.name.name);
    });
    return [...columns].sort();
  };
  const always = ['event_time', 'person_key'];
  const counted = [...always, 'event', 'is_bot', 'message_id', 'profile_key', 'source_id'];

  expect(columnsOf({ type: 'computed', name: 'eventCount', op: 'greater', value: 1 })).toEqual(always);
  expect(columnsOf({ type: 'trait', name: 'plan', op: 'exists' })).toEqual(
    [...always, 'message_id', 'traits', 'type'].sort(),
  );
  expect(columnsOf({ type: 'event', event: 'A' })).toEqual(counted.sort());
  expect(columnsOf({ type: 'event', event: 'A', where: [{ property: 'plan', op: 'exists' }] })).toEqual(
    [...counted, 'properties'].sort(),
  );
});
