import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folders = ['schemas', 'shared', 'functions', 'infra', 'test'] as const;
type Folder = (typeof folders)[number];

/** Which of our folders each folder may import. Infra names functions by their path only. */
const mayImport: Record<Folder, readonly Folder[]> = {
  schemas: ['schemas'],
  shared: ['schemas', 'shared'],
  functions: ['schemas', 'shared', 'functions'],
  infra: ['schemas', 'infra'],
  test: folders,
};

/** Packages that a folder may import; absent means any. */
const packages: Partial<Record<Folder, RegExp>> = {
  schemas: /^zod(\/|$)/,
  shared: /^(bowser|hyparquet|isbot|node:buffer|node:crypto|node:util|node:zlib)$/,
};

const importPattern = /(?:from\s+|import\s+|import\s*\(\s*)['"]([^'"]+)['"]/g;

interface Import {
  readonly file: string;
  readonly folder: Folder;
  readonly specifier: string;
}

function importsOf(folder: Folder): Import[] {
  return globSync(`${folder}/**/*.{ts,mts,js,mjs}`, { cwd: root }).flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(importPattern)].map((match) => ({
      file,
      folder,
      specifier: match[1] ?? '',
    })),
  );
}

/** Says why an import breaks the table, or undefined. */
function breach({ file, folder, specifier }: Import): string | undefined {
  if (!specifier.startsWith('.')) {
    const allowed = packages[folder];
    return !allowed || allowed.test(specifier) ? undefined : `${file} imports the package ${specifier}`;
  }
  const target = relative(root, resolve(root, dirname(file), specifier));
  const top = target.split('/')[0] as Folder;
  if (target === 'package.json') return undefined;
  return mayImport[folder].includes(top) ? undefined : `${file} imports ${target}`;
}

test.each(folders)('%s imports only what the table of folders allows', (folder) => {
  expect(importsOf(folder).map(breach).filter(Boolean)).toEqual([]);
});

test.each<[Import, string]>([
  [{ file: 'schemas/a.ts', folder: 'schemas', specifier: 'bowser' }, 'schemas/a.ts imports the package bowser'],
  [
    { file: 'shared/clean/a.ts', folder: 'shared', specifier: '../../functions/x.ts' },
    'shared/clean/a.ts imports functions/x.ts',
  ],
  [
    { file: 'infra/a.ts', folder: 'infra', specifier: '../functions/collector/handler.ts' },
    'infra/a.ts imports functions/collector/handler.ts',
  ],
  [{ file: 'functions/a.ts', folder: 'functions', specifier: '../test/x.ts' }, 'functions/a.ts imports test/x.ts'],
])('reports a forbidden import: %o', (forbidden, sentence) => {
  expect(breach(forbidden)).toBe(sentence);
});

test('SDK clients are made in functions/adapters only', () => {
  const strays = importsOf('functions')
    .filter(({ specifier }) => specifier.startsWith('@aws-sdk/') || specifier.startsWith('@smithy/'))
    .filter(({ file }) => !file.startsWith('functions/adapters/'));
  expect(strays).toEqual([]);
});

test('shared reads no clock, no random source and no environment', () => {
  const impure = /Date\.now\(|new Date\(\)|Math\.random\(|process\.env|randomUUID|randomBytes|performance\.now/;
  const offenders = globSync('shared/**/*.ts', { cwd: root }).filter((file) =>
    impure.test(readFileSync(join(root, file), 'utf8')),
  );
  expect(offenders).toEqual([]);
});

test('every folder at the top level is one of the design', () => {
  const tops = new Set(globSync('*/', { cwd: root }).map((path) => path.replace(/\/$/, '')));
  for (const tolerated of ['node_modules', 'cdk.out', '.headwater', '.git', '.ci']) tops.delete(tolerated);
  expect([...tops].filter((top) => !(folders as readonly string[]).includes(top))).toEqual([]);
});
