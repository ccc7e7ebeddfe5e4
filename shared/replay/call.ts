import type { ReplayCall, ReplayRequest, ReplayView } from '../../schemas/replay.ts';
import { isOver, progressOf, type ReplayJob } from './job.ts';

/** The call that an event is; undefined for the clock's. */
export function replayCallOf(event: unknown): ReplayCall | undefined {
  if (typeof event !== 'object' || event === null) return undefined;
  if ('start' in event && isRequest(event.start)) return { start: event.start };
  if ('work' in event && typeof event.work === 'object' && event.work !== null && 'forMs' in event.work) {
    const { forMs } = event.work;
    return typeof forMs === 'number' ? { work: { forMs } } : undefined;
  }
  return undefined;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const isText = (value: unknown): value is string => typeof value === 'string';

function isRequest(value: unknown): value is ReplayRequest {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, days, reason, isDry } = value as Record<string, unknown>;
  if (typeof isDry !== 'boolean' || (reason !== undefined && !isText(reason))) return false;
  if (kind === 'setAside') return true;
  if ((kind !== 'profiles' && kind !== 'failed') || typeof days !== 'object' || days === null) return false;
  const { from, to } = days as Record<string, unknown>;
  return isText(from) && isText(to) && DAY.test(from) && DAY.test(to) && from <= to;
}

export function replayViewOf(job: ReplayJob): ReplayView {
  const { id, request, counts, step } = job;
  return {
    id,
    request,
    state: isOver(job) ? (step.name as 'done' | 'failed') : 'running',
    ...progressOf(job),
    counts,
    ...(step.name === 'failed' && { failure: step.failure }),
  };
}
