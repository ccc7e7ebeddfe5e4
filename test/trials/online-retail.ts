import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import Table from 'cli-table3';
import { lakeViews } from '../../schemas/lake/views.ts';
import { startHeadwater } from '../e2e/headwater.ts';

/**
 * Brings all of Online Retail into a runtime of its own by the command, and compares the lake with plain SQL over the file.
 * Run by hand: `HEADWATER_DATA=<folder of online-retail.csv.gz> node test/trials/online-retail.ts`. It takes some minutes
 * and a core, and ends with 1 when a figure differs or fewer than 2,000 lines a second came through.
 */
const folder = process.env.HEADWATER_DATA;
const file = path.join(folder ?? '', 'online-retail.csv.gz');
if (folder === undefined || !existsSync(file)) {
  console.error(
    'Set HEADWATER_DATA to a folder with online-retail.csv.gz: the lines of Online Retail (Chen, UCI Machine Learning Repository, CC BY 4.0) as CSV with its header, packed by gzip.',
  );
  process.exit(1);
}

const LEAST_PACE = 2_000;
const example = fileURLToPath(new URL('../../schemas/import/examples/online-retail.map.json', import.meta.url));
const command = fileURLToPath(new URL('../../infra/local/import.ts', import.meta.url));
type Row = readonly (string | null)[];

/** The file as the map reads it: invoices by their first run of lines that follow each other, without rejected lines. */
const accepted = `
  WITH lines AS (
    SELECT row_number() OVER () AS n, * FROM read_csv('${file.replaceAll("'", "''")}', all_varchar = true, header = true)
  ), runs AS (
    SELECT *, sum(CAST(changes AS int)) OVER (ORDER BY n) AS run
    FROM (SELECT *, InvoiceNo IS DISTINCT FROM lag(InvoiceNo) OVER (ORDER BY n) AS changes FROM lines)
  ), sold AS (
    SELECT *, InvoiceNo LIKE 'C%' AS is_refund, CAST(Quantity AS int) AS units, CAST(UnitPrice AS decimal(18,4)) AS price
    FROM runs
    WHERE InvoiceNo NOT LIKE 'A%' AND (CAST(Quantity AS int) > 0 OR InvoiceNo LIKE 'C%') AND CAST(UnitPrice AS double) <> 0
  ), kept AS (
    SELECT * FROM (SELECT *, min(run) OVER (PARTITION BY InvoiceNo) AS first_run FROM sold) WHERE run = first_run
  ), invoices AS (
    SELECT
      InvoiceNo, is_refund, any_value(CustomerID) AS customer, count(*) AS lines,
      abs(CAST(sum(units * price) AS decimal(18,4))) AS amount,
      (CAST(arg_min(InvoiceDate, n) AS timestamp) AT TIME ZONE 'Europe/London') AT TIME ZONE 'UTC' AS placed_at
    FROM kept GROUP BY InvoiceNo, is_refund
  )`;
const expectedMonths = `${accepted}
  SELECT
    strftime(placed_at, '%Y-%m') AS month, count(*) FILTER (NOT is_refund), count(*) FILTER (is_refund),
    CAST(sum(CASE WHEN is_refund THEN -amount ELSE amount END) AS decimal(18,4)),
    count(DISTINCT customer) FILTER (NOT is_refund)
  FROM invoices GROUP BY month ORDER BY month`;
const expectedTotals = `${accepted}
  SELECT
    (SELECT count(*) FROM lines), (SELECT count(*) FROM kept), count(*) FILTER (NOT is_refund), count(*) FILTER (is_refund),
    count(DISTINCT customer) FILTER (NOT is_refund),
    CAST(sum(CASE WHEN is_refund THEN -amount ELSE amount END) AS decimal(18,4))
  FROM invoices`;

