import { CursorError } from '../adapters/cursor.ts';
import { invalidParameter } from './parameters.ts';

/** What `list` answers; a cursor that it does not know becomes a problem. */
export async function withCursor<T>(list: () => Promise<T> | T): Promise<T> {
  try {
    return await list();
  } catch (error) {
    if (!(error instanceof CursorError)) throw error;
    throw invalidParameter([{ path: 'cursor', message: error.message }], error);
  }
}
