import type { Store } from '../../../infra/local/demo/store.ts';
import views from '../../../schemas/lake/views.generated.json' with { type: 'json' };
import type { Report } from '../../../schemas/report/report.ts';
import { type ReportRow, reportRows } from '../../../shared/reports/cells.ts';
import { composeReport } from '../../../shared/reports/compose.ts';
import type { GivenParameters } from '../../../shared/reports/parameter-values.ts';
import type { ALake } from '../../fixtures/a-lake.ts';
import { demoRecords } from '../../fixtures/demo-records.ts';
import { reportOf, valuesOf } from './read.ts';

/** Lands what the demo store sends, the records of each day as one batch. */
export async function landDays(lake: ALake, store: Store): Promise<void> {
  const days = Map.groupBy(demoRecords(store), ({ arrivedAt }) => Math.floor(arrivedAt / 86_400_000));
  for (const records of days.values()) await lake.land(...records);
}

/** Rows of a report over a lake, as the API answers them. */
export async function answer(
  lake: ALake,
  name: string | Report,
  given: GivenParameters = {},
  marginDays = 0,
): Promise<ReportRow[]> {
  const report = typeof name === 'string' ? reportOf(name) : name;
  const values = valuesOf(report, given);
  const { sql, parameters } = composeReport(report, values, { database: 'headwater_test', views, marginDays });
  return reportRows(report.columns, values, await lake.rows(sql, parameters));
}
