import type { CleanEvent } from '../../schemas/event/clean-event.ts';
import { CONSENT_EVENT } from '../../schemas/event/vocabulary.ts';
import { cleanMessage } from '../clean/clean-record.ts';
import type { CleanedItem, ReceivedRecord } from '../clean/cleaned-record.ts';
import { fits, limits } from '../profile/limits.ts';
import { deniedByDefault, preferencesOf } from './consent.ts';

/** How the sources of imports are named. */
const IMPORTS = 'import:';

/**
 * What somebody chose, as an event of its own: who, when and what for each purpose, and nothing else of the event that
 * said it. Undefined when that chose nothing.
 */
export function choiceItem(
  { shardId, sequenceNumber }: ReceivedRecord,
  event: CleanEvent,
  index: number,
): CleanedItem | undefined {
  const { sourceId, receivedAt, messageId, userId, anonymousId, eventTime } = event;
  const choices = Object.entries(preferencesOf(event.context) ?? {})
    .filter(([purpose, granted]) => typeof granted === 'boolean' && fits(purpose, limits.nameBytes))
    .slice(0, limits.purposes);
  if (choices.length === 0) return undefined;
  const denied = deniedByDefault(event.context).map((purpose) => [purpose, false]);
  const message = {
    type: 'track',
    event: CONSENT_EVENT,
    messageId,
    ...(userId !== undefined && { userId }),
    ...(anonymousId !== undefined && { anonymousId }),
    // Both by our clock, so that reading it again shifts nothing.
    timestamp: new Date(eventTime).toISOString(),
    sentAt: new Date(receivedAt).toISOString(),
    context: {
      consent: {
        categoryPreferences: Object.fromEntries(choices),
        ...(denied.length > 0 && { defaults: Object.fromEntries(denied) }),
      },
    },
  };
  const context = {
    sourceId,
    receivedAt,
    sentAt: undefined,
    ip: undefined,
    userAgent: undefined,
    shardId,
    sequenceNumber,
    shape: 'message',
    suspicious: false,
    imported: sourceId.startsWith(IMPORTS),
  } as const;
  return { ...cleanMessage(context, message, index), isWithheld: true };
}
