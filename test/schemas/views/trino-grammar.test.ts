import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { lakeViews } from '../../../schemas/lake/views.ts';
import vectors from '../../vectors/athena-functions.json' with { type: 'json' };
import { type Reading, trinoGrammar } from './trino-grammar.ts';

const folder = new URL('../../../schemas/lake/views/', import.meta.url);
const sqlOf = (view: string) => readFileSync(new URL(`${view}.sql`, folder), 'utf8');

/** Sections of the documentation of Trino's functions. */
const sections = new Set(
  ['Aggregate', 'Array', 'Binary', 'Comparison', 'Conversion', 'Date and time', 'JSON', 'Map', 'Mathematical']
    .concat(['Regular expression', 'String', 'URL', 'Window'])
    .map((section) => `${section} functions`)
    .concat('Conditional expressions'),
);

/** Rows of the table in FUNCTIONS.md. */
const listed = readFileSync(new URL('FUNCTIONS.md', folder), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')))
  .map(([, name = '', section = '', locally = '', vector = '']) => ({ name, section, locally, vector }));

let read: (sql: string) => Reading;
const readings = new Map<string, Reading>();
beforeAll(async () => {
  read = await trinoGrammar();
  for (const { name } of lakeViews) readings.set(name, read(sqlOf(name)));
});

test.each(lakeViews.map(({ name }) => name))('%s is read by the grammar of Trino, and by Trino', (name) => {
  expect(readings.get(name)).toMatchObject({ errors: [], refused: [] });
});

test('a view names others without schema and quotes, and has no parameter', () => {
  const odd = lakeViews.filter(({ name }) =>
    /\?|"|\bheadwater_\w+\./.test(sqlOf(name).replaceAll(/--.*|'[^']*'/g, '')),
  );
  expect(odd.map(({ name }) => name)).toEqual([]);
});

describe('FUNCTIONS.md', () => {
  test('lists the functions that views call, and no other', () => {
    const called = new Set([...readings.values()].flatMap(({ functions }) => functions));
    expect(listed.map(({ name }) => name)).toEqual([...called].sort());
  });

  test('says where each is documented and what is made of it', () => {
    expect(listed.filter(({ section, locally }) => !sections.has(section) || locally === '')).toEqual([]);
  });

  test('names a vector that calls it', () => {
    const expressions = new Map((vectors as [string, string][]).map(([name, expression]) => [name, expression]));
    const calls = ({ name, vector }: (typeof listed)[number]) =>
      new RegExp(`\\b${name}${/^(current_|local)/.test(name) ? '' : '\\('}`, 'i').test(expressions.get(vector) ?? '');
    expect(listed.filter((row) => !calls(row))).toEqual([]);
  });
});

describe('the grammar', () => {
  test.each(['SELECT 1 FROM a QUALIFY x = 1', 'SELECT * EXCLUDE (b) FROM a', 'SELECT a::bigint FROM b', 'SELECT [1]'])(
    'does not read %s',
    (sql) => {
      expect(read(sql).errors).not.toEqual([]);
    },
  );

  test('sees calls that Trino refuses', () => {
    const sql = 'SELECT sum(a) FILTER (WHERE b) OVER (), count(DISTINCT a) OVER (), count(DISTINCT a) FROM b';
    expect(read(sql)).toEqual({
      errors: [],
      functions: ['count', 'sum'],
      refused: ['sum in line 1', 'count in line 1'],
    });
  });
});
