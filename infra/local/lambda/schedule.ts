import { randomUUID } from 'node:crypto';
import type { ScheduleSpec } from '../deploy/local-parts.ts';
import { account, region } from '../template/types.ts';
import { beatOf } from './beat.ts';

export interface ScheduleOptions {
  readonly spec: ScheduleSpec;
  /** Runs the function to its end, retries included. */
  readonly run: (event: unknown) => Promise<unknown>;
}

/** A clock that invokes one function. */
export interface Schedule {
  /** Starts no further run; one that is going on is not waited for. */
  stop(): void;
}

/** The longest time that a timer can take. */
const longestMs = 2 ** 31 - 1;

/**
 * Runs a function on the beat of its schedule; a rate begins with a run at once.
 *
 * On AWS a run that is still going on when the next is due goes on beside it. Here one run waits for it, and no more
 * than one, so that a function slower than its beat does not fall behind for ever. What was due while the machine slept
 * is not made up for.
 */
export function startSchedule({ spec, run }: ScheduleOptions): Schedule {
  const next = beatOf(spec.expression, spec.timeZone, Date.now());
  let state: 'resting' | 'running' | 'due' | 'stopped' = spec.enabled ? 'resting' : 'stopped';
  let timer: NodeJS.Timeout | undefined;

  const fire = async (dueAt: number): Promise<void> => {
    if (state === 'running') state = 'due';
    if (state !== 'resting') return;
    state = 'running';
    await run(eventOf(spec, dueAt)).catch(() => {});
    const goesOn = isDue();
    if (!isStopped()) state = 'resting';
    if (goesOn) await fire(Date.now());
  };
  const isDue = () => state === 'due';
  const isStopped = () => state === 'stopped';

  const arm = () => {
    const dueAt = next(Date.now());
    if (dueAt === undefined) return;
    const wake = () => {
      if (isStopped()) return;
      if (Date.now() >= dueAt) void fire(dueAt);
      arm();
    };
    timer = setTimeout(wake, Math.min(dueAt - Date.now(), longestMs));
  };

  if (!isStopped()) {
    arm();
    if (spec.expression.startsWith('rate')) void fire(Date.now());
  }
  return {
    stop: () => {
      state = 'stopped';
      clearTimeout(timer);
    },
  };
}

/** The schedule's own input, with what it asks of the run put in, or the event that stands for no input. */
export function eventOf({ arn, input }: Pick<ScheduleSpec, 'arn' | 'input'>, dueAt: number): unknown {
  const time = `${new Date(dueAt).toISOString().slice(0, 19)}Z`;
  const id = randomUUID();
  if (input === undefined) {
    const about = { version: '0', id, 'detail-type': 'Scheduled Event', source: 'aws.scheduler' };
    return { ...about, account, time, region, resources: [arn], detail: '{}' };
  }
  const run: Record<string, string> = {
    'schedule-arn': arn,
    'scheduled-time': time,
    'execution-id': id,
    'attempt-number': '1',
  };
  return JSON.parse(input.replaceAll(/<aws\.scheduler\.([a-z-]+)>/g, (whole, name: string) => run[name] ?? whole));
}
