import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll } from 'vitest';
import { type Runtime, type RuntimeOptions, startRuntime } from '../../../../infra/local/runtime.ts';
import type { Template } from '../../../../infra/local/template/types.ts';
import { makeFolder, writeAssembly } from '../template/assemblies.ts';
import { aStack } from './stacks.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is removed when the tests of the file are done. */
export function folderOf(prefix: string): string {
  const folder = makeFolder(prefix);
  folders.push(folder);
  return folder;
}

/** Folder of an assembly of the template, with the code of the test functions. */
export const assemblyOf = (template: Template) =>
  writeAssembly(template, ['producer', 'recorder', 'echo'], folderOf('headwater-assembly-'));

export interface TestRuntime extends Runtime, AsyncDisposable {
  readonly dataDir: string;
  send(...lines: string[]): Promise<number>;
  echo(event: object): Promise<Response>;
  /** Lines of all objects that the recorder has written. */
  recorded(): string[];
}

/** Starts a runtime of a small stack on a folder of its own. */
export async function start(template = aStack(), options: Partial<RuntimeOptions> = {}): Promise<TestRuntime> {
  const dataDir = options.dataDir ?? folderOf('headwater-data-');
  const runtime = await startRuntime({ assemblyDir: assemblyOf(template), dataDir, port: 0, ...options });
  const post = (route: string, body: string) => fetch(runtime.apiUrl + route, { method: 'POST', body });
  return {
    ...runtime,
    dataDir,
    send: async (...lines) => (await post('/send', lines.join('\n'))).status,
    echo: (event) => post('/echo', JSON.stringify(event)),
    recorded: () => {
      const batches = path.join(dataDir, 's3', runtime.outputs.LakeName ?? '', 'batches');
      const files = existsSync(batches) ? readdirSync(batches) : [];
      return files.flatMap((file) => readFileSync(path.join(batches, file), 'utf8').split('\n'));
    },
    [Symbol.asyncDispose]: runtime.stop,
  };
}
