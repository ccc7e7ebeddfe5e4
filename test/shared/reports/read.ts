import type { Report } from '../../../schemas/report/report.ts';
import { reports } from '../../../schemas/report/reports.ts';
import {
  type GivenParameters,
  type ParameterIssue,
  type ParameterValues,
  readParameters,
} from '../../../shared/reports/parameter-values.ts';

/** The end of the demo store's history in these tests. */
export const NOW = Date.parse('2026-06-30T12:00:00Z');

export const reportOf = (name: string): Report => {
  const report = reports.find((each) => each.name === name);
  if (!report) throw new Error(`There is no report ${name}.`);
  return report;
};

/** Parameters of a report that are right. */
export function valuesOf(report: Report, given: GivenParameters = {}, reportingCurrency = 'USD'): ParameterValues {
  const read = readParameters(report, given, { now: NOW, reportingCurrency });
  if (!read.ok) throw new Error(JSON.stringify(read.issues));
  return read.values;
}

/** What is wrong with parameters that are. */
export function issuesOf(report: Report, given: GivenParameters): readonly ParameterIssue[] {
  const read = readParameters(report, given, { now: NOW, reportingCurrency: 'USD' });
  return read.ok ? [] : read.issues;
}
