import { isUtf8 } from 'node:buffer';
import type { ReplayMark, StreamSignals } from '../../schemas/event/stream-record.ts';
import type { RejectReason } from '../../schemas/event/vocabulary.ts';
import { DIRECT_SOURCE_ID } from '../../schemas/event/vocabulary.ts';
import { countryOf } from '../privacy/consent.ts';
import { applyFields, type FieldRules } from '../privacy/fields.ts';
import type { ReceivedRecord } from './cleaned-record.ts';
import { maskAddress, maskAddressesInText } from './mask-ip.ts';
import { maskMessage } from './mask-message.ts';
import { storable } from './sanitise.ts';
import { serialise } from './serialise.ts';
import { type JsonObject, typeName } from './step.ts';
import { parseTime } from './time.ts';

/** What a record says about all of its messages. */
export interface RecordContext {
  readonly sourceId: string;
  /** Milliseconds since 1970, like `sentAt`. */
  readonly receivedAt: number;
  readonly sentAt: number | undefined;
  /** Masked. */
  readonly ip: string | undefined;
  readonly userAgent: string | undefined;
  readonly shardId: string;
  readonly sequenceNumber: string;
  readonly shape: 'envelope' | 'array' | 'message';
  /** Whether a text or key may hold what no store takes. */
  readonly suspicious: boolean;
  /** Whether the events are history that was brought in. Only records of the stream say so, no client can. */
  readonly imported: boolean;
  readonly signals?: StreamSignals;
  /** Request that brought the record, where it says so. */
  readonly requestId?: string;
  /** Of which failed event this is another try. */
  readonly replay?: ReplayMark;
  /** What a message without a messageId was named when it came. */
  readonly givenId?: string;
}

export interface UnreadableRecord {
  readonly reason: RejectReason;
  readonly path: string;
  readonly detail: string;
  readonly payload: string;
  readonly payloadEncoding: 'text' | 'json' | 'base64';
}

export type ReadRecord =
  | { readonly ok: true; readonly context: RecordContext; readonly messages: readonly unknown[] }
  | { readonly ok: false; readonly context: RecordContext; readonly unreadable: UnreadableRecord };

/** The only ways by which JSON in UTF-8 can bring NUL or half a surrogate pair. */
const SUSPICIOUS_ESCAPE = /\\u(?:0000|[dD][89a-fA-F])/;

export const isSuspicious = (text: string): boolean => text.includes('\\u') && SUSPICIOUS_ESCAPE.test(text);

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Decodes a stream record into its messages: an envelope, a bare message or an array of messages. Never throws. */
export function readRecord(record: ReceivedRecord, fields: FieldRules = []): ReadRecord {
  const bytes = Buffer.from(record.data.buffer, record.data.byteOffset, record.data.byteLength);
  if (!isUtf8(bytes)) {
    const masked = Buffer.from(maskAddressesInText(bytes.toString('latin1')), 'latin1');
    return unreadable(record, 'record_unreadable', '', 'expected UTF-8, found other bytes', {
      payload: applyFields(masked.toString('base64'), fields) as string,
      payloadEncoding: 'base64',
    });
  }
  const text = withoutByteOrderMark(bytes.toString('utf8'));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return unreadable(record, 'record_unreadable', '', 'expected JSON, found text that does not parse', {
      payload: applyFields(maskAddressesInText(text), fields) as string,
      payloadEncoding: 'text',
    });
  }
  return readValue(record, value, text, fields);
}

function readValue(record: ReceivedRecord, value: unknown, text: string, fields: FieldRules): ReadRecord {
  const invalid = (path: string, detail: string): ReadRecord =>
    unreadable(record, 'record_invalid', path, detail, {
      // Where the fields of something unknown are, no rule says.
      payload: fields.length > 0 ? '' : serialise(maskMessage(value)),
      payloadEncoding: 'json',
    });
  const suspicious = isSuspicious(text);
  if (Array.isArray(value)) {
    if (value.length === 0) return invalid('', 'expected at least one message, found an empty array');
    return {
      ok: true,
      context: { ...contextOf(record, suspicious), shape: 'array' },
      messages: messagesOf(value, fields),
    };
  }
  if (!isObject(value)) return invalid('', `expected an envelope, a message or an array, found ${typeName(value)}`);
  if (value.kind === undefined && value.type !== undefined) {
    return { ok: true, context: contextOf(record, suspicious), messages: messagesOf([value], fields) };
  }
  const flaw = envelopeFlaw(value);
  if (flaw !== undefined) return invalid(flaw.path, flaw.detail);
  return {
    ok: true,
    context: envelopeContext(record, value, suspicious),
    messages: messagesOf(value.events as readonly unknown[], fields),
  };
}

