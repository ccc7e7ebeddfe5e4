import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { SynthesisError } from '../../../../infra/local/errors.ts';
import { synthesize } from '../../../../infra/local/synthesize.ts';
import { makeFolder } from '../template/assemblies.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Stands for the CDK app: writes the stage and a number that differs in each run. */
const app = `
  import { writeFileSync } from 'node:fs';
  const { CDK_OUTDIR, CDK_CONTEXT_JSON } = process.env;
  console.error('npm warn something');
  console.error('Bundling asset Headwater-local/Ingestion/Collector/Function/Code/Stage...');
  writeFileSync(CDK_OUTDIR + '/manifest.json', JSON.stringify({ run: process.hrtime.bigint().toString(), ...JSON.parse(CDK_CONTEXT_JSON) }));
`;

function aProject(source = app) {
  const root = makeFolder('headwater-project-');
  folders.push(root);
  for (const folder of ['infra/local', 'schemas', 'shared', 'functions/collector']) {
    mkdirSync(path.join(root, folder), { recursive: true });
  }
  const write = (file: string, text: string) => writeFileSync(path.join(root, file), text);
  write('infra/app.ts', source);
  write('package-lock.json', '{}');
  write('cdk.json', '{}');
  return { root, write, outDir: path.join(root, 'cdk.out', 'local') };
}

const manifestOf = (assemblyDir: string) => JSON.parse(readFileSync(path.join(assemblyDir, 'manifest.json'), 'utf8'));

test('runs the app for the stage and tells its progress', async () => {
  const { root, outDir } = aProject();
  const progress: string[] = [];

  const { assemblyDir, reused } = await synthesize({ root, outDir, onProgress: (message) => progress.push(message) });

  expect(manifestOf(assemblyDir)).toMatchObject({ stage: 'local' });
  expect(reused).toBe(false);
  expect(progress).toEqual(['bundling Ingestion/Collector']);
});

test('uses the former output while no source has changed', async () => {
  const { root, outDir, write } = aProject();
  const first = await synthesize({ root, outDir });
  write('infra/local/gateway.ts', '// The runtime is no part of the stack.');
  write('README.md', '# Changed');
  expect(await synthesize({ root, outDir })).toEqual({ ...first, reused: true });
});

test.each([
  'functions/collector/handler.ts',
  'schemas/event.ts',
  'shared/clean.ts',
  'infra/stack.ts',
  'package-lock.json',
])('runs the app again when %s has changed', async (file) => {
  const { root, outDir, write } = aProject();
  const first = await synthesize({ root, outDir });
  write(file, '{"changed":true}');
  const second = await synthesize({ root, outDir });
  expect(second.reused).toBe(false);
  expect(manifestOf(second.assemblyDir).run).not.toBe(manifestOf(first.assemblyDir).run);
  expect(existsSync(first.assemblyDir)).toBe(true);
});

test('keeps only the last outputs', async () => {
  const { root, outDir, write } = aProject();
  for (let index = 0; index < 6; index += 1) {
    write('cdk.json', String(index));
    await synthesize({ root, outDir });
  }
  expect(readdirSync(outDir)).toHaveLength(4);
});

test('gives two processes at the same time one whole output', async () => {
  const { root, outDir } = aProject();
  const both = await Promise.all([synthesize({ root, outDir }), synthesize({ root, outDir })]);
  expect(both[0].assemblyDir).toBe(both[1].assemblyDir);
  expect(manifestOf(both[0].assemblyDir)).toMatchObject({ stage: 'local' });
  expect(readdirSync(outDir)).toHaveLength(1);
});

test('says what the app said when it fails, and leaves no half output', async () => {
  const { root, outDir } = aProject('console.error(\'There is no stage "x".\'); process.exit(1);');
  const failed = synthesize({ root, outDir });
  await expect(failed).rejects.toBeInstanceOf(SynthesisError);
  await expect(failed).rejects.toThrow(
    'The stack cannot be synthesized: mend what infra/app.ts says.\nThere is no stage "x".',
  );
  expect(readdirSync(outDir)).toEqual([]);
});
