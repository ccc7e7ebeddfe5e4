import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { transformSync } from 'esbuild';

/**
 * Writes the sandbox program as JavaScript into `folder` and gives its path: were it run as TypeScript, each
 * sandbox would load the type stripper, which costs 17 MB and 40 ms.
 */
export function writeSandboxProgram(folder: string): string {
  const source = readFileSync(new URL('./sandbox.ts', import.meta.url), 'utf8');
  const { code } = transformSync(source, { loader: 'ts', format: 'esm', target: 'node24' });
  const file = path.join(folder, 'sandbox.mjs');
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, code);
  return file;
}