const messagesOf = (messages: readonly unknown[], fields: FieldRules): readonly unknown[] =>
  fields.length === 0 ? messages : messages.map((message) => applyFields(message, fields));

/** What an envelope leaves out is taken from the stream; what it gives must be right. */
function envelopeFlaw(envelope: JsonObject): { path: string; detail: string } | undefined {
  const { kind, v, sourceId, receivedAt, events } = envelope;
  if (kind !== 'events') return { path: 'kind', detail: `expected "events", found ${typeName(kind)}` };
  if (v !== 1) return { path: 'v', detail: `expected version 1, found ${typeName(v)}` };
  if (sourceId !== undefined && (typeof sourceId !== 'string' || sourceId === '' || sourceId.length > 100)) {
    return { path: 'sourceId', detail: `expected 1 to 100 characters, found ${typeName(sourceId)}` };
  }
  if (receivedAt !== undefined && parseTime(receivedAt) === undefined) {
    return { path: 'receivedAt', detail: `expected an ISO 8601 time, found ${typeName(receivedAt)}` };
  }
  if (!Array.isArray(events) || events.length === 0) {
    return { path: 'events', detail: `expected an array of messages, found ${typeName(events)}` };
  }
  return undefined;
}

function envelopeContext(record: ReceivedRecord, envelope: JsonObject, suspicious: boolean): RecordContext {
  const replay = replayMarkOf(envelope.replay);
  const signals = signalsOf(envelope.signals);
  const requestId = requestIdOf(envelope.requestId);
  return {
    ...(replay && { replay }),
    ...(signals && { signals }),
    ...(requestId !== undefined && { requestId }),
    sourceId: typeof envelope.sourceId === 'string' ? storable(envelope.sourceId) : DIRECT_SOURCE_ID,
    receivedAt: parseTime(envelope.receivedAt) ?? record.arrivedAt,
    sentAt: parseTime(envelope.sentAt),
    ip: typeof envelope.ip === 'string' ? maskAddress(envelope.ip) : undefined,
    userAgent: typeof envelope.userAgent === 'string' ? storable(envelope.userAgent) : undefined,
    shardId: record.shardId,
    sequenceNumber: record.sequenceNumber,
    shape: 'envelope',
    suspicious,
    imported: envelope.imported === true,
  };
}

/** Ids of requests, of API Gateway and of other producers: anything else could be text of anybody. */
const REQUEST_ID = /^[\w+/=.:-]{1,100}$/;

const requestIdOf = (value: unknown): string | undefined =>
  typeof value === 'string' && REQUEST_ID.test(value) ? value : undefined;

function signalsOf(value: unknown): StreamSignals | undefined {
  if (!isObject(value)) return undefined;
  const country = countryOf(value.country);
  return { ...(value.doNotTrack === true && { doNotTrack: true }), ...(country !== undefined && { country }) };
}

/** The mark that Headwater's own replays put on an envelope; whatever else stands there is no mark. */
function replayMarkOf(value: unknown): ReplayMark | undefined {
  if (!isObject(value)) return undefined;
  const { id, reason, sourceId, messageId, shardId, sequenceNumber, index, isRecord } = value;
  if (![id, reason, sourceId, shardId, sequenceNumber].every((text) => typeof text === 'string')) return undefined;
  if (messageId !== null && typeof messageId !== 'string') return undefined;
  return Number.isSafeInteger(index) && typeof isRecord === 'boolean' ? (value as ReplayMark) : undefined;
}

function contextOf(record: ReceivedRecord, suspicious: boolean): RecordContext {
  return {
    sourceId: DIRECT_SOURCE_ID,
    receivedAt: record.arrivedAt,
    sentAt: undefined,
    ip: undefined,
    userAgent: undefined,
    shardId: record.shardId,
    sequenceNumber: record.sequenceNumber,
    shape: 'message',
    suspicious,
    imported: false,
  };
}

function unreadable(
  record: ReceivedRecord,
  reason: RejectReason,
  path: string,
  detail: string,
  payload: Pick<UnreadableRecord, 'payload' | 'payloadEncoding'>,
): ReadRecord {
  return { ok: false, context: contextOf(record, false), unreadable: { reason, path, detail, ...payload } };
}

const withoutByteOrderMark = (text: string): string => (text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
