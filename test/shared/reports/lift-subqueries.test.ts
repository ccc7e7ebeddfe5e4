import { expect, test } from 'vitest';
import views from '../../../schemas/lake/views.generated.json' with { type: 'json' };
import { reports } from '../../../schemas/report/reports.ts';
import { composeReport } from '../../../shared/reports/compose.ts';
import { liftSubqueries } from '../../../shared/reports/lift-subqueries.ts';
import { valuesOf } from './read.ts';

test('puts the first subqueries of a view before it, where it reads them more than once', () => {
  const sql = `-- Why it is so.
WITH told AS (
  SELECT ')' AS mark, x FROM orders -- (
),
near AS (SELECT x FROM told JOIN told AS other USING (x)),
met AS (SELECT x FROM near UNION ALL SELECT x FROM near)
SELECT x FROM met`;

  expect(liftSubqueries(['visits', sql])).toEqual([
    ['visits_told', "SELECT ')' AS mark, x FROM orders -- ("],
    ['visits_near', 'SELECT x FROM visits_told JOIN visits_told AS other USING (x)'],
    ['visits', 'WITH met AS (SELECT x FROM visits_near UNION ALL SELECT x FROM visits_near)\nSELECT x FROM met'],
  ]);
});

test.each([
  ['none', 'SELECT x FROM orders'],
  ['one that is read once', 'WITH told AS (SELECT x FROM orders) SELECT x FROM told'],
  [
    'one by whose name columns are called',
    'WITH told AS (SELECT 1 AS x) SELECT told.x FROM told JOIN told AS other USING (x)',
  ],
  ['one whose columns have names', 'WITH told (x) AS (SELECT 1) SELECT x FROM told JOIN told AS other USING (x)'],
])('leaves a view with %s as it is', (_, sql) => {
  expect(liftSubqueries(['visits', sql])).toEqual([['visits', sql]]);
});

test('a report reads no subquery of visits from within, so that the laptop computes no column that is not asked for', () => {
  const visitReports = reports.filter(({ name }) => ['traffic', 'overview', 'marketing', 'attribution'].includes(name));
  for (const report of visitReports) {
    const { sql } = composeReport(report, valuesOf(report, {}), { database: 'lake', views, marginDays: 1 });
    expect(sql).toMatch(/^visits_near AS \(/m);
    expect(sql).not.toMatch(/\bnear AS \(/);
  }
});
