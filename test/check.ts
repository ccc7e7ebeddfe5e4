import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Every check that CI runs, the quick ones first. Arguments go to vitest: `npm test -- clean` runs what matches. */
const report = join(mkdtempSync(join(tmpdir(), 'headwater-check-')), 'vitest.json');
const steps: readonly (readonly [title: string, command: string, ...args: string[]])[] = [
  ['format and lint', 'biome', 'ci', '--colors=off', '.'],
  ['types', 'tsc', '--noEmit'],
  ['generated files', 'node', 'infra/generate.ts', '--check'],
  [
    'tests',
    'vitest',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
];

const failed: string[] = [];
for (const [title, command, ...args] of steps) {
  const started = performance.now();
  console.log(`\n▶ ${title}: ${[command, ...args.filter((arg) => !arg.includes('report'))].join(' ')}`);
  const code = await run(command, args);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${code === 0 ? '✔' : '✘'} ${title} (${seconds} s)`);
  if (code !== 0) failed.push(title);
}

console.log(`\n${closingLine()}`);
rmSync(report, { force: true });
if (failed.length > 0) {
  console.error(`Failed: ${failed.join(', ')}.`);
  process.exitCode = 1;
}

function run(command: string, args: readonly string[]): Promise<number> {
  const child = spawn(command, args, { stdio: 'inherit', shell: process.platform === 'win32' });
  return new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(`${command} could not be started (${error.message}): run \`npm ci\` first.`);
      resolve(1);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}

function closingLine(): string {
  try {
    const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8'));
    return `${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`;
  } catch {
    return '0 passed, 1 failed';
  }
}
