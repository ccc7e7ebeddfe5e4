import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { misread, UsageError } from './errors.ts';
import { localEnvironment, type QueryResult, runQuery } from './query/athena-process.ts';
import { openLake } from './query/lake-endpoint.ts';
import { asCsv, asJson, asTable } from './query/result-format.ts';
import { runCommand } from './run-command.ts';
import { waiting } from './waiting.ts';

const usage = `Usage: npm run query -- "SELECT ..." [options]

Athena SQL over the lake: schemas/lake/README.md has its tables and views, and so has "SHOW TABLES".

  --data DIR    the local data folder (default .headwater), whether or not the runtime is up on it
  --stage NAME  query a deployed stage on AWS instead, with your AWS credentials
  --json        print a JSON array
  --csv         print CSV
  --help        print this text`;

interface Request {
  readonly sql: string;
  readonly dataDir: string;
  readonly stage: string | undefined;
  readonly format: 'table' | 'json' | 'csv';
}

await runCommand(async () => {
  const request = parseCommandLine(process.argv.slice(2));
  if (request) await answer(request);
  else console.log(usage);
});

function parseCommandLine(args: string[]): Request | undefined {
  const { values, positionals } = parsed(args);
  if (values.help) return undefined;
  const [sql, ...rest] = positionals;
  if (!sql?.trim()) throw new UsageError(`There is no SQL to run.\n\n${usage}`);
  if (rest.length > 0)
    throw new UsageError(`The SQL must be one argument, but ${rest.length + 1} came: put it in quotes.`);
  if (values.json && values.csv) throw new UsageError('Give --json or --csv, not both.');
  return {
    sql,
    dataDir: resolve(values.data),
    stage: values.stage,
    format: values.json ? 'json' : values.csv ? 'csv' : 'table',
  };
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        data: { type: 'string', default: '.headwater' },
        stage: { type: 'string' },
        json: { type: 'boolean', default: false },
        csv: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw misread(error, usage);
  }
}

async function answer({ sql, dataDir, stage, format }: Request): Promise<void> {
  const ask = (of: string, env: NodeJS.ProcessEnv) => waiting('Asking the lake', () => runQuery(sql, of, env));
  if (stage !== undefined) return print(await ask(stage, process.env), format);
  const lake = await openLake(dataDir);
  try {
    print(await ask('local', localEnvironment(lake.url)), format);
  } finally {
    await lake.close();
  }
}

function print({ columns, rows, scannedBytes, milliseconds }: QueryResult, format: Request['format']): void {
  if (format === 'json') console.log(asJson(columns, rows));
  else if (format === 'csv') console.log(asCsv(columns, rows));
  else {
    console.log(asTable(columns, rows));
    console.log(
      `${rows.length} ${rows.length === 1 ? 'row' : 'rows'}, ${milliseconds} ms, ${scannedBytes} bytes scanned`,
    );
  }
}
