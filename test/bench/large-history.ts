import type { IdentityChange } from '../../schemas/stream/control.ts';
import type { ReceivedRecord } from '../../shared/clean/cleaned-record.ts';
import { type SentMessage, storeMessages } from './messages.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Of so many messages one is sent twice. */
const RESENT_ONE_IN = 100;

export interface HistoryOptions {
  readonly events: number;
  readonly days: number;
  /** Midnight after the last day, milliseconds since 1970. */
  readonly end: number;
  /** Minutes that a batch is waited for. */
  readonly windowMinutes: number;
}

/** Records that arrived within a window, as the lake-writer gets them. */
export type Batch = readonly ReceivedRecord[];

/**
 * The demo store's messages over and over, each time by other people, at the same pace within a visit, spread over the
 * days; a few are sent twice. Batches come in the order of arrival, each made when it is asked for.
 */
export function* largeHistory({ events, days, end, windowMinutes }: HistoryOptions): Generator<Batch> {
  const templates = storeMessages(25_000, new Date(end));
  const times = templates.map(({ originalTimestamp }) => Date.parse(String(originalTimestamp)));
  const first = Math.min(...times);
  const span = days * DAY_MS;
  const start = end - span;
  const timeOf = (event: number) => {
    const template = event % templates.length;
    const round = Math.floor(event / templates.length);
    // Each round begins at another hour, and wraps at the end.
    return start + (((times[template] as number) - first + round * 37 * MINUTE_MS) % span);
  };
  const order = new Uint32Array(events).map((_, event) => event);
  const moments = Float64Array.from(order, timeOf);
  order.sort((one, other) => (moments[one] as number) - (moments[other] as number));

  let sequence = 49_590_338_271_490_256_608_559_692_538_361_571_095_921_575_989_136_588_898n;
  const record = (payload: object, arrivedAt: number): ReceivedRecord => {
    sequence += 1n;
    const data = Buffer.from(JSON.stringify(payload));
    return { data, shardId: 'shardId-000000000000', sequenceNumber: String(sequence), arrivedAt };
  };
  const joined = new Set<string>();
  let batch: ReceivedRecord[] = [];
  let until = 0;
  for (const event of order) {
    const time = moments[event] as number;
    const arrivedAt = Math.min(time + 1_000, end - 1);
    if (batch.length > 0 && arrivedAt >= until) {
      yield batch;
      batch = [];
    }
    if (batch.length === 0) until = nextWindow(arrivedAt, windowMinutes);
    const message = messageOf(templates[event % templates.length] as SentMessage, event, templates.length, time);
    const copies = event % RESENT_ONE_IN === 0 ? [message, message] : [message];
    const receivedAt = new Date(arrivedAt).toISOString();
    batch.push(record({ v: 1, kind: 'events', sourceId: 'local', receivedAt, events: copies }, arrivedAt));
    const link = linkOf(message, joined, time);
    if (link) batch.push(record({ v: 1, kind: 'identities', items: [link] }, arrivedAt));
  }
  if (batch.length > 0) yield batch;
}

const nextWindow = (time: number, minutes: number): number =>
  (Math.floor(time / (minutes * MINUTE_MS)) + 1) * minutes * MINUTE_MS;

/** Another person's of each round, at another time, and about another order. */
function messageOf(template: SentMessage, event: number, templates: number, time: number): SentMessage {
  const round = Math.floor(event / templates);
  const { userId, anonymousId } = template;
  const properties = template.properties as Readonly<Record<string, unknown>> | undefined;
  return {
    ...template,
    ...(properties?.order_id !== undefined && {
      properties: { ...properties, order_id: `${properties.order_id}-${round}` },
    }),
    messageId: `${template.messageId}-${round}`,
    ...(userId !== undefined && { userId: `${userId}-${round}` }),
    ...(anonymousId !== undefined && { anonymousId: `${anonymousId}-${round}` }),
    originalTimestamp: new Date(time).toISOString(),
  };
}

function linkOf({ userId, anonymousId }: SentMessage, joined: Set<string>, time: number): IdentityChange | undefined {
  if (typeof userId !== 'string' || typeof anonymousId !== 'string' || joined.has(anonymousId)) return undefined;
  joined.add(anonymousId);
  return { profileKey: `anonymous:${anonymousId}`, parentKey: `user:${userId}`, moves: 1, time, why: 'identify' };
}
