import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stop, transform } from 'esbuild';

/**
 * Writes the sandbox program as JavaScript into `folder` and gives its path: were it run as TypeScript, each
 * sandbox would load the type stripper, which costs 17 MB and 40 ms.
 */
export async function writeSandboxProgram(folder: string): Promise<string> {
  const source = readFileSync(new URL('./sandbox.ts', import.meta.url), 'utf8');
  const { code } = await transform(source, { loader: 'ts', format: 'esm', target: 'node24' });
  await stop();
  const file = path.join(folder, 'sandbox.mjs');
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, code);
  return file;
}
