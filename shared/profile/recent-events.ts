import type { CleanEvent } from '../../schemas/event/clean-event.ts';
import type { Money } from '../../schemas/event/money.ts';
import type { MessageType } from '../../schemas/event/vocabulary.ts';
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
  lines.splice(at, 0, line);
  if (lines.length > limits.recentEvents) lines.shift();
}

function columnsOf(event: CleanEvent): unknown[] {
  const { commerce, visit } = event;
  const value = eventValue(event);
  const columns: unknown[] = [
    event.messageId,
    event.type,
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

/** Reads a line that `applyRecent` wrote. */
export function readRecent(line: string): RecentRow {
  const [messageId, type, event, itemId = 0, path = 0, orderId = 0, value, currency = 0] = JSON.parse(
    line.slice(TIME_DIGITS),
  );
  return {
    time: Number.parseInt(line.slice(0, TIME_DIGITS), 36),
    messageId,
    type,
    event,
    ...(itemId !== 0 && { itemId }),
    ...(orderId !== 0 && { orderId }),
    ...(value !== undefined && { value }),
    ...(currency !== 0 && { currency }),
    ...(path !== 0 && { path }),
  };
}

const encodeTime = (time: number): string => Math.max(0, time).toString(36).padStart(TIME_DIGITS, '0');
