import type { CleanEvent } from '../../schemas/event/clean-event.ts';
import type { Money } from '../../schemas/event/money.ts';
import { type MessageType, messageTypes } from '../../schemas/event/vocabulary.ts';
import { eventValue } from './counters.ts';
import { fits, limits } from './limits.ts';

/** An event among the latest of a profile. */
export interface RecentRow {
  readonly time: number;
  readonly messageId: string;
  readonly type: MessageType;
  readonly event: string;
  readonly itemId?: string;
  readonly orderId?: string;
  readonly value?: Money;
  readonly currency?: string;
  readonly path?: string;
}

/** Digits of a time in base 36: fixed, so that lines sort as times do. */
const TIME_DIGITS = 9;

/**
 * Keeps the latest events as lines of text, ascending by time, then message id. Folding never reads them back, which
 * spares each batch the parsing of what is most of a profile.
 */
export function applyRecent(lines: string[], event: CleanEvent): void {
  const time = encodeTime(event.eventTime);
  const oldest = lines[0];
  if (lines.length >= limits.recentEvents && oldest !== undefined && time < oldest.slice(0, TIME_DIGITS)) return;
  const line = time + JSON.stringify(columnsOf(event));
  let at = lines.length;
  while (at > 0 && (lines[at - 1] as string) > line) at -= 1;
  if (at === lines.length) lines.push(line);
  else lines.splice(at, 0, line);
  if (lines.length > limits.recentEvents) lines.shift();
}

function columnsOf(event: CleanEvent): unknown[] {
  const { commerce, visit } = event;
  const value = eventValue(event);
  const columns: unknown[] = [
    shortenId(event.messageId),
    event.type[0],
    fits(event.event, limits.nameBytes) ? event.event : '',
    short(commerce.product?.productId ?? commerce.products?.[0]?.productId),
    short(visit.pagePath),
    short(commerce.orderId),
    value ?? 0,
    value === undefined ? 0 : short(commerce.currency),
  ];
  while (columns.at(-1) === 0) columns.pop();
  return columns;
}

/** The text, or 0 for none and for one that is too long. */
const short = (text: string | undefined) => (text !== undefined && fits(text, limits.detailBytes) ? text : 0);

/** What a line starts with that no other event's line does: its time and message id. Sorts as lines do. */
export function startOfLine(line: string): string {
  const [id] = JSON.parse(line.slice(TIME_DIGITS));
  return `${line.slice(0, TIME_DIGITS)}[${JSON.stringify(id)}`;
}

/** Reads a line that `applyRecent` wrote. */
export function readRecent(line: string): RecentRow {
  const [messageId, type, event, itemId = 0, path = 0, orderId = 0, value, currency = 0] = JSON.parse(
    line.slice(TIME_DIGITS),
  );
  return {
    time: Number.parseInt(line.slice(0, TIME_DIGITS), 36),
    messageId: restoreId(messageId),
    type: typesByInitial.get(type) ?? 'track',
    event,
    ...(itemId !== 0 && { itemId }),
    ...(orderId !== 0 && { orderId }),
    ...(value !== undefined && { value }),
    ...(currency !== 0 && { currency }),
    ...(path !== 0 && { path }),
  };
}

/** Each type has an initial of its own. */
const typesByInitial = new Map<string | undefined, MessageType>(messageTypes.map((type) => [type[0], type]));

const UUID_LENGTH = 36;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** First characters of a UUID in base64, and of an id that begins with one of these two itself. */
const SHORTENED = '~';
const ESCAPED = '!';

/** A UUID in 23 characters instead of 36: most of what a recent event takes. Other ids stay as they are. */
function shortenId(id: string): string {
  if (id.length === UUID_LENGTH && UUID.test(id))
    return SHORTENED + Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url');
  return id.startsWith(SHORTENED) || id.startsWith(ESCAPED) ? ESCAPED + id : id;
}

function restoreId(id: string): string {
  if (id.startsWith(ESCAPED)) return id.slice(1);
  if (!id.startsWith(SHORTENED)) return id;
  const hex = Buffer.from(id.slice(1), 'base64url').toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

const encodeTime = (time: number): string => Math.max(0, time).toString(36).padStart(TIME_DIGITS, '0');
