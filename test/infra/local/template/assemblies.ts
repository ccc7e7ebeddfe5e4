import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Template } from '../../../../infra/local/template/types.ts';

export function makeFolder(prefix = 'headwater-assembly-'): string {
  return mkdtempSync(path.join(tmpdir(), prefix));
}

/** Writes a cloud assembly as CDK does, with the code of the named test functions as assets `<name>.zip`. */
export function writeAssembly(template: Template, functions: readonly string[] = [], folder = makeFolder()): string {
  mkdirSync(folder, { recursive: true });
  const files: Record<string, object> = {};
  for (const name of functions) {
    cpSync(
      new URL(`../../../fixtures/functions/${name}`, import.meta.url).pathname,
      path.join(folder, `asset.${name}`),
      {
        recursive: true,
      },
    );
    files[name] = {
      source: { path: `asset.${name}`, packaging: 'zip' },
      destinations: { current: { bucketName: 'assets', objectKey: `${name}.zip` } },
    };
  }
  const write = (name: string, content: object) => writeFileSync(path.join(folder, name), JSON.stringify(content));
  write('manifest.json', {
    version: '48.0.0',
    artifacts: {
      'Headwater-test.assets': { type: 'cdk:asset-manifest', properties: { file: 'Headwater-test.assets.json' } },
      'Headwater-test': {
        type: 'aws:cloudformation:stack',
        properties: { templateFile: 'Headwater-test.template.json' },
      },
      Tree: { type: 'cdk:tree', properties: { file: 'tree.json' } },
    },
  });
  write('Headwater-test.assets.json', { version: '48.0.0', files });
  write('Headwater-test.template.json', template);
  return folder;
}