const months = (orders: string) => `
  SELECT
    substr(CAST(placed_at AS varchar), 1, 7) AS month, count_if(NOT is_refund), count_if(is_refund),
    CAST(sum(CASE WHEN is_refund THEN -amount ELSE amount END) AS decimal(18,4)),
    count(DISTINCT CASE WHEN NOT is_refund AND person_key LIKE 'user:%' THEN person_key END)
  FROM (${orders}) GROUP BY 1 ORDER BY 1`;
const fromEvents = months(`
  SELECT event_time AS placed_at, event = 'Order Refunded' AS is_refund, total AS amount, person_key
  FROM events WHERE event IN ('Order Completed', 'Order Refunded')`);
const fromViews = months(`
  SELECT ordered_at AS placed_at, false AS is_refund, amount, person_key FROM orders
  UNION ALL SELECT refunded_at, true, amount, person_key FROM refunds`);

const duckdb = await (await DuckDBInstance.create(':memory:')).connect();
const plain = async (sql: string): Promise<Row[]> =>
  (await duckdb.runAndReadAll(sql)).getRows().map((row) => row.map((cell) => (cell === null ? null : String(cell))));

const headwater = await startHeadwater();
let differences = 0;
try {
  const from = performance.now();
  await importIt();
  const seconds = (performance.now() - from) / 1000;
  const status = path.join(`inbox/online-retail/${path.basename(file)}.status.json`);
  const bucket = path.join(headwater.dataDir, 's3', headwater.runtime.outputs.LakeBucket ?? '');
  const { counts } = JSON.parse(readFileSync(path.join(bucket, status), 'utf8'));

  const [totals = []] = await plain(expectedTotals);
  const [lines, kept] = totals.map(Number);
  compare('lines in the file', [String(lines)], [String(counts.rows)]);
  compare('lines landed', [String(kept)], [String(counts.landedRows)]);
  compare('landed and rejected', [String(lines)], [String(counts.landedRows + counts.rejectedRows)]);

  const want = await plain(expectedMonths);
  const hasViews = ['orders', 'refunds'].every((name) => lakeViews.some((view) => view.name === name));
  await compareMonths('events', want, await headwater.query(fromEvents));
  if (hasViews) await compareMonths('orders and refunds', want, await headwater.query(fromViews));
  console.log(`\nIn all ${totals.slice(2).join(', ')} (orders, refunds, customers, net revenue) by SQL over the file.`);

  const pace = Math.round(counts.rows / seconds);
  console.log(`${seconds.toFixed(1)} s from the command to its end: ${pace} lines a second until landed and folded.`);
  if (pace < LEAST_PACE) differences += 1;
} finally {
  await headwater.stop();
}
console.log(differences === 0 ? 'All figures are equal.' : `${differences} figures differ or fall short.`);
process.exitCode = differences === 0 ? 0 : 1;

async function importIt(): Promise<void> {
  const child = spawn(process.execPath, [command, file, '--map', example, '--data', headwater.dataDir], {
    stdio: 'inherit',
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`The command ended with ${code}.`);
}

async function compareMonths(view: string, want: readonly Row[], found: readonly Record<string, string | null>[]) {
  const rows = found.map((row) => Object.values(row));
  const table = new Table({
    head: ['month', 'orders', 'refunds', 'net revenue', 'customers', view],
    style: { head: [], border: [], compact: true },
  });
  for (const [at, expected] of want.entries()) {
    const isSame = JSON.stringify(expected) === JSON.stringify(rows[at]);
    if (!isSame) differences += 1;
    table.push([...expected.map(String), isSame ? 'equal' : (rows[at] ?? ['missing']).join(' ')]);
  }
  if (rows.length !== want.length) differences += 1;
  console.log(table.toString());
}

function compare(what: string, want: Row, found: Row): void {
  const isSame = JSON.stringify(want) === JSON.stringify(found);
  if (!isSame) differences += 1;
  console.log(`${what}: ${want} by SQL, ${found} by the import${isSame ? '' : ' — DIFFERENT'}`);
}
