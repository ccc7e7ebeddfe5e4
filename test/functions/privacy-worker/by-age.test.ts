import { expect, test } from 'vitest';
import { createByAge } from '../../../functions/privacy-worker/by-age.ts';

function aRun() {
  const printed: string[] = [];
  const logged: object[] = [];
  const byAge = createByAge({
    namespace: 'Headwater-test',
    clock: () => 7,
    log: (_level, _message, fields) => void logged.push(fields ?? {}),
    print: (line) => void printed.push(line),
  });
  return { byAge, printed, logged };
}

test('what succeeds is answered, and says nothing', async () => {
  const { byAge, printed, logged } = aRun();
  expect(await byAge('forget', async () => 3)).toBe(3);
  expect([printed, logged]).toEqual([[], []]);
});

test('what fails fails, and rings by a metric of the stage', async () => {
  const { byAge, printed, logged } = aRun();
  await expect(byAge('forget', () => Promise.reject(new Error('no lake')))).rejects.toThrow('no lake');
  expect(logged).toMatchObject([{ code: 'retention_failed', task: 'forget' }]);
  expect(printed.map((line) => JSON.parse(line))).toMatchObject([
    { RetentionFailed: 1, task: 'forget', _aws: { CloudWatchMetrics: [{ Namespace: 'Headwater-test' }] } },
  ]);
});
