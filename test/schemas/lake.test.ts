import { globSync, readFileSync } from 'node:fs';
import { Dialect, transpile } from '@polyglot-sql/sdk';
import { expect, test } from 'vitest';
import { dayPartition } from '../../schemas/lake/column.ts';
import { baseOf, lakeTables, landedTables, sealedTables } from '../../schemas/lake/tables.ts';
import { lakeViews } from '../../schemas/lake/views.ts';

const viewsFolder = new URL('../../schemas/lake/views/', import.meta.url);
const sqlOf = (view: string) => readFileSync(new URL(`${view}.sql`, viewsFolder), 'utf8');

test.each([...lakeTables, ...lakeViews].map((table) => [table.name, table] as const))(
  '%s has a comment on itself and on each column, and no column twice',
  (_, table) => {
    expect(table.comment).not.toBe('');
    expect(table.columns.filter(({ comment }) => comment === '')).toEqual([]);
    expect(new Set(table.columns.map(({ name }) => name)).size).toBe(table.columns.length);
  },
);

test.each(['raw', 'events', 'failed_events', 'transitions'])('%s shows the day to filter on', (name) => {
  expect(lakeViews.find((view) => view.name === name)?.columns.at(-1)).toEqual(dayPartition);
});

test('each view has its SQL, and each SQL its view', () => {
  const files = globSync('*.sql', { cwd: viewsFolder }).map((file) => file.replace('.sql', ''));
  expect(files.sort()).toEqual(lakeViews.map(({ name }) => name).sort());
});

test.each(lakeViews.map((view) => [view.name, view] as const))(
  'the SQL of %s is Trino and selects its columns in order',
  (_, view) => {
    const { success } = transpile(sqlOf(view.name), Dialect.Trino, Dialect.DuckDB);
    expect(success).toBe(true);
    const [, list = ''] = /^SELECT\n([\s\S]*?)\n(?:FROM|$)/m.exec(sqlOf(view.name)) ?? [];
    // A comma within parentheses stands between arguments, not columns.
    const selected = list.split(/,(?![^(]*\))/).map((column) => column.trim().replace(/^.* AS /, ''));
    expect(selected).toEqual(view.columns.map(({ name }) => name));
  },
);

/** Views that show their table whole: they list its columns for what is sealed, and for what landed. */
const wholeViews = ['raw', 'events', 'failed_events', 'mended_events', 'transitions'];

test.each(
  landedTables.filter((table) => wholeViews.includes(baseOf(table))).map((table) => [baseOf(table), table] as const),
)('the SQL of %s lists all columns of its table wherever it reads them', (view, table) => {
  const whole = [...table.columns.map(({ name }) => name), dayPartition.name];
  const lists = [...sqlOf(view).matchAll(/^ *SELECT\n([^()*]*?)\n *FROM (?:\(|\w+_sealed)/gm)].map(([, list = '']) =>
    list.split(',').map((column) => column.trim()),
  );
  expect(lists.length).toBeGreaterThanOrEqual(2);
  for (const list of lists) expect(list).toEqual(whole);
});

const inOneLine = (sql: string) => sql.replaceAll(/\s+/g, ' ');
const withoutCopies = landedTables.filter((table) => sqlOf(baseOf(table)).includes('sealed_ids'));

test('all views leave copies out, of what was sealed and of what landed, but those that count by a number of their own', () => {
  const others = landedTables.filter((table) => !withoutCopies.includes(table)).map(baseOf);
  expect(others.sort()).toEqual(['identities', 'marketing_spend']);
});

test.each(withoutCopies.map((table) => [baseOf(table), table] as const))(
  'the SQL of %s leaves copies out as all others do, by the order that the sealer goes by',
  (name, { sealing: { order } }) => {
    const [before, after] = [
      `FROM (
        SELECT *, lag(day) OVER ( PARTITION BY id ORDER BY day, ${order.join(', ')} ) AS copied_on
        FROM ( SELECT *, substr(to_hex(md5(to_utf8(`,
      `))), 1, 20) AS id FROM ${name}_landed WHERE day >= (SELECT sealed_before FROM sealing) )
      )
      LEFT JOIN (
        SELECT id AS sealed_id, max(day) AS sealed_on FROM sealed_ids
        WHERE relation = '${name}' AND day < (SELECT sealed_before FROM sealing) GROUP BY id
      ) ON sealed_id = id
      WHERE coalesce(copied_on, sealed_on) IS NULL
        OR date_diff('day', CAST(coalesce(copied_on, sealed_on) AS date), CAST(day AS date)) > 7`,
    ].map(inOneLine);
    expect(inOneLine(sqlOf(name))).toContain(before);
    expect(inOneLine(sqlOf(name))).toContain(after);
  },
);

test.each(sealedTables.map((table, at) => [table.name, table, landedTables[at]] as const))(
  '%s has the columns of what landed',
  (_, sealed, landed) => {
    expect(sealed.columns).toEqual(landed?.columns);
  },
);

test.each(landedTables.map((table) => [table.name, table] as const))(
  'rows of %s are told apart, ordered and sorted by its own columns',
  (_, { columns, sealing }) => {
    const names: string[] = columns.map(({ name }) => name);
    for (const name of [...sealing.identity, ...sealing.order, ...sealing.sort]) expect(names).toContain(name);
  },
);
