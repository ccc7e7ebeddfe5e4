import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { synthesize } from '../../infra/local/synthesize.ts';
import { type Benchmark, type Figure, median, secondsOf } from './figure.ts';

const STARTS = 21;
const outDir = fileURLToPath(new URL('../../cdk.out/local', import.meta.url));

/** The size of each function's bundle, and the time to import it, as the stack sets it up, against a bare start of Node. */
export const bundles: Benchmark = {
  name: 'bundles',
  async run(progress) {
    const { assemblyDir } = await synthesize({ outDir });
    const figures: Figure[] = [];
    for (const { name, file, environment } of functionsOf(assemblyDir)) {
      progress(name);
      const bare: number[] = [];
      const imports: number[] = [];
      for (let start = 0; start < STARTS; start += 1) {
        bare.push(await secondsOf(() => node('0', {})));
        imports.push(await secondsOf(() => node(`import(${JSON.stringify(file)})`, environment)));
      }
      figures.push(
        {
          what: `${name}: bundle`,
          value: statSync(file).size / 1024,
          unit: 'KB',
          bound: { kind: 'at most', value: 350 },
        },
        {
          what: `${name}: import, times a bare start`,
          value: median(imports) / median(bare),
          unit: '×',
          bound: { kind: 'at most', value: 2.5 },
          peer: { what: 'node -e 0, ms', value: median(bare) * 1000 },
        },
      );
    }
    return figures;
  },
};

function node(code: string, environment: Record<string, string>): void {
  const { status, stderr } = spawnSync(process.execPath, ['-e', code], {
    env: { AWS_REGION: 'us-east-1', ...environment },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`A function does not start: ${stderr}`);
}

function functionsOf(assemblyDir: string) {
  const manifest = JSON.parse(readFileSync(join(assemblyDir, 'manifest.json'), 'utf8'));
  const stack = Object.keys(manifest.artifacts).find(
    (id) => manifest.artifacts[id].type === 'aws:cloudformation:stack',
  );
  const { Resources } = JSON.parse(readFileSync(join(assemblyDir, `${stack}.template.json`), 'utf8'));
  return Object.entries<{ Type: string; Properties: Record<string, never> }>(Resources)
    .filter(([, { Type }]) => Type === 'AWS::Lambda::Function')
    .map(([logicalId, { Properties }]) => {
      const { Code, Environment } = Properties as unknown as {
        Code: { S3Key: string };
        Environment?: { Variables: Record<string, unknown> };
      };
      return {
        name: logicalId.replace(/Function[0-9A-F]{8}$/, ''),
        file: join(assemblyDir, `asset.${Code.S3Key.split('.')[0]}`, 'index.mjs'),
        environment: Object.fromEntries(
          Object.entries(Environment?.Variables ?? {}).map(([name, value]) => [
            name,
            typeof value === 'string' ? value : 'made-by-cloudformation',
          ]),
        ),
      };
    });
}
