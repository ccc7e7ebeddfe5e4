import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asCsv, asJson, asTable, type QueryRow } from '../../../../infra/local/query/result-format.ts';

const columns = [
  { name: 'name', type: 'varchar' },
  { name: 'count', type: 'bigint' },
  { name: 'revenue', type: 'decimal(18,4)' },
  { name: 'is_bot', type: 'boolean' },
];

test('JSON keeps every digit, and types numbers and booleans', () => {
  const json = asJson(columns, [['Ada', '9007199254740993', '12.3400', 'false']]);
  expect(json).toContain('"count": 9007199254740993, "revenue": 12.3400, "is_bot": false');
  expect(JSON.parse(json)).toEqual([{ name: 'Ada', count: 2 ** 53, revenue: 12.34, is_bot: false }]);
});

test('JSON writes NULL as null, and what is no number as text', () => {
  const json = asJson([{ name: 'ratio', type: 'double' }], [['NaN'], [null]]);
  expect(JSON.parse(json)).toEqual([{ ratio: 'NaN' }, { ratio: null }]);
});

test('JSON of no rows is an empty array', () => {
  expect(asJson(columns, [])).toBe('[]');
});

const cell = fc.oneof(fc.constant(null), fc.string(), fc.constantFrom('a,b', '"', 'two\nlines', ''));

test('JSON of any text reads back as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell)), (rows) => {
      const names = [
        { name: 'one"', type: 'varchar' },
        { name: 'other', type: 'varchar' },
      ];
      expect(JSON.parse(asJson(names, rows))).toEqual(rows.map(([one, other]) => ({ 'one"': one, other })));
    }),
  );
});

test('CSV of any text reads back as it was, NULL apart from an empty text', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
      const [, ...lines] = parseCsv(asCsv(columns.slice(0, 2), rows));
      expect(lines).toEqual(rows);
    }),
  );
});

test('a table shows numbers on the right and cuts long text', () => {
  const table = asTable(columns.slice(0, 2), [['x'.repeat(200), '7']]);
  expect(table).toContain(`${'x'.repeat(99)}… │     7 │`);
});

/** A strict reader of RFC 4180, with an unquoted empty field as NULL. */
function parseCsv(text: string): QueryRow[] {
  const rows: (string | null)[][] = [[]];
  for (let at = 0; at <= text.length; ) {
    const [field, next] = text[at] === '"' ? quoted(text, at) : bare(text, at);
    rows.at(-1)?.push(field);
    if (next >= text.length) break;
    if (text.startsWith('\r\n', next)) rows.push([]);
    at = next + (text[next] === ',' ? 1 : 2);
  }
  return rows;
}

function quoted(text: string, start: number): [string, number] {
  let end = text.indexOf('"', start + 1);
  while (text[end + 1] === '"') end = text.indexOf('"', end + 2);
  return [text.slice(start + 1, end).replaceAll('""', '"'), end + 1];
}

function bare(text: string, start: number): [string | null, number] {
  const end = /,|\r\n|$/.exec(text.slice(start))?.index ?? 0;
  return [end === 0 ? null : text.slice(start, start + end), start + end];
}
