import views from '../../schemas/lake/views.generated.json' with { type: 'json' };
import type { Report } from '../../schemas/report/report.ts';
import { reports as all } from '../../schemas/report/reports.ts';
import { reportRows } from '../../shared/reports/cells.ts';
import { composeReport } from '../../shared/reports/compose.ts';
import { readParameters } from '../../shared/reports/parameter-values.ts';
import { aLargeLake, type LargeLake } from './a-large-lake.ts';
import { type Benchmark, type Figure, median } from './figure.ts';

const EVENTS = 1_000_000;
const RUNS = 10;
/** What the local runtime gives DuckDB. */
const MEMORY = '256MB';
const MOST_MS = 1_000;

/** Every report on a million events of thirty days, sealed, asked with its defaults and nothing cached. */
export const reports: Benchmark = {
  name: 'reports',
  async run(progress) {
    await using lake = await aLargeLake({ events: EVENTS, memoryLimit: MEMORY, progress });
    await lake.seal();
    const figures: Figure[] = [];
    for (const report of all) {
      progress(report.name);
      figures.push(await figureOf(lake, report));
    }
    return figures;
  },
};

async function figureOf(lake: LargeLake, report: Report): Promise<Figure> {
  const read = readParameters(report, {}, { now: Date.now(), reportingCurrency: 'USD' });
  if (!read.ok) throw new Error(`The report ${report.name} has no defaults: ${JSON.stringify(read.issues)}`);
  const { sql, parameters } = composeReport(report, read.values, {
    database: 'headwater_test',
    views,
    marginDays: 1,
  });
  const times: number[] = [];
  // The first run fills the caches of the disk.
  for (let run = 0; run <= RUNS; run += 1) {
    const { rows, seconds } = await lake.query(sql, parameters);
    reportRows(report.columns, read.values, rows);
    if (run > 0) times.push(seconds * 1000);
  }
  times.sort((one, other) => one - other);
  return {
    what: `report ${report.name}, p95 of ${RUNS}`,
    value: times[Math.ceil(0.95 * RUNS) - 1] ?? Number.NaN,
    unit: 'ms',
    bound: { kind: 'at most', value: MOST_MS },
    peer: { what: 'median', value: median(times) },
  };
}
