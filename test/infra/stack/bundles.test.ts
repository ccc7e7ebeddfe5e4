import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib/core';
import featureFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HeadwaterStack } from '../../../infra/stack.ts';
import { type Resource, resourcesOf, type TemplateJson } from './synthesized.ts';

const outdir = mkdtempSync(join(tmpdir(), 'headwater-bundles-'));
let functions: [logicalId: string, Resource][];

beforeAll(() => {
  const app = new App({ context: featureFlags, outdir });
  const { artifactId } = new HeadwaterStack(app, { stage: 'local' });
  functions = resourcesOf(app.synth().getStackArtifact(artifactId).template as TemplateJson, 'AWS::Lambda::Function');
});

afterAll(() => rmSync(outdir, { recursive: true }));

/**
 * Most KB of each bundle; people wait for the first three to start. One that grows by a third holds the SDK's
 * provider chain (infra/decisions/0005), one that doubles the whole of zod: import it as a namespace.
 */
const most = { IngestionCollector: 250, ProfileApi: 350, ServiceApi: 100, ProfilesUpdater: 400, LakeWriter: 560 };

describe.each(Object.entries(most))('%s', (part, kilobytes) => {
  const find = () => {
    const [, lambda] = functions.find(([id]) => id.startsWith(part)) ?? [];
    if (!lambda) throw new Error(`No function starts with ${part}.`);
    const [hash] = lambda.Properties.Code.S3Key.split('.');
    return { lambda, file: join(outdir, `asset.${hash}`, 'index.mjs') };
  };

  test('is one small ES module with its source map', () => {
    const { file } = find();
    expect(statSync(file).size).toBeLessThan(kilobytes * 1024);
    expect(existsSync(`${file}.map`)).toBe(true);
  });

  test('starts with nothing but its own environment', () => {
    const { lambda, file } = find();
    const variables = Object.entries<string | object>(lambda.Properties.Environment.Variables).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : 'made-by-cloudformation',
    ]);
    const started = spawnSync(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `const { handler } = await import(${JSON.stringify(file)}); console.log(typeof handler);`,
      ],
      { env: { AWS_REGION: 'us-east-1', ...Object.fromEntries(variables) }, encoding: 'utf8' },
    );
    expect(started.stderr).toBe('');
    expect(started.stdout.trim()).toBe('function');
  });
});
