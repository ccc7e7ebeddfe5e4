import { describe, expect, test } from 'vitest';
import views from '../../../schemas/lake/views.generated.json' with { type: 'json' };
import type { Report } from '../../../schemas/report/report.ts';
import { reports } from '../../../schemas/report/reports.ts';
import { composeReport } from '../../../shared/reports/compose.ts';
import { inlinedViews } from '../../../shared/reports/inlined-views.ts';
import { relationsOf, sqlTokens, timesRead } from '../../../shared/reports/sql-words.ts';
import { hostileTexts } from './hostile-texts.ts';
import { reportOf, valuesOf } from './read.ts';

const options = { database: 'headwater_test', views, marginDays: 1 };
const compose = (report: Report, given = {}) => composeReport(report, valuesOf(report, given), options);

const aReport = (sql: string, more: Partial<Report> = {}): Report => ({
  ...reportOf('traffic'),
  columns: [],
  history: { days: 1 },
  sql,
  ...more,
});

test.each(reports.map((report) => [report.name, report] as const))(
  '%s has a parameter for each question mark, and no other value in its text',
  (_, report) => {
    const { sql, parameters } = compose(report);
    const marks = sqlTokens(sql).filter(({ kind, text }) => kind === 'other' && text === '?');
    expect(marks).toHaveLength(parameters.length);
    expect(sql).not.toContain('2026-');
    expect(Buffer.byteLength(sql)).toBeLessThan(262_144);
    for (const parameter of parameters) expect(parameter.length).toBeLessThanOrEqual(1024);
  },
);

describe('views', () => {
  const some = {
    sessions: 'SELECT 1 FROM events',
    carts: 'SELECT 1 FROM sessions JOIN orders USING (x)',
    orders: "SELECT 'FROM secrets' FROM (SELECT 2 FROM events)",
    members: 'SELECT 1 FROM transitions_landed',
    secrets: 'SELECT 1 FROM events',
  };

  test('are inlined after those that they read, and only when they are made of what is shadowed', () => {
    const { names, shadowed } = inlinedViews('SELECT * FROM carts JOIN members USING (y)', some);
    expect(names).toEqual(['sessions', 'orders', 'carts']);
    expect([...shadowed]).toEqual(['events']);
  });

  test('may have a subquery of their own name', () => {
    const own = { orders: 'WITH orders AS (SELECT 1 FROM events) SELECT * FROM orders' };
    expect(inlinedViews('SELECT * FROM orders', own).names).toEqual(['orders']);
  });

  test('are found behind FROM and JOIN, whatever stands in texts and comments', () => {
    const sql = `SELECT 'FROM a', "FROM b" /* FROM c */ -- FROM d
      FROM e CROSS JOIN  -- the shop
      f JOIN (SELECT 1 FROM "db".g) ON events = sessions`;
    expect([...relationsOf(sql)].sort()).toEqual(['e', 'f']);
  });

  test('are counted as often as they are read, and not as columns or texts', () => {
    const sql = `SELECT e, 'FROM e' FROM e JOIN (SELECT 1 FROM E -- FROM e
      ) ON e.id = id`;
    expect(timesRead(sql, 'e')).toBe(2);
    expect(timesRead(sql, 'id')).toBe(0);
  });
});

/** The subquery `events` over a view, and what it leaves out. */
const eventsOf = (view: string, where: string) => `events AS (\nSELECT * FROM (\n${view.trimEnd()}\n)${where}\n)`;

describe('events', () => {
  test('begin with the day of arrival that the report may need', () => {
    const { sql, parameters } = compose(aReport('SELECT 1 FROM events WHERE event_time >= :from'));
    expect(sql).toContain(eventsOf(views.events, ' WHERE day >= ?'));
    expect(parameters).toEqual(["'2026-05-30'", "TIMESTAMP '2026-06-01 00:00:00.000'"]);
  });

  test('are all there for a report that needs the past', () => {
    const { sql } = compose(aReport('SELECT 1 FROM events', { history: 'all' }));
    expect(sql).toContain(eventsOf(views.events, ''));
  });

  test('are those of a segment where one is asked for', () => {
    const { sql, parameters } = compose(aReport('SELECT 1 FROM events'), { segment: ['vip'] });
    expect(sql).toContain('day >= ? AND person_key IN (SELECT person_key FROM segment_members WHERE segment_id = ?)');
    expect(parameters).toEqual(["'2026-05-30'", "'vip'"]);
  });
});

