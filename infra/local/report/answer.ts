import type { ReportColumn } from '../../../schemas/report/report.ts';
import { StartError } from '../errors.ts';

/** An answer as JSON. */
export interface ReportAnswer {
  readonly name: string;
  readonly title: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly columns: readonly ReportColumn[];
  readonly rows: readonly Readonly<Record<string, string | number | boolean | null>>[];
  readonly scannedBytes: number;
  readonly milliseconds: number;
}

/** The report was refused or failed; the message says why. */
export class ReportFailed extends StartError {
  override readonly name = 'ReportFailed';
}
