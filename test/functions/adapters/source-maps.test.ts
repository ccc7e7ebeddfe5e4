import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { afterEach, beforeEach, expect, test } from 'vitest';

const inject = fileURLToPath(new URL('../../../functions/adapters/source-maps.ts', import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headwater-maps-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Bundles a module as the stack does, runs it and gives what it wrote. */
function run(source: string, spoil: (map: string) => void = () => {}): string {
  const file = join(folder, 'index.mjs');
  writeFileSync(join(folder, 'source.ts'), source);
  buildSync({
    absWorkingDir: folder,
    entryPoints: ['source.ts'],
    outfile: file,
    inject: [inject],
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    sourcemap: 'external',
  });
  spoil(`${file}.map`);
  const { stdout, stderr } = spawnSync(process.execPath, [file], { env: {}, encoding: 'utf8' });
  return stdout + stderr;
}

const thrower = `interface Unused { readonly nothing: string }

async function fail(name: string) {
  throw new TypeError('Not ' + name);
}

fail('this').catch((error) => console.log(error.stack));
`;

test('names file, line and column of the source', () => {
  expect(run(thrower)).toMatch(/^TypeError: Not this\n {4}at \w+ \(source\.ts:4:9\)\n {4}at source\.ts:7:1\n/);
});

test('does so for an error that nobody catches', () => {
  expect(run(`\n\nnull.x;\n`)).toContain('at source.ts:3:6');
});

test('leaves the places in Node as they are', () => {
  expect(run(`try { new URL('no') } catch (error) { console.log(error.stack) }`)).toMatch(
    /Invalid URL\n {4}at new URL \(node:internal\/url:\d+:\d+\)\n {4}at source\.ts:1:7\n/,
  );
});

test.each<[string, (map: string) => void]>([
  ['without its map', (map) => rmSync(map)],
  ['with a map that is no JSON', (map) => writeFileSync(map, '{')],
  ['with the map of nothing', (map) => writeFileSync(map, '{"version":3,"sources":[],"names":[],"mappings":""}')],
])('%s, a stack names the lines of the bundle', (_, spoil) => {
  expect(run(thrower, spoil)).toMatch(/^TypeError: Not this\n {4}at \w+ \(file:\/\/.*index\.mjs:\d+:\d+\)\n/);
});

test('reads no map while nothing fails', () => {
  const output = run(`console.log(new Error('made, not asked for its stack').message)`, (map) => rmSync(map));
  expect(output).toBe('made, not asked for its stack\n');
  expect(readFileSync(join(folder, 'index.mjs'), 'utf8')).not.toContain('sourceMappingURL');
});
