import type { Catalog } from '../../infra/local/services/athena/catalog.ts';
import views from '../../schemas/lake/views.generated.json' with { type: 'json' };
import type { Report } from '../../schemas/report/report.ts';
import { reports as all } from '../../schemas/report/reports.ts';
import { reportRows } from '../../shared/reports/cells.ts';
import { composeReport } from '../../shared/reports/compose.ts';
import { readParameters } from '../../shared/reports/parameter-values.ts';
import { lakeCatalog } from '../fixtures/a-lake.ts';
import { aLargeLake, type LargeLake } from './a-large-lake.ts';
import { type Benchmark, type Figure, median } from './figure.ts';

const EVENTS = 1_000_000;
/** Of fewer than twenty, the slowest is the 95th percentile. */
const RUNS = 20;
/** No report is run for longer, so that all of it takes ten minutes. */
const MOST_SECONDS_A_REPORT = 15;
/** Longer than the lake-writer waits: a question about files of five minutes takes the laptop half a minute. */
const WINDOW_MINUTES = 60;
/** What the local runtime gives DuckDB. */
const MEMORY = '512MB';
const MOST_MS = 1_000;
const DOLLARS_A_TERABYTE = 5;
/** Athena bills no query for less. */
const LEAST_BYTES = 10_000_000;

/** The lake as plain files: no boundary, no copies to leave out, no people to resolve. */
const plainSql: Readonly<Record<string, string>> = {
  events: 'SELECT *, profile_key AS person_key FROM events_sealed',
  raw: 'SELECT * FROM raw_sealed',
};
const plainCatalog: Catalog = {
  ...lakeCatalog,
  tables: lakeCatalog.tables.map((table) => ({ ...table, ...viewSqlOf(table.name) })),
};

function viewSqlOf(name: string): { viewSql?: string } {
  const viewSql = plainSql[name];
  return viewSql === undefined ? {} : { viewSql };
}

interface Asked {
  /** Milliseconds of the first run, which translates what no report before it was made of. */
  readonly first: number;
  /** Milliseconds of each run on the clock, ascending. */
  readonly clock: readonly number[];
  /** Processor milliseconds of each run, ascending. */
  readonly processor: readonly number[];
  /** Bytes of tables' files that the last run read: what Athena bills. */
  readonly bytes: number;
}

/** Every report on a million events of thirty days, asked with its defaults and nothing cached: as landed, and sealed. */
export const reports: Benchmark = {
  name: 'reports',
  async run(progress) {
    await using lake = await aLargeLake({
      events: EVENTS,
      windowMinutes: WINDOW_MINUTES,
      memoryLimit: MEMORY,
      progress,
    });
    const before = await askAll(lake, 'as landed', 1, progress);
    await lake.seal();
    const sealed = await askAll(lake, 'sealed', RUNS, progress);
    await using plainLake = lake.withCatalog(plainCatalog);
    const plain = await askAll(plainLake, 'plain files', 1, progress);
    return all.flatMap(({ name }) => figuresOf(name, before.get(name), sealed.get(name), plain.get(name)));
  },
};

async function askAll(
  lake: Pick<LargeLake, 'query'>,
  what: string,
  runs: number,
  progress: (step: string) => void,
): Promise<Map<string, Asked>> {
  const asked = new Map<string, Asked>();
  // The first query of all opens the database.
  await lake.query('SELECT sealed_before FROM sealing');
  for (const report of all) {
    const answer = await ask(lake, report, runs);
    progress(`${what}: ${report.name} in ${Math.round(median(answer.clock))} ms`);
    asked.set(report.name, answer);
  }
  return asked;
}

/** The first run counts, too: nobody has asked for the report before. */
async function ask(lake: Pick<LargeLake, 'query'>, report: Report, runs: number): Promise<Asked> {
  const read = readParameters(report, {}, { now: Date.now(), reportingCurrency: 'USD' });
  if (!read.ok) throw new Error(`The report ${report.name} has no defaults: ${JSON.stringify(read.issues)}`);
  const { sql, parameters } = composeReport(report, read.values, { database: 'headwater_test', views, marginDays: 1 });
  const clock: number[] = [];
  const processor: number[] = [];
  let bytes = 0;
  const end = performance.now() + MOST_SECONDS_A_REPORT * 1000;
  for (let run = 0; run < runs && (run === 0 || performance.now() < end); run += 1) {
    const used = process.cpuUsage();
    const answer = await lake.query(sql, parameters);
    const { user, system } = process.cpuUsage(used);
    bytes = answer.bytes;
    reportRows(report.columns, read.values, answer.rows);
    clock.push(answer.seconds * 1000);
    processor.push((user + system) / 1000);
  }
  const ascending = (one: number, other: number) => one - other;
  return { first: clock[0] ?? Number.NaN, clock: clock.sort(ascending), processor: processor.sort(ascending), bytes };
}

function figuresOf(
  name: string,
  before: Asked | undefined,
  sealed: Asked | undefined,
  plain: Asked | undefined,
): Figure[] {
  if (!before || !sealed || !plain) return [];
  const onPlain = (value: number) => ({ what: 'plain files', value });
  const asLanded = (value: number) => ({ what: 'as landed', value });
  const price = (bytes: number) => (Math.max(bytes, LEAST_BYTES) / 1e12) * DOLLARS_A_TERABYTE * 1000;
  return [
    {
      what: `report ${name}, p95 of ${sealed.clock.length}`,
      value: sealed.clock[Math.ceil(0.95 * sealed.clock.length) - 1] ?? Number.NaN,
      unit: 'ms',
      bound: { kind: 'at most', value: MOST_MS },
      peer: asLanded(median(before.clock)),
    },
    { what: '  the first time', value: sealed.first, unit: 'ms', peer: asLanded(before.first) },
    { what: '  p50', value: median(sealed.clock), unit: 'ms', peer: onPlain(median(plain.clock)) },
    { what: '  processor', value: median(sealed.processor), unit: 'ms', peer: onPlain(median(plain.processor)) },
    { what: '  scanned', value: sealed.bytes / 1e6, unit: 'MB', peer: asLanded(before.bytes / 1e6) },
    {
      what: '  a thousand times on Athena',
      value: price(sealed.bytes),
      unit: '$',
      peer: asLanded(price(before.bytes)),
    },
  ];
}
