import { fileURLToPath } from 'node:url';
import { settingsOf } from '../../config.ts';
import { localEnvironment } from '../query/athena-process.ts';
import { startEntry } from '../query/entry-process.ts';
import { openLake } from '../query/lake-endpoint.ts';
import { ReportFailed } from './answer.ts';
import type { ReportRequest } from './request.ts';

const entry = fileURLToPath(new URL('../../../functions/report-api/command.ts', import.meta.url));

/** The report as JSON, CSV or SVG, asked of the lake by the API's own code in a process. Throws a `StartError`. */
export async function askLake(request: ReportRequest, format: string): Promise<string> {
  const { source } = request;
  if (source.kind === 'stage') return await run(request, format, source.stage, process.env);
  const lake = await openLake(source.kind === 'local' ? source.dataDir : '');
  try {
    return await run(request, format, 'local', localEnvironment(lake.url));
  } finally {
    await lake.close();
  }
}

async function run(request: ReportRequest, format: string, stage: string, env: NodeJS.ProcessEnv): Promise<string> {
  const { reportingCurrency, lakeWriter } = settingsOf(stage);
  const options = {
    database: `headwater_${stage}`,
    workgroup: `headwater-${stage}`,
    currency: reportingCurrency,
    margin: String(Math.ceil(lakeWriter.recordAgeHours / 24)),
    format,
    parameters: JSON.stringify(request.parameters),
  };
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  const asked = startEntry(entry, [...args, '--', request.name], env);
  const out: Buffer[] = [];
  for await (const chunk of asked.stdout) out.push(chunk);
  const failure = await asked.failure();
  if (failure !== undefined) throw new ReportFailed(failure);
  return Buffer.concat(out).toString();
}
