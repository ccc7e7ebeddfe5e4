import { MONEY_SCALE } from '../../schemas/event/vocabulary.ts';
import type { Profile, RecentEvent, RecentEventsPage } from '../../schemas/profile.ts';
import { readRecent, startOfLine } from './recent-events.ts';

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
  const newestFirst = profile.recent.toReversed().filter((line) => before === undefined || line < before);
  const page = newestFirst.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(eventView),
    nextCursor: last !== undefined && newestFirst.length > limit ? writeCursor(startOfLine(last)) : null,
  };
}

const START = /^[0-9a-z]{9}\["/;
const writeCursor = (start: string) => Buffer.from(start).toString('base64url');

function readCursor(cursor: string): string {
  const start = Buffer.from(cursor, 'base64url').toString();
  if (START.test(start) && writeCursor(start) === cursor) return start;
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
