import { gzipSync } from 'node:zlib';
import type { HttpDelivery } from './deliveries.ts';
import type { Json, Message } from './message.ts';

export interface OutgoingRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * Turns a delivery into the request that leaves at `now`.
 *
 * A message of long ago is sent as a device would send it that had kept it until now: the device's clock shows
 * `now + skew` at the sending and showed `true time + skew` at the event, so that `receivedAt - (sentAt - timestamp)`
 * is the true time.
 */
export function requestAt(delivery: HttpDelivery, now: Date, writeKey: string): OutgoingRequest {
  const key = delivery.auth === 'unknown' ? 'wk_unknown' : writeKey;
  const plain = Buffer.from(textOf(delivery, now, key));
  const body = delivery.method === 'GET' ? Buffer.alloc(0) : delivery.gzip ? gzipSync(plain, { level: 1 }) : plain;
  return {
    method: delivery.method,
    path: pathOf(delivery, plain, key),
    headers: {
      ...delivery.headers,
      ...authorization(delivery, key),
      ...(delivery.gzip ? { 'content-encoding': 'gzip' } : {}),
      ...(delivery.method === 'GET' ? {} : { 'content-length': String(body.length) }),
    },
    body,
  };
}

function textOf({ body, messages, auth }: HttpDelivery, now: Date, key: string): string {
  const withKey = auth === 'body' ? { writeKey: key } : {};
  const [first] = messages;
  switch (body.kind) {
    case 'text':
      return body.text;
    case 'stampedBatch':
      return JSON.stringify({ batch: messages.map((message) => stamped(message, now)), ...withKey });
    case 'batch':
      return JSON.stringify({ batch: messages.map(timed), sentAt: now.toISOString(), ...withKey });
    case 'single':
    case 'pixel':
      return JSON.stringify({ ...(timed(first as Message) as Json), sentAt: now.toISOString(), ...withKey });
  }
}

function pathOf({ path, body, auth }: HttpDelivery, plain: Buffer, key: string): string {
  if (body.kind === 'pixel') return `${path}?data=${encodeURIComponent(plain.toString('base64'))}`;
  return auth === 'query' ? `${path}?writeKey=${encodeURIComponent(key)}` : path;
}

function authorization({ auth }: HttpDelivery, key: string): Record<string, string> {
  if (auth === 'basic' || auth === 'unknown') {
    return { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` };
  }
  return auth === 'bearer' ? { authorization: `Bearer ${key}` } : {};
}

const isObject = (body: unknown): body is Json => typeof body === 'object' && body !== null && !Array.isArray(body);

/** Segment's item: the device's time of the event; `sentAt` belongs to the whole request. */
function timed({ body, at }: Message): unknown {
  return isObject(body) ? { timestamp: new Date(at).toISOString(), ...body } : body;
}

/** RudderStack's item: both times in the item, by the device's own clock. */
function stamped({ body, at, clock }: Message, now: Date): unknown {
  if (!isObject(body)) return body;
  const skewMs = 'skewMs' in clock ? clock.skewMs : 0;
  const originalTimestamp = 'stuckAt' in clock ? clock.stuckAt : new Date(at + skewMs).toISOString();
  return { ...body, originalTimestamp, sentAt: new Date(now.getTime() + skewMs).toISOString() };
}
