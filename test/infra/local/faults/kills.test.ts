import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openKills } from '../../../../infra/local/faults/kills.ts';
import type { AwsCall } from '../../../../infra/local/gateway/types.ts';
import { jsonAnswer } from '../../../../infra/local/services/errors.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const call: AwsCall = {
  service: 'dynamodb',
  operation: 'PutItem',
  caller: 'Updater',
  method: 'POST',
  url: '/',
  headers: { host: 'here' },
  body: Buffer.from('{}'),
};

test('a busy function dies at one of its calls, now before it is done and now after', async () => {
  const kills: string[] = [];
  const { station, stop } = openKills({
    seed: 'a',
    everyMs: 1_000,
    isOn: () => true,
    kill: () => 1,
    onKill: ({ caller, when }) => kills.push(`${caller} ${when}`),
  });
  let done = 0;
  let made = 0;
  for (let round = 0; round < 400; round += 1) {
    await station(call, async () => {
      done += 1;
      return jsonAnswer({});
    });
    made += 1;
    await vi.advanceTimersByTimeAsync(100);
  }
  stop();
  const before = kills.filter((kill) => kill === 'Updater before a call').length;
  expect(kills.length).toBeGreaterThan(20);
  expect(before).toBeGreaterThan(0);
  expect(before).toBeLessThan(kills.length);
  expect(made - done).toBe(before);
});

test('nobody is killed in calm times, and tools and pollers never', async () => {
  let killed = 0;
  let isOn = false;
  const { station, stop } = openKills({
    seed: 'a',
    everyMs: 100,
    isOn: () => isOn,
    kill: () => 1,
    onKill: () => (killed += 1),
  });
  const next = async () => jsonAnswer({});
  for (let round = 0; round < 50; round += 1) {
    await station(call, next);
    await vi.advanceTimersByTimeAsync(100);
  }
  isOn = true;
  await vi.advanceTimersByTimeAsync(10_000);
  for (let round = 0; round < 50; round += 1) {
    await station({ ...call, caller: 'tool' }, next);
    await station({ ...call, headers: {} }, next);
    await vi.advanceTimersByTimeAsync(100);
  }
  stop();
  expect(killed).toBe(0);
});
