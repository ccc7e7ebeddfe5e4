import { parseArgs } from 'node:util';
import views from '../../schemas/lake/views.generated.json' with { type: 'json' };
import { reports } from '../../schemas/report/reports.ts';
import { reportRows } from '../../shared/reports/cells.ts';
import { composeReport } from '../../shared/reports/compose.ts';
import { asCsv } from '../../shared/reports/csv.ts';
import { type GivenParameters, readParameters } from '../../shared/reports/parameter-values.ts';
import { takeAccountCredentials } from '../adapters/account-credentials.ts';
import { type AthenaRow, createAthena } from '../adapters/athena.ts';
import { hasChart } from './has-chart.ts';

/**
 * Answers one report as the API does, without its cache: to standard output, as JSON, CSV or SVG. What is wrong goes to
 * standard error, and ends with 1.
 */
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    database: { type: 'string', default: '' },
    workgroup: { type: 'string', default: '' },
    currency: { type: 'string', default: '' },
    margin: { type: 'string', default: '1' },
    format: { type: 'string', default: 'json' },
    parameters: { type: 'string', default: '{}' },
  },
});

try {
  process.stdout.write(await answer(positionals[0] ?? ''));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}

async function answer(name: string): Promise<string> {
  const now = Date.now();
  const report = reports.find((each) => each.name === name);
  if (!report)
    throw new Error(`There is no report ${name}. There are: ${reports.map((each) => each.name).join(', ')}.`);
  if (options.format === 'svg' && !hasChart(report)) throw new Error(`The report ${name} has no chart.`);
  const given = JSON.parse(options.parameters) as GivenParameters;
  const read = readParameters(report, given, { now, reportingCurrency: options.currency });
  if (!read.ok) throw new Error(read.issues.map(({ path, message }) => `--${path} ${message}.`).join('\n'));
  const { database } = options;
  await takeAccountCredentials(process.env);
  const result = await createAthena().query({
    ...composeReport(report, read.values, { database, views, marginDays: Number(options.margin) }),
    database,
    workGroup: options.workgroup,
  });
  const cells: AthenaRow[] = [];
  for await (const row of result.rows) cells.push(row);
  const rows = reportRows(report.columns, read.values, cells);
  if (options.format === 'csv') return asCsv(report.columns, rows);
  if (options.format === 'svg') return (await import('./draw.ts')).draw(report, read.values.applied, rows);
  const { title, columns } = report;
  const { scannedBytes, milliseconds } = result;
  return JSON.stringify({ name, title, parameters: read.values.applied, columns, rows, scannedBytes, milliseconds });
}
