import type { MessageType } from '../../schemas/event/vocabulary.ts';
import { canonicalEventName } from './event-name.ts';
import { type Draft, drop, type JsonObject, noteChange, noteFlag, ok, type StepResult, typeName } from './step.ts';

const OBJECT_FIELDS = ['properties', 'traits', 'context', 'integrations'] as const;
const TYPES_WITH_PROPERTIES: ReadonlySet<MessageType> = new Set(['track', 'page', 'screen']);
const TYPES_WITH_TRAITS: ReadonlySet<MessageType> = new Set(['identify', 'group']);

/** Checks that the parts of a message are objects, and takes those that its type has. */
export function readObjects(draft: Draft): StepResult {
  const { message, type } = draft;
  for (const field of OBJECT_FIELDS) {
    const value = message[field];
    if (value !== undefined && value !== null && (typeof value !== 'object' || Array.isArray(value))) {
      return drop('wrong_type', field, `expected an object, found ${typeName(value)}`);
    }
  }
  draft.context = objectOf(message.context);
  draft.integrations = objectOf(message.integrations);
  if (TYPES_WITH_PROPERTIES.has(type)) draft.properties = objectOf(message.properties);
  if (TYPES_WITH_TRAITS.has(type)) draft.traits = objectOf(message.traits);
  return ok;
}

const objectOf = (value: unknown): JsonObject => (value === undefined || value === null ? {} : (value as JsonObject));

const EVENT_OF_TYPE: Readonly<Record<MessageType, string>> = {
  identify: 'Identify',
  track: '',
  page: 'Page Viewed',
  screen: 'Screen Viewed',
  group: 'Group',
  alias: 'Alias',
};

/** Names the event: a documented e-commerce event by its canonical name, whatever its case, spaces or old alias. */
export function nameEvent(draft: Draft): StepResult {
  return draft.type === 'track' ? nameTrack(draft) : namePage(draft);
}

function nameTrack(draft: Draft): StepResult {
  const sent = draft.message.event;
  if (sent === undefined || sent === null || sent === '') {
    return drop('missing_event_name', 'event', 'expected the name of the event, found none');
  }
  if (typeof sent !== 'string') return drop('wrong_type', 'event', `expected text, found ${typeName(sent)}`);
  const canonical = canonicalEventName(sent);
  if (canonical === undefined) noteFlag(draft.flags, 'event_unknown');
  else if (canonical !== sent) {
    noteChange(draft.changes, 'event', 'canonical_event_name', sent, canonical);
    draft.name = sent;
  }
  draft.event = canonical ?? sent;
  return ok;
}

function namePage(draft: Draft): StepResult {
  draft.event = EVENT_OF_TYPE[draft.type];
  if (draft.type !== 'page' && draft.type !== 'screen') return ok;
  const { name } = draft.message;
  if (name === undefined || name === null || name === '') return ok;
  if (typeof name !== 'string') return drop('wrong_type', 'name', `expected text, found ${typeName(name)}`);
  draft.name = name;
  return ok;
}
