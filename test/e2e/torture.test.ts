import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { faultKinds, faultOf } from '../../infra/local/faults/fault.ts';
import type { TortureReport } from '../../infra/local/torture/report.ts';
import type { Befell } from '../../infra/local/torture/runtime-protocol.ts';

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
const EVENTS = 10_000;
const SEED = 'second';
const RATE = 0.1;

test('events sent under fire equal the ledger: 0 lost, 0 double, and the seed alone says which calls fail', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'headwater-torture-test-'));
  try {
    const { code, report } = await torture('--events', String(EVENTS), '--seed', SEED, '--keep', folder);

    expect(report.differences).toEqual([]);
    expect(code).toBe(0);
    expect(report.compared).toBeGreaterThan(8 * EVENTS);
    // A test under fire that met none has shown nothing.
    expect(new Set(report.faults.map(({ kind }) => kind))).toEqual(new Set(Object.keys(faultKinds)));
    expect(Object.keys(report.kills).length).toBeGreaterThan(3);
    expect(Object.keys(report.clockJumps).length).toBeGreaterThan(3);
    expect(report.sealerRuns.done).toBeGreaterThan(2);
    for (const incident of ['split', 'merge', 'SIGKILL', 'midnight', 'SIGTERM', 'unreadable']) {
      expect(report.incidents.join()).toContain(incident);
    }
    const befell = faultsIn(join(folder, 'torture', 'befell.log'));
    expect(befell.size).toBe(report.faults.reduce((sum, { count }) => sum + count, 0));
    expect(befell).toEqual(faultsOf([...befell.keys()]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 900_000);

/** Kinds of the faults that befell, by start of the runtime, function, service, operation and number of the call. */
function faultsIn(log: string): Map<string, string> {
  const lines = readFileSync(log, 'utf8').trim().split('\n');
  const faults = lines.map((line) => JSON.parse(line) as Befell).filter((one) => 'fault' in one);
  return new Map(
    faults.map(({ start, caller, service, operation, nth, kind }) => [
      [start, caller, service, operation, nth].join(' '),
      kind,
    ]),
  );
}

/** All faults that the seed says of calls of the same functions and operations, up to the last that failed. */
function faultsOf(places: readonly string[]): Map<string, string> {
  const last = new Map<string, number>();
  for (const place of places) {
    const [, name = '', nth] = /^(.*) (\d+)$/.exec(place) ?? [];
    last.set(name, Math.max(last.get(name) ?? 0, Number(nth)));
  }
  const faults = new Map<string, string>();
  for (const [name, most] of last) {
    const [start, caller = '', service = '', operation = ''] = name.split(' ');
    for (let nth = 0; nth <= most; nth += 1) {
      const fault = faultOf({ seed: `${SEED}/${start}`, rate: RATE }, { caller, service, operation, nth });
      // A poller's read fails in fewer ways.
      const isMet = fault && (operation !== 'GetRecords' || ['throttle', 'error', 'slow'].includes(fault.kind));
      if (isMet) faults.set(`${name} ${nth}`, fault.kind);
    }
  }
  return faults;
}
