import type { Profile, RecentEvent, RecentEventsPage } from '../../schemas/profile.ts';
import { readRecent } from './recent-events.ts';

const MONEY_SCALE = 10_000;

/** A cursor that no page of ours named. */
export class CursorError extends Error {
  override readonly name = 'CursorError';
}

/**
 * A page of a profile's recent events, the newest first, after the event that `cursor` names. New events that arrive between
 * two pages shift nothing. Throws `CursorError`.
 */
export function recentPage(profile: Profile, limit: number, cursor: string | undefined): RecentEventsPage {
  const before = cursor === undefined ? undefined : readCursor(cursor);
  const newestFirst = profile.recent.toReversed().filter((line) => before === undefined || keyOf(line) < before);
  const page = newestFirst.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(eventView),
    nextCursor: last !== undefined && newestFirst.length > limit ? writeCursor(keyOf(last)) : null,
  };
}

/** Time and message id: what orders the events. */
function keyOf(line: string): string {
  const { time, messageId } = readRecent(line);
  return `${String(time).padStart(15, '0')} ${JSON.stringify(messageId)}`;
}

const KEY = /^\d{15} "/;
const writeCursor = (key: string) => Buffer.from(key).toString('base64url');

function readCursor(cursor: string): string {
  const key = Buffer.from(cursor, 'base64url').toString();
  if (KEY.test(key) && writeCursor(key) === cursor) return key;
  throw new CursorError(
    'cursor is none that a page of events named: take nextCursor as it was given, or leave it out.',
  );
}

function eventView(line: string): RecentEvent {
  const { time, value, ...rest } = readRecent(line);
  return {
    ...rest,
    time: new Date(time).toISOString(),
    ...(value !== undefined && { value: value / MONEY_SCALE }),
  };
}
