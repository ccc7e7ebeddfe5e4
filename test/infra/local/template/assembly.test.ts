import { existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { IncompleteBuildError } from '../../../../infra/local/errors.ts';
import { loadAssembly } from '../../../../infra/local/template/assembly.ts';
import { makeFolder, writeAssembly } from './assemblies.ts';

test('reads the template and finds the assets by their keys', () => {
  const folder = writeAssembly({ Resources: { A: { Type: 'T' } } }, ['echo']);

  const assembly = loadAssembly(folder);

  expect(assembly.stackName).toBe('Headwater-test');
  expect(assembly.template.Resources).toEqual({ A: { Type: 'T' } });
  expect(existsSync(path.join(assembly.assets.get('echo.zip') ?? '', 'index.mjs'))).toBe(true);
});

test.each([
  ['an empty folder', () => makeFolder(), 'manifest.json is missing'],
  [
    'a lost template',
    () => {
      const folder = writeAssembly({ Resources: {} });
      rmSync(path.join(folder, 'Headwater-test.template.json'));
      return folder;
    },
    'Headwater-test.template.json is missing',
  ],
  [
    'a torn file',
    () => {
      const folder = writeAssembly({ Resources: {} });
      writeFileSync(path.join(folder, 'manifest.json'), '{"artifacts":');
      return folder;
    },
    'manifest.json cannot be read',
  ],
])('names what is wrong with %s, and the mend', (_, make, message) => {
  const folder = make();
  expect(() => loadAssembly(folder)).toThrow(IncompleteBuildError);
  expect(() => loadAssembly(folder)).toThrow(message);
  expect(() => loadAssembly(folder)).toThrow(`delete ${folder} and start again`);
});
