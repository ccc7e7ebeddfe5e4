import { createHash } from 'node:crypto';

/** A cursor that no page of this list named. */
export class CursorError extends Error {
  override readonly name = 'CursorError';

  constructor() {
    super('cursor is none that a page of this list named: take nextCursor as it was given, or leave it out.');
  }
}

const CHECK_LENGTH = 8;

/** Where the next page of a list begins, as a text that tells nothing by itself and is good for this list only. */
export const writeCursor = (list: string, place: string): string =>
  Buffer.from(`${checkOf(list, place)}${place}`).toString('base64url');

/** The place that `writeCursor` was given. Throws `CursorError` for anything else. */
export function readCursor(list: string, cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString();
  const place = text.slice(CHECK_LENGTH);
  if (writeCursor(list, place) !== cursor) throw new CursorError();
  return place;
}

const checkOf = (list: string, place: string): string =>
  createHash('sha256').update(`headwater cursor\n${list}\n${place}`).digest('base64url').slice(0, CHECK_LENGTH);
