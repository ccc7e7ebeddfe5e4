import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { StartError } from '../errors.ts';
import { smoke } from '../smoke/smoke.ts';
import type { DeployTestOptions } from './command-line.ts';
import { leaveOut } from './leave-out.ts';
import { runCdk } from './run-cdk.ts';

const SMOKE_SECONDS = 300;

/** Deploys a stage to the endpoint and checks it; false when a check failed. Throws a `StartError` when it is not deployed. */
export async function deployTest(options: DeployTestOptions, print: (line: string) => void): Promise<boolean> {
  const { endpoint, stage } = options;
  await fetch(endpoint, { signal: AbortSignal.timeout(10_000) }).catch((cause: Error) => {
    throw new StartError(`Nothing answers at ${endpoint}: see AWS_ENDPOINT_URL.`, { cause });
  });
  const folder = await mkdtemp(path.join(tmpdir(), 'headwater-deploy-'));
  const outputs = path.join(folder, 'outputs.json');
  const stack = `Headwater-${stage}`;
  const assembly = path.join(folder, 'cdk.out');
  const app = ['--app', assembly];
  try {
    print(`▶ synthesis of ${stack}`);
    await runCdk(folder, 'synth', stack, '--quiet', '--context', `stage=${stage}`, '--output', assembly);
    if (options.without.length > 0) {
      print('▶ left out, because the endpoint cannot make them:');
      for (const resource of await leaveOut(assembly, stack, options.without)) print(`  – ${resource}`);
    }
    print(`▶ bootstrap of the account at ${endpoint}`);
    await runCdk(folder, 'bootstrap', ...app);
    print(`✔ bootstrap\n▶ deploy of ${stack}`);
    await runCdk(folder, 'deploy', stack, '--require-approval', 'never', '--outputs-file', outputs, ...app);
    print('✔ deploy');
    const url = options.url ?? apiUrlOf(JSON.parse(await readFile(outputs, 'utf8')), stack);
    print(`✔ outputs: the API is at ${url}`);
    if (!options.smoke) return true;
    return await smoke({ ...options, url, waitSeconds: SMOKE_SECONDS }, print);
  } finally {
    if (options.destroy)
      await runCdk(folder, 'destroy', stack, '--force', ...app).catch(({ message }) => print(message));
    await rm(folder, { recursive: true, force: true });
  }
}

function apiUrlOf(outputs: Record<string, Record<string, string>>, stack: string): string {
  const url = outputs[stack]?.ApiUrl;
  if (url !== undefined && URL.canParse(url)) return url;
  const given = url === undefined ? 'gives no output ApiUrl' : `gives '${url}' as ApiUrl, which is no address`;
  throw new StartError(`✘ outputs: the endpoint ${given}. Give --url, the address where it serves the API.`);
}
