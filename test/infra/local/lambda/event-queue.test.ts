import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openEventQueue } from '../../../../infra/local/lambda/event-queue.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'headwater-events-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('runs again, in order, what a killed process had accepted and not finished', async () => {
  const never = () => new Promise<never>(() => {});
  const killed = await openEventQueue({ folder, run: never });
  for (const id of [1, 2, 3]) await killed.accept('Backfill', { id });

  const seen: unknown[] = [];
  await openEventQueue({
    folder,
    run: async (functionLogicalId, event) => {
      seen.push([functionLogicalId, event]);
      return 'done';
    },
  });

  expect(seen).toEqual([1, 2, 3].map((id) => ['Backfill', { id }]));
  await expect.poll(() => readdirSync(folder)).toEqual([]);
});

test.each([
  ['done', []],
  ['given up', []],
  ['stopped', [expect.stringMatching(/\.json$/)]],
] as const)('keeps of an event that is %s: %j', async (end, files) => {
  const dealt = Promise.withResolvers<void>();
  const queue = await openEventQueue({
    folder,
    run: async () => {
      dealt.resolve();
      return end;
    },
  });
  await queue.accept('Backfill', {});
  await dealt.promise;

  await expect.poll(() => readdirSync(folder)).toEqual(files);
});
