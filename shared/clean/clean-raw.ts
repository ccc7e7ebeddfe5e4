import type { Spaces } from '../identity/spaces.ts';
import { cleanApart } from './clean-record.ts';
import type { CleanedItem } from './cleaned-record.ts';
import { isSuspicious, type RecordContext } from './read-record.ts';

/** How the sources of imports are named: their messages are history that was brought in. */
const IMPORTS = 'import:';

/** A message as the lake's `raw` holds it. */
export interface RawMessage
  extends Pick<
    RecordContext,
    'sourceId' | 'receivedAt' | 'sentAt' | 'ip' | 'userAgent' | 'shardId' | 'sequenceNumber'
  > {
  /** Position of the message within its record. */
  readonly index: number;
  /** JSON text; empty for a message of which nothing was kept. */
  readonly payload: string;
  /** What it is counted by: without one in the payload, the name that it was given when it first came. */
  readonly messageId?: string | null | undefined;
}

/**
 * Cleans a message of the lake once more: what it was cleaned to when it came, as long as cleaning is the same. Undefined
 * for a payload that is no JSON, of a record that could not be read, and for no text. With `spaces`, what names another space
 * than its source's is refused; what became an event passed that when it came.
 */
export function cleanRaw(
  { index, payload, messageId, ...context }: RawMessage,
  spaces?: Spaces,
): CleanedItem | undefined {
  let message: unknown;
  try {
    message = JSON.parse(payload);
  } catch {
    return undefined;
  }
  const imported = context.sourceId.startsWith(IMPORTS);
  const suspicious = isSuspicious(payload);
  const given = typeof messageId === 'string' ? { givenId: messageId } : {};
  return cleanApart({ ...context, ...given, imported, shape: 'message', suspicious }, message, index, spaces);
}