test('visits are of the days and people of the report, and read no more than the latest of its events', () => {
  const { sql, parameters } = compose(aReport('SELECT 1 FROM visits'), { segment: ['vip'] });
  expect(relationsOf(sql)).not.toContain('events');
  expect(parameters).toEqual(["'2026-05-30'", "'vip'"]);
});

describe('views that read apart', () => {
  const views = {
    events: 'SELECT * FROM events_sealed',
    people: '-- all of them\nWITH some AS (SELECT 1 FROM events) SELECT * FROM some',
    buyers: "SELECT 1 FROM events WHERE event = 'Order Completed'",
    ranked: 'SELECT 1 FROM people JOIN buyers USING (x)',
  };
  const composed = (report: Report) => composeReport(report, valuesOf(report), { ...options, views });

  test('have the events of the report each by itself', () => {
    const { sql, parameters } = composed(aReport('SELECT 1 FROM ranked', { readsApart: true }));
    const events = eventsOf(views.events, ' WHERE day >= ?');
    expect(sql).toBe(
      [
        'WITH identities AS (\nSELECT * FROM "headwater_test".identities\n),',
        `people AS (\nWITH ${events},\nsome AS (SELECT 1 FROM events) SELECT * FROM some\n),`,
        `buyers AS (\nWITH ${events}\nSELECT 1 FROM events WHERE event = 'Order Completed'\n),`,
        'ranked AS (\nSELECT 1 FROM people JOIN buyers USING (x)\n)',
        'SELECT 1 FROM ranked',
      ].join('\n'),
    );
    expect(parameters).toEqual(["'2026-05-30'", "'2026-05-30'"]);
  });

  test('read together where the report reads events, too', () => {
    const together = aReport('SELECT 1 FROM ranked JOIN events USING (x)');
    expect(composed({ ...together, readsApart: true })).toEqual(composed(together));
  });
});

test('joins a report that has subqueries of its own to those below it', () => {
  const { sql } = compose(aReport('WITH a AS (SELECT 1 FROM events) SELECT * FROM a'));
  expect(sql).toMatch(
    /^WITH identities AS \(.*\),\nevents AS \(.*\),\na AS \(SELECT 1 FROM events\) SELECT \* FROM a$/s,
  );
});

test('tells of SQL that names a parameter which the report has not', () => {
  expect(() => compose(aReport('SELECT 1 WHERE x = :colour'))).toThrow(/names :colour/);
});

test('leaves every token of SQL as it is', () => {
  for (const sql of Object.values(views)) {
    const tokens = sqlTokens(sql);
    expect(tokens.map(({ text }) => text).join('')).toBe(sql);
  }
});

test('makes the same text of whatever a caller writes', () => {
  const products = reportOf('products');
  const { sql } = compose(products, { category: ['Tents'], brand: ['Nordvik'] });
  for (const text of hostileTexts) {
    const hostile = compose(products, { category: [text], brand: [text] });
    expect(hostile.sql).toBe(sql);
    const literal = `'${text.replaceAll("'", "''")}'`;
    expect(hostile.parameters.filter((each) => each === literal).length).toBe(4);
  }
});

test('makes the same text of whatever names a funnel has', () => {
  const funnel = reportOf('funnel');
  const { sql } = compose(funnel, { steps: ['One', 'Two'] });
  for (const text of hostileTexts.filter((each) => each.trim() !== '')) {
    expect(compose(funnel, { steps: [text, `${text}2`] }).sql).toBe(sql);
  }
});
