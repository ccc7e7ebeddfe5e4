import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { settingsOf } from '../../config.ts';
import { localEnvironment } from '../query/athena-process.ts';
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
  const child = spawn(process.execPath, [entry, ...args, '--', request.name], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const out: Buffer[] = [];
  let reason = '';
  child.stdout.on('data', (chunk) => out.push(chunk));
  child.stderr.on('data', (chunk) => {
    reason += chunk;
  });
  if ((await ended) !== 0) throw new ReportFailed(reason.trim());
  return Buffer.concat(out).toString();
}
