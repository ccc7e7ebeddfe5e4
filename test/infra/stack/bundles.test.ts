import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
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
 * Most KB of each bundle. One that grows by 85 KB holds the classic zod, by 150 KB or more a client of the SDK:
 * infra/decisions/0005 tells how to keep them out.
 */
const most = {
  ImportsImporter: 225,
  IngestionCollector: 49,
  ProfilesUpdater: 225,
  LakeWriter: 156,
  AudienceWriter: 32,
  DueTimesSweeper: 30,
  SealingSealer: 130,
  SegmentsApi: 152,
  SegmentsBackfill: 80,
  ProfileApi: 155,
  ReplaysReplayer: 245,
  RecommendationsTrainer: 240,
  ReportsApi: 215,
  PrivacyRequestsApi: 120,
  PrivacyRequestsWorker: 265,
  ServiceApi: 160,
};

describe.each(Object.entries(most))('%s', (part, kilobytes) => {
  test('is one small ES module with its source map', () => {
    const { file } = bundleOf(part);
    expect(statSync(file).size).toBeLessThan(kilobytes * 1024);
    expect(existsSync(`${file}.map`)).toBe(true);
  });

  test('starts with nothing but its own environment', () => {
    const { lambda, file } = bundleOf(part);
    const variables = Object.entries<string | object>(lambda.Properties.Environment?.Variables ?? {}).map(
      ([name, value]) => [name, typeof value === 'string' ? value : 'made-by-cloudformation'],
    );
    const started = start(file, Object.fromEntries(variables));
    expect(started.stderr).toBe('');
    expect(started.stdout.trim()).toBe('function');
  });

  test('loads none of what makes a start slow', () => {
    const { file } = bundleOf(part);
    const code = readFileSync(file, 'utf8');
    const imported = [...code.matchAll(/(?:from|import)"(node:[^"]+)"/g)].map(([, name]) => name);
    expect(imported).not.toContain('node:fs');
    expect(imported).not.toContain('node:fs/promises');
    expect(imported).not.toContain('node:http2');
    expect(imported).not.toContain('node:process');
    expect(imported).not.toContain('node:http');
  });
});

test('tells where in the sources an error arose', () => {
  const { file } = bundleOf('ProfilesUpdater');
  const { stdout } = run(`import(${JSON.stringify(file)}).catch(({ stack }) => console.log(stack))`, {});
  const [message, ...places] = stdout.split('\n    at ');
  expect(message).toMatch(/^EnvironmentError: Environment variables are wrong: PROFILES_TABLE is missing/);
  expect(places[0]).toMatch(/schemas\/env\.ts:\d+:\d+\)$/);
  expect(places[1]).toMatch(/functions\/profile-updater\/handler\.ts:\d+:\d+$/);
});

function bundleOf(part: string) {
  const [, lambda] = functions.find(([id]) => id.startsWith(part)) ?? [];
  if (!lambda) throw new Error(`No function starts with ${part}.`);
  const [hash] = lambda.Properties.Code.S3Key.split('.');
  return { lambda, file: join(outdir, `asset.${hash}`, 'index.mjs') };
}

function start(file: string, environment: Record<string, string>) {
  return run(`const { handler } = await import(${JSON.stringify(file)}); console.log(typeof handler);`, environment);
}

function run(code: string, environment: Record<string, string>) {
  return spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    env: { AWS_REGION: 'us-east-1', ...environment },
    encoding: 'utf8',
  });
}
