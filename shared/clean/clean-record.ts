import type { CleanEvent } from '../../schemas/event/clean-event.ts';
import type { IdentityRules } from '../../schemas/identity-rules.ts';
import type { ConsentSettings, PrivacySettings } from '../../schemas/privacy-settings.ts';
import { type Spaces, spacesOf } from '../identity/spaces.ts';
import { mayDeny, stampDefaults } from '../privacy/consent.ts';
import { compileFields, type FieldRules } from '../privacy/fields.ts';
import type { CleanedItem, CleanedRecord, ReceivedRecord } from './cleaned-record.ts';
import { readCommerce } from './commerce.ts';
import { timeEvent } from './event-time.ts';
import { failedItem, unreadableItem } from './failed.ts';
import { nameEvent, readObjects } from './fields.ts';
import { readIds, readMessageId, readType } from './ids.ts';
import { openMessage } from './open-message.ts';
import { profileKeyOf } from './profile-key.ts';
import { type RecordContext, readRecord } from './read-record.ts';
import { foreignId, scopeMessage } from './scope-message.ts';
import type { Draft, JsonObject, Step } from './step.ts';
import { standardiseTraits } from './traits.ts';
import { readVisit } from './visit.ts';

export type { CleanedItem, CleanedRecord, CleanOutcome, ReceivedRecord } from './cleaned-record.ts';

/** What happens to a message, in order. A step that drops it ends its way. */
const steps: readonly Step[] = [
  openMessage,
  readType,
  readMessageId,
  readIds,
  readObjects,
  nameEvent,
  standardiseTraits,
  timeEvent,
  readVisit,
  readCommerce,
];

/** What of a stage concerns each message alone. */
export interface CleanRules {
  /** Fields that are dropped or hashed. */
  readonly fields: FieldRules;
  /** What was never asked but denied by default; left out where nothing can be. */
  readonly consent?: ConsentSettings;
  /** Whose people are kept apart; left out where nobody's are. */
  readonly spaces?: Spaces;
}

const noRules: CleanRules = { fields: [] };

/** The rules of a stage's settings. */
export function cleanRulesOf(
  { fields, consent }: PrivacySettings,
  identity: Pick<IdentityRules, 'spaces'>,
): CleanRules {
  return { ...spaceRulesOf(identity), fields: compileFields(fields), ...(mayDeny(consent) && { consent }) };
}

/** The rules for what was cleaned before: its fields and its consent by default were settled then. */
export function spaceRulesOf(identity: Pick<IdentityRules, 'spaces'>): CleanRules {
  const spaces = spacesOf(identity);
  return { fields: [], ...(spaces.ids.length > 0 && { spaces }) };
}

/**
 * Cleans a stream record: each of its messages becomes a clean event or a failed event, and a record that cannot be
 * read becomes one failed event. Depends on nothing but the record and the rules, and never throws, whatever its bytes.
 * Whether an event may be stored at all is decided after that: see shared/privacy/judge.ts.
 */
export function cleanRecord(record: ReceivedRecord, rules: CleanRules = noRules): CleanedRecord {
  const read = readRecord(record, rules.fields);
  const { sourceId, receivedAt, sentAt, ip, userAgent, signals, requestId, replay } = read.context;
  if (read.ok && rules.consent !== undefined) {
    for (const message of read.messages) if (isObject(message)) stampDefaults(message, rules.consent, signals ?? {});
  }
  const space = rules.spaces?.ofSource(sourceId);
  if (read.ok && space !== undefined) {
    for (const message of read.messages) if (isObject(message)) scopeMessage(message, space);
  }
  return {
    sourceId,
    receivedAt,
    ...(sentAt === undefined ? {} : { sentAt }),
    ...(ip === undefined ? {} : { ip }),
    ...(userAgent === undefined ? {} : { userAgent }),
    ...(signals === undefined ? {} : { signals }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(replay === undefined ? {} : { replay }),
    items: read.ok
      ? read.messages.map((message, index) => cleanApart(read.context, message, index, rules.spaces))
      : [unreadableItem(read.context, read.unreadable)],
  };
}

/** Cleans one message of a record, whose ids stand behind the name of its space already; refuses one of another space. */
export function cleanApart(
  record: RecordContext,
  message: unknown,
  index: number,
  spaces: Spaces | undefined,
): CleanedItem {
  const item = cleanMessage(record, message, index);
  if (spaces === undefined || !item.outcome.ok) return item;
  const foreign = foreignId(item.outcome.event, spaces.ofSource(record.sourceId), spaces);
  return foreign === undefined ? item : failedItem(record, message, index, foreign);
}

/** Cleans one message of a record; masks addresses in it. */
export function cleanMessage(record: RecordContext, received: unknown, index: number): CleanedItem {
  const draft = draftOf(record, received, index);
  for (const step of steps) {
    const result = step(draft);
    if (result.kind === 'drop') return failedItem(record, received, index, result);
  }
  return { index, message: received, outcome: { ok: true, event: eventOf(draft) } };
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const empty: JsonObject = Object.freeze({});

function draftOf(record: RecordContext, received: unknown, index: number): Draft {
  return {
    record,
    index,
    received,
    message: empty,
    type: 'track',
    messageId: '',
    userId: undefined,
    anonymousId: undefined,
    groupId: undefined,
    previousId: undefined,
    event: '',
    name: undefined,
    properties: {},
    traits: {},
    context: empty,
    integrations: empty,
    eventTime: record.receivedAt,
    sentAt: undefined,
    originalTimestamp: undefined,
    visit: undefined,
    commerce: {},
    currencyBeside: undefined,
    flags: [],
    changes: [],
  };
}

function eventOf(draft: Draft): CleanEvent {
  if (draft.visit === undefined) throw new Error('The steps ended without a visit: readVisit must be one of them.');
  return {
    messageId: draft.messageId,
    sourceId: draft.record.sourceId,
    type: draft.type,
    event: draft.event,
    name: draft.name,
    userId: draft.userId,
    anonymousId: draft.anonymousId,
    groupId: draft.groupId,
    previousId: draft.previousId,
    profileKey: profileKeyOf(draft),
    eventTime: draft.eventTime,
    receivedAt: draft.record.receivedAt,
    sentAt: draft.sentAt,
    originalTimestamp: draft.originalTimestamp,
    visit: draft.visit,
    commerce: draft.commerce,
    properties: draft.properties,
    traits: draft.traits,
    context: draft.context,
    integrations: draft.integrations,
    flags: draft.flags,
    changes: draft.changes,
  };
}
