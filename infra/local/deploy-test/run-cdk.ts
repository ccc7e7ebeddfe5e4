import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { StartError } from '../errors.ts';

/** A step of cdk failed; it has printed why. */
export class CdkFailed extends StartError {
  override readonly name = 'CdkFailed';
}

const root = fileURLToPath(new URL('../../../', import.meta.url));
const bin = path.join(root, 'node_modules', '.bin');

/** Credentials and region of the environment, or ones that any emulator takes. */
const defaults = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => {
  const known = env.AWS_ACCESS_KEY_ID !== undefined || env.AWS_PROFILE !== undefined;
  return {
    ...(!known && { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' }),
    AWS_REGION: env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? 'us-east-1',
    // S3 by path, not by a host name for each bucket, as long as nobody says otherwise.
    AWS_ENDPOINT_URL_S3: env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL,
  };
};

/**
 * Runs the project's cdk with its output on this screen; throws `CdkFailed` unless it ends with 0. What it remembers stays
 * in `home`, because it remembers an account by the access key, and every emulator has another account for the same key.
 */
export async function runCdk(home: string, ...args: readonly string[]): Promise<void> {
  const child = spawn(path.join(bin, 'cdk'), [...args, '--ci', '--progress', 'events'], {
    cwd: root,
    env: {
      ...process.env,
      ...defaults(process.env),
      PATH: [bin, process.env.PATH].join(path.delimiter),
      CDK_HOME: home,
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code === 0) return;
  throw new CdkFailed(`✘ cdk ${args[0]} ended with ${code}: what it printed last says why.`);
}
