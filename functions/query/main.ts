import { parseArgs } from 'node:util';
import { takeAccountCredentials } from '../adapters/account-credentials.ts';
import { createAthena } from '../adapters/athena.ts';

/**
 * Runs one Athena query and writes its result as lines of JSON: the columns, each row, then what it cost.
 * A failed query writes its reason to standard error and ends with 1.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { database: { type: 'string' }, workgroup: { type: 'string' } },
});
const [sql = ''] = positionals;

try {
  await takeAccountCredentials(process.env);
  const result = await createAthena().query({
    sql,
    database: values.database ?? '',
    workGroup: values.workgroup ?? '',
  });
  writeLine({ columns: result.columns });
  for await (const row of result.rows) writeLine(row);
  writeLine({ scannedBytes: result.scannedBytes, milliseconds: result.milliseconds });
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}

function writeLine(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
