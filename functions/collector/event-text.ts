import { idTextOf } from '../../shared/clean/id-text.ts';
import { maskAddresses } from '../../shared/clean/mask-ip.ts';
import { compactJson } from '../../shared/json/compact-json.ts';
import { applyFields, type FieldRules } from '../../shared/privacy/fields.ts';
import { MAX_BATCH_BYTES } from './limits.ts';

type Json = Record<string, unknown>;

/** What the events of a request share. */
export interface Shared {
  /** The route's message type, for events that name none. */
  readonly type?: string;
  /** Of the batch; an event's own values win. */
  readonly context?: Json;
  readonly integrations?: Json;
  /** What becomes of fields before anything is stored. */
  readonly fields: FieldRules;
}

/** An event on its way to the stream. */
export interface EventText {
  /** JSON. */
  readonly text: string;
  /** What orders it: its `userId ?? anonymousId`; undefined when it has neither. */
  readonly key: string | undefined;
}

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Completes an event with what the request says of it, and writes it as JSON. It goes on as received otherwise, right
 * or wrong; only its write key and the fields that rules drop stay behind, and its address is masked. Changes `event`.
 */
export function eventText(event: unknown, shared: Shared, newId: () => string): EventText {
  if (!isObject(event)) return { text: textOf(applyFields(event, shared.fields)), key: undefined };
  if (event.type === undefined && shared.type !== undefined) event.type = shared.type;
  if (event.messageId === undefined || event.messageId === null || event.messageId === '') event.messageId = newId();
  if (event.writeKey !== undefined) event.writeKey = undefined;
  if (shared.context) merge(event, 'context', shared.context);
  if (shared.integrations) merge(event, 'integrations', shared.integrations);
  const { context } = event;
  if (isObject(context) && typeof context.ip === 'string') context.ip = maskAddresses(context.ip);
  applyFields(event, shared.fields);
  return { text: textOf(event), key: idTextOf(event.userId) ?? idTextOf(event.anonymousId) };
}

function merge(event: Json, field: 'context' | 'integrations', shared: Json): void {
  const own = event[field];
  if (own === undefined || own === null || isObject(own)) event[field] = { ...shared, ...(own as Json | null) };
}

function textOf(event: unknown): string {
  try {
    const text = JSON.stringify(event);
    if (text.length <= MAX_BATCH_BYTES) return text;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return compactJson(event);
}
