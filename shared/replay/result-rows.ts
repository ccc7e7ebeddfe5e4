import type { RawMessage } from '../clean/clean-raw.ts';

/** Cells of a query's result, by position; null for NULL. */
export type Cells = readonly (string | null)[];

/** A row of `rawSql`. */
export interface RawRow extends RawMessage {
  readonly day: string;
  /** Arrival at the stream; of what landed before that was kept, the moment at which it reached Headwater. */
  readonly arrivedAt: number;
}

export function rawRowOf(cells: Cells): RawRow {
  const [day, shardId, sequenceNumber, index, messageId, sourceId, receivedAt, arrivedAt, ...rest] = cells;
  const [sentAt, ip, userAgent, payload] = rest;
  const received = timeOf(receivedAt);
  return {
    day: day ?? '',
    shardId: shardId ?? '',
    sequenceNumber: sequenceNumber ?? '',
    index: Number(index),
    messageId,
    sourceId: sourceId ?? '',
    receivedAt: received,
    arrivedAt: arrivedAt === null || arrivedAt === undefined ? received : timeOf(arrivedAt),
    ...requestOf(sentAt, ip, userAgent),
    payload: payload ?? '',
  };
}

/** A row of `failedSql`. */
export interface FailedRow extends RawMessage {
  readonly reason: string;
  readonly messageId: string | null;
  readonly payloadEncoding: 'json' | 'text' | 'base64';
  /** Whether its message is an event by now. */
  readonly isKnown: boolean;
}

export function failedRowOf(cells: Cells): FailedRow {
  const [reason, messageId, sourceId, receivedAt, payload, encoding, shardId, sequenceNumber, index, ...rest] = cells;
  const [sentAt, ip, userAgent, known] = rest;
  return {
    reason: reason ?? '',
    messageId: messageId ?? null,
    sourceId: sourceId ?? '',
    receivedAt: timeOf(receivedAt),
    payload: payload ?? '',
    payloadEncoding: encoding === 'text' || encoding === 'base64' ? encoding : 'json',
    shardId: shardId ?? '',
    sequenceNumber: sequenceNumber ?? '',
    index: Number(index),
    ...requestOf(sentAt, ip, userAgent),
    isKnown: known === 'known',
  };
}

type Cell = string | null | undefined;

const requestOf = (sentAt: Cell, ip: Cell, userAgent: Cell) => ({
  sentAt: sentAt === null || sentAt === undefined ? undefined : Date.parse(sentAt),
  ip: ip ?? undefined,
  userAgent: userAgent ?? undefined,
});

/** A timestamp as Athena prints it, `2026-03-02 10:00:00.000`, in UTC. */
function timeOf(text: Cell): number {
  const time = Date.parse(`${(text ?? '').replace(' ', 'T')}Z`);
  if (Number.isNaN(time)) throw new TypeError(`A timestamp of the lake cannot be read: ${JSON.stringify(text)}.`);
  return time;
}
