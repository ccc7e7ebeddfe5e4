import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, stop } from 'esbuild';

/** Writes the sandbox program as JavaScript into `folder` and gives its path. */
export const writeSandboxProgram = (folder: string): Promise<string> =>
  writeProgram(new URL('./sandbox.ts', import.meta.url), folder);

/**
 * Writes a program of TypeScript, with all that it imports, as one file of JavaScript into `folder` and gives its path: were
 * it run as TypeScript, each sandbox would load the type stripper, which costs 17 MB and 40 ms.
 */
export async function writeProgram(source: URL, folder: string): Promise<string> {
  const outfile = path.join(folder, `${path.basename(source.pathname, '.ts')}.mjs`);
  const entryPoints = [fileURLToPath(source)];
  await build({
    entryPoints,
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    logLevel: 'error',
  });
  await stop();
  return outfile;
}
