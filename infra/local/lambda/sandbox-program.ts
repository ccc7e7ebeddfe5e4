import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stop, transform } from 'esbuild';

/** Writes the sandbox program as JavaScript into `folder` and gives its path. */
export const writeSandboxProgram = (folder: string): Promise<string> =>
  writeProgram(new URL('./sandbox.ts', import.meta.url), folder);

/**
 * Writes a file of TypeScript that imports nothing of ours as JavaScript into `folder` and gives its path: were it run as
 * TypeScript, each sandbox would load the type stripper, which costs 17 MB and 40 ms.
 */
export async function writeProgram(source: URL, folder: string): Promise<string> {
  const { code } = await transform(readFileSync(source, 'utf8'), { loader: 'ts', format: 'esm', target: 'node24' });
  await stop();
  const file = path.join(folder, `${path.basename(source.pathname, '.ts')}.mjs`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, code);
  return file;
}
