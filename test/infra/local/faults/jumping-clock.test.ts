import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { writeProgram } from '../../../../infra/local/lambda/sandbox-program.ts';

/** Looks at the clock for a while, against one that never jumps, and tells how far it was off at most. */
const look = `
const begun = Date.now() - performance.now();
let most = 0;
const until = performance.now() + 6_000;
const timer = setInterval(() => {
  const off = Math.abs(new Date().getTime() - begun - performance.now());
  most = Math.max(most, off);
  if (performance.now() < until) return;
  clearInterval(timer);
  console.log(JSON.stringify({ most, isDate: new Date() instanceof Date, fixed: new Date(5).getTime(), text: typeof Date() }));
}, 10);
`;

test('a clock jumps as far as it may, comes back, and is a clock in all else', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'headwater-clock-'));
  try {
    const source = new URL('../../../../infra/local/faults/jumping-clock.ts', import.meta.url);
    const program = pathToFileURL(await writeProgram(source, folder));
    const log = path.join(folder, 'jumps.log');
    const from = `${program}?${new URLSearchParams({ seed: 'a34', most: '60000', function: 'A', log })}`;
    const output = execFileSync(process.execPath, [`--import=${from}`, '--input-type=module', '-e', look]).toString();

    const { most, ...rest } = JSON.parse(output);
    const jumps = readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rest).toEqual({ isDate: true, fixed: 5, text: 'string' });
    expect(jumps.length).toBeGreaterThan(0);
    const longest = Math.max(...jumps.map(({ jump }) => Math.abs(jump)));
    expect(Math.abs(most - longest)).toBeLessThan(5_000);
    expect(longest).toBeLessThanOrEqual(60_000);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
