import type { Report } from '../../schemas/report/report.ts';
import { type ReportRow, reportRows } from '../../shared/reports/cells.ts';
import type { ParameterValues } from '../../shared/reports/parameter-values.ts';
import type { ReportResult } from '../adapters/report-runs.ts';
import { ResultReader } from '../adapters/result-reader.ts';
import type { ObjectReader } from '../adapters/s3-read.ts';

/** More rows than an answer has room for. */
const MOST_ROWS = 100_000;

/** Reads the rows of a report from the file of its query's result. */
export const resultRows =
  (objects: ObjectReader) =>
  async (report: Report, values: ParameterValues, { bucket, key }: ReportResult): Promise<ReportRow[]> => {
    const { rows } = await new ResultReader(objects, { bucket, key }).chunk(0, MOST_ROWS);
    return reportRows(report.columns, values, rows);
  };
