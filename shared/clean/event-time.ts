import { type Draft, noteChange, noteFlag, ok, type StepResult } from './step.ts';
import { parseTime } from './time.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A device whose clock was never set reports earlier times than this. */
const EARLIEST = Date.UTC(2000, 0, 1);
/** History may be older; stores count from 1970. */
const EARLIEST_IMPORTED = 1;

/**
 * Sets when the event happened: `receivedAt − (sentAt − originalTimestamp)`, with `timestamp` for SDKs that send no
 * `originalTimestamp`. Without `sentAt` there is no shift, and without any device time it is the arrival. What was
 * imported is meant to be old: its time is neither late nor a sign of a wrong clock.
 */
export function timeEvent(draft: Draft): StepResult {
  const { message, record } = draft;
  const timestamp = readTime(draft, message.timestamp, 'timestamp');
  const original = readTime(draft, message.originalTimestamp, 'originalTimestamp');
  const sentAt = readTime(draft, message.sentAt, 'sentAt') ?? record.sentAt;
  draft.sentAt = sentAt;
  draft.originalTimestamp = original ?? timestamp;
  draft.eventTime = clamp(draft, happened(record.receivedAt, sentAt, original, timestamp));
  if (sentAt !== undefined && Math.abs(record.receivedAt - sentAt) > HOUR) noteFlag(draft.flags, 'clock_skewed');
  if (record.receivedAt - draft.eventTime > DAY && !record.imported) noteFlag(draft.flags, 'late');
  return ok;
}

function happened(
  receivedAt: number,
  sentAt: number | undefined,
  original: number | undefined,
  timestamp: number | undefined,
): number {
  if (sentAt === undefined) return timestamp ?? original ?? receivedAt;
  const deviceTime = original ?? timestamp;
  return deviceTime === undefined ? receivedAt : receivedAt - (sentAt - deviceTime);
}

function clamp(draft: Draft, time: number): number {
  const { receivedAt, imported } = draft.record;
  if (time >= (imported ? EARLIEST_IMPORTED : EARLIEST) && time <= receivedAt + DAY) return time;
  noteFlag(draft.flags, 'time_clamped');
  noteChange(draft.changes, 'timestamp', 'clamp_time', time, receivedAt);
  return receivedAt;
}

function readTime(draft: Draft, value: unknown, path: string): number | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const time = parseTime(value);
  if (time === undefined) noteChange(draft.changes, path, 'unreadable_time');
  return time;
}
