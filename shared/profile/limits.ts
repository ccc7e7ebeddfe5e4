/**
 * Bounds of a profile, so that its item stays under DynamoDB's 400 KB even where nothing compresses.
 *
 * Texts are measured as JSON in UTF-8. What a bound keeps out is counted in `profile.dropped`.
 */
export const limits = {
  /** A trait name, event name, group, item, category, brand or device longer than this is not kept. */
  nameBytes: 200,
  /** An anonymous id longer than this is not kept. */
  idBytes: 300,
  /** A text in a recent event longer than this is left out. */
  detailBytes: 120,
  traits: 200,
  traitValueBytes: 4_096,
  traitBytes: 48_000,
  purposes: 50,
  groups: 30,
  eventNames: 150,
  /** Currencies whose values one counter sums. */
  currencies: 3,
  /** Days a counter keeps, back from its latest. */
  days: 400,
  /** Day rows of all counters together. */
  dayRows: 1_500,
  orders: 300,
  orderCurrencies: 8,
  items: 100,
  /** Bought items that are no longer among those. */
  boughtBefore: 1_000,
  categories: 40,
  brands: 40,
  devices: 20,
  anonymousIds: 50,
  recentEvents: 30,
  /** One billion currency units in 1/10,000; larger amounts are not summed, so that 900 sums of them stay exact. */
  amount: 1e13,
  /** Shards whose last applied position is remembered: those of a reshard, and of producers that spread a person. */
  shards: 4,
  /** Message ids in the item itself; what was there before goes to a side item. */
  inlineMessageIds: 512,
  /** Side items of message ids that are read back. */
  messageIdPages: 256,
  /** Events that one write adds, so that new message ids fit the item. */
  eventsPerWrite: 2_000,
  /** Links that one write publishes, so that its outbox fits the item. */
  linksPerWrite: 60,
  /** Hours for which a message id is remembered, by `receivedAt`. */
  dedupHours: 24,
} as const;

const WORST_BYTES_PER_UNIT = 6;
const QUOTES = 2;

/** Whether a text, as JSON in UTF-8, has at most `maxBytes` bytes. */
export function fits(text: string, maxBytes: number): boolean {
  if (text.length * WORST_BYTES_PER_UNIT + QUOTES <= maxBytes) return true;
  return text.length + QUOTES <= maxBytes && (isPlain(text) || jsonBytes(text) <= maxBytes);
}

/** Whether JSON takes a byte for each character. */
function isPlain(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c) return false;
  }
  return true;
}

/** Bytes of a value as JSON in UTF-8. */
export function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? 'null');
}
