import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { basic, startHeadwater, WRITE_KEY } from './headwater.ts';

const command = fileURLToPath(new URL('../../infra/local/start.ts', import.meta.url));
const dataDir = mkdtempSync(join(tmpdir(), 'headwater-durability-'));
const running = new Set<ChildProcess>();

afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
});

/** Starts `npm start` on the data folder and answers with its process and the address of its API. */
async function start(): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [command, '--no-demo', '--port', '0', '--data', dataDir], {
    env: { PATH: process.env.PATH },
  });
  running.add(child);
  child.on('close', () => running.delete(child));
  let printed = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      printed += chunk;
      const found = /API +(\S+)/.exec(printed)?.[1];
      if (found) resolve(found);
    });
    child.on('close', () => reject(new Error(`The runtime did not start: ${printed}`)));
  });
  return { child, url };
}

/** Events of a run that are acknowledged before its runtime is told to end. */
const BEFORE_END = 60;

/** Sends events one after another until the runtime is gone, and returns how many were acknowledged. */
async function sendUntilGone(url: string, run: string, end: () => void): Promise<number> {
  for (let sent = 0; ; sent += 1) {
    if (sent === BEFORE_END) setTimeout(end, Math.random() * 500);
    try {
      const answer = await fetch(`${url}/v1/track`, {
        method: 'POST',
        headers: { authorization: basic(WRITE_KEY) },
        body: JSON.stringify({ userId: `u-${sent % 7}`, event: 'Kept', messageId: `${run}-${sent}` }),
      });
      if (answer.status !== 200) return sent;
    } catch {
      return sent;
    }
  }
}

test('an acknowledged event survives SIGKILL of the whole runtime, and Ctrl-C', async () => {
  let acknowledged = 0;
  for (const signal of ['SIGKILL', 'SIGINT', 'SIGKILL'] as const) {
    const { child, url } = await start();
    const closed = once(child, 'close');
    acknowledged += await sendUntilGone(url, `${acknowledged}`, () => child.kill(signal));
    await closed;
  }

  const headwater = await startHeadwater(dataDir);
  await headwater.settled();
  const [row] = await headwater.query(`SELECT count(*) AS n FROM events WHERE event = 'Kept'`);
  const folded = await Promise.all(Array.from({ length: 7 }, (_, index) => headwater.profile(`u-${index}`)));
  await headwater.runtime.stop();

  // The last event of a killed run may be stored without its answer: at most one a run.
  expect(acknowledged).toBeGreaterThanOrEqual(3 * BEFORE_END);
  expect(Number(row?.n) - acknowledged).toBeGreaterThanOrEqual(0);
  expect(Number(row?.n) - acknowledged).toBeLessThanOrEqual(3);
  const counted = folded.reduce((sum, view) => sum + eventCountOf(view), 0);
  expect(counted).toBe(Number(row?.n));
});

function eventCountOf(view: Record<string, unknown> | undefined): number {
  return (view as { computed: { eventCount: number } }).computed.eventCount;
}
