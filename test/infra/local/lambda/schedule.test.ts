import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ScheduleSpec } from '../../../../infra/local/deploy/local-parts.ts';
import { startSchedule } from '../../../../infra/local/lambda/schedule.ts';

const minute = 60_000;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-02-28T10:20:30Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

function aSchedule(overrides: Partial<ScheduleSpec> = {}): ScheduleSpec {
  return {
    logicalId: 'Clock',
    arn: 'arn:aws:scheduler:us-east-1:000000000000:schedule/default/clock',
    functionLogicalId: 'Sweeper',
    expression: 'rate(1 minute)',
    timeZone: 'UTC',
    input: '{"at":"<aws.scheduler.scheduled-time>"}',
    enabled: true,
    ...overrides,
  };
}

/** Starts a schedule whose runs take `ms`; gives when each began, in seconds after the start. */
function watch(ms: number, spec: Partial<ScheduleSpec> = {}) {
  const from = Date.now();
  const begun: number[] = [];
  const events: unknown[] = [];
  const schedule = startSchedule({
    spec: aSchedule(spec),
    run: async (event) => {
      begun.push((Date.now() - from) / 1000);
      events.push(event);
      await new Promise((resolve) => setTimeout(resolve, ms));
    },
  });
  return { begun, events, stop: schedule.stop };
}

test('runs at once, and then on the beat', async () => {
  const { begun } = watch(1000);
  await vi.advanceTimersByTimeAsync(3 * minute + 500);
  expect(begun).toEqual([0, 60, 120, 180]);
});

test('lets one run wait for a run that still goes on, and no more than one', async () => {
  const { begun } = watch(3.5 * minute);
  await vi.advanceTimersByTimeAsync(7.2 * minute);
  expect(begun).toEqual([0, 210, 420]);
});

test('follows a run that is a little late at once', async () => {
  const { begun } = watch(minute + 200);
  await vi.advanceTimersByTimeAsync(3 * minute + 900);
  expect(begun).toEqual([0, 60.2, 120.4, 180.6]);
});

test('goes on after a run that fails', async () => {
  let runs = 0;
  startSchedule({
    spec: aSchedule(),
    run: async () => {
      runs += 1;
      throw new Error('no');
    },
  });
  await vi.advanceTimersByTimeAsync(2 * minute + 500);
  expect(runs).toBe(3);
});

test('begins a cron schedule with its first beat', async () => {
  const { begun, events } = watch(0, { expression: 'cron(0/2 * * * ? *)' });
  await vi.advanceTimersByTimeAsync(4 * minute);
  expect(begun).toEqual([90, 210]);
  expect(events[0]).toEqual({ at: '2026-02-28T10:22:00Z' });
});

test('waits longer than a timer can', async () => {
  const { begun } = watch(0, { expression: 'cron(0 0 1 5 ? *)' });
  await vi.advanceTimersByTimeAsync(Date.parse('2026-05-01T00:00:00Z') - Date.now() - 1);
  expect(begun).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(begun).toHaveLength(1);
});

test('does not make up for what was due while the machine slept', async () => {
  const { begun } = watch(0);
  vi.setSystemTime(Date.now() + 600 * minute);
  await vi.advanceTimersByTimeAsync(2 * minute);
  expect(begun.length).toBeLessThanOrEqual(4);
});

test('starts nothing after it was stopped, not even what was due', async () => {
  const { begun, stop } = watch(90_000);
  await vi.advanceTimersByTimeAsync(70_000);
  stop();
  await vi.advanceTimersByTimeAsync(5 * minute);
  expect(begun).toEqual([0]);
  expect(vi.getTimerCount()).toBe(0);
});

test('runs nothing when it is disabled', async () => {
  const { begun } = watch(0, { enabled: false });
  await vi.advanceTimersByTimeAsync(2 * minute);
  expect(begun).toEqual([]);
});

test('gives the event of EventBridge Scheduler when it has no input', async () => {
  const { events } = watch(0, { input: undefined });
  await vi.advanceTimersByTimeAsync(0);
  expect(events).toEqual([
    {
      version: '0',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      'detail-type': 'Scheduled Event',
      source: 'aws.scheduler',
      account: '000000000000',
      time: '2026-02-28T10:20:30Z',
      region: 'us-east-1',
      resources: ['arn:aws:scheduler:us-east-1:000000000000:schedule/default/clock'],
      detail: '{}',
    },
  ]);
});
