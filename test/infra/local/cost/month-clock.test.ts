import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { openMonthClock } from '../../../../infra/local/cost/month-clock.ts';

const DAY = 86_400_000;
const run = promisify(execFile);

test('a process that loads the clock goes by it, and it is never put back', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'headwater-clock-'));
  const start = Date.now() - 100 * DAY;
  const clock = await openMonthClock(folder, start);
  const told = async () => {
    const code = 'console.log(JSON.stringify([Date.now(), new Date().toJSON(), new Date(0).toJSON()]))';
    const { stdout } = await run(process.execPath, ['--import', clock.module, '--eval', code]);
    const [now, text, given] = JSON.parse(stdout) as [number, string, string];
    expect(Math.abs(Date.parse(text) - now)).toBeLessThan(1_000);
    expect(given).toBe('1970-01-01T00:00:00.000Z');
    expect(Number.isInteger(now)).toBe(true);
    return Math.floor((now - start) / DAY);
  };
  try {
    expect(await told()).toBe(0);
    await clock.moveTo(start + 10 * DAY);
    await clock.moveTo(start + 5 * DAY);
    expect(await told()).toBe(10);
  } finally {
    clock.close();
    await rm(folder, { recursive: true });
  }
});
