import { isBlockedId } from '../../schemas/event/blocked-ids.ts';
import { MAX_ID_LENGTH, MAX_MESSAGE_ID_LENGTH, messageTypes } from '../../schemas/event/vocabulary.ts';
import { textOfNumber } from './id-text.ts';
import { type Draft, type Drop, drop, noteChange, ok, type StepResult, typeName } from './step.ts';

/** The rule by which a placeholder is dropped, in the changes of an event. */
const BLOCKED = 'drop_blocked_id';

type IdField = 'userId' | 'anonymousId' | 'groupId' | 'previousId';

/** Checks the type of the message. */
export function readType(draft: Draft): StepResult {
  const { type } = draft.message;
  for (const known of messageTypes) {
    if (known === type) {
      draft.type = known;
      return ok;
    }
  }
  const found = typeof type === 'string' ? 'another text' : type === undefined ? 'none' : typeName(type);
  return drop('unknown_type', 'type', `expected one of ${messageTypes.join(', ')}, found ${found}`);
}

/** Reads the ids that say whose event it is. A placeholder for a person's id, such as `null` or `-1`, counts as missing. */
export function readIds(draft: Draft): StepResult {
  return (
    readId(draft, 'userId') ??
    readId(draft, 'anonymousId') ??
    readId(draft, 'groupId') ??
    readId(draft, 'previousId') ??
    checkPresence(draft) ??
    ok
  );
}

function checkPresence(draft: Draft): Drop | undefined {
  if (draft.userId === undefined && draft.anonymousId === undefined) {
    const isBlocked = draft.changes.some(({ rule }) => rule === BLOCKED);
    const found = isBlocked ? 'only a placeholder such as null or -1' : 'neither';
    return drop('missing_ids', 'userId', `expected a userId or an anonymousId, found ${found}`);
  }
  if (draft.type === 'group' && draft.groupId === undefined) {
    return drop('missing_group_id', 'groupId', 'expected a groupId, found none');
  }
  if (draft.type === 'alias' && draft.previousId === undefined) {
    return drop('missing_previous_id', 'previousId', 'expected a previousId, found none');
  }
  return undefined;
}

function readId(draft: Draft, field: IdField): Drop | undefined {
  const value = draft.message[field];
  if (value === undefined || value === null || value === '') return undefined;
  const text = typeof value === 'string' ? value : notedNumber(draft, value, field);
  if (text === undefined) return wrongId(field, value);
  if (text.length > MAX_ID_LENGTH) {
    return drop('id_too_long', field, `expected at most ${MAX_ID_LENGTH} characters, found ${text.length}`);
  }
  if (field !== 'groupId' && isBlockedId(text)) {
    noteChange(draft.changes, field, BLOCKED, text);
    return undefined;
  }
  draft[field] = text;
  return undefined;
}

function notedNumber(draft: Draft, value: unknown, path: string): string | undefined {
  const text = typeof value === 'number' ? textOfNumber(value) : undefined;
  if (text !== undefined) noteChange(draft.changes, path, 'number_to_text');
  return text;
}

const wrongId = (path: string, value: unknown): Drop =>
  drop('wrong_type', path, `expected text or a number that a double holds exactly, found ${typeName(value)}`);

/** Reads the id by which a message counts once; one that has none is named after its first place in the stream. */
export function readMessageId(draft: Draft): StepResult {
  const { message, record, index } = draft;
  const value = message.messageId;
  if (value === undefined || value === null || value === '') {
    const { shardId, sequenceNumber, index: first } = record.replay ?? { ...record, index: 0 };
    draft.messageId = record.givenId ?? `${shardId}-${sequenceNumber}-${first + index}`;
    noteChange(draft.changes, 'messageId', 'make_message_id', undefined, draft.messageId);
    return ok;
  }
  const text = typeof value === 'string' ? value : notedNumber(draft, value, 'messageId');
  if (text === undefined) return wrongId('messageId', value);
  if (text.length > MAX_MESSAGE_ID_LENGTH) {
    const detail = `expected at most ${MAX_MESSAGE_ID_LENGTH} characters, found ${text.length}`;
    return drop('message_id_too_long', 'messageId', detail);
  }
  draft.messageId = text;
  return ok;
}
