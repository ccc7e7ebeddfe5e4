import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { faultKinds } from '../../infra/local/faults/fault.ts';
import type { TortureReport } from '../../infra/local/torture/report.ts';

const command = fileURLToPath(new URL('../../infra/local/torture.ts', import.meta.url));

/** Runs `npm run torture` as a user does, and answers its report. */
async function torture(...args: readonly string[]): Promise<{ code: number | null; report: TortureReport }> {
  const child = spawn(process.execPath, [command, '--json', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  let printed = '';
  for await (const chunk of child.stdout) printed += chunk;
  return { code: await ended, report: JSON.parse(printed) as TortureReport };
}

/** Sent in the tests; `npm run torture` takes any number. */
const EVENTS = 2_000;

test('events sent under fire equal the ledger: 0 lost, 0 double', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'headwater-torture-test-'));
  try {
    const { code, report } = await torture('--events', String(EVENTS), '--seed', 'second', '--keep', folder);

    expect(report.differences).toEqual([]);
    expect(code).toBe(0);
    expect(report.compared).toBeGreaterThan(8 * EVENTS);
    // A test under fire that met none has shown nothing.
    expect(new Set(report.faults.map(({ kind }) => kind))).toEqual(new Set(Object.keys(faultKinds)));
    expect(Object.keys(report.kills).length).toBeGreaterThan(3);
    expect(Object.keys(report.clockJumps).length).toBeGreaterThan(3);
    for (const incident of ['split', 'merge', 'SIGKILL', 'SIGTERM', 'unreadable']) {
      expect(report.incidents.join()).toContain(incident);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 600_000);
