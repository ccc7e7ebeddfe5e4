import type { Route } from './devices.ts';
import type { Message } from './message.ts';
import type { Random } from './random.ts';

/** One HTTP request to be, or one batch of the Node SDK. Deliveries of one lane are sent one after another. */
export type Delivery = NodeDelivery | HttpDelivery;

export interface NodeDelivery {
  readonly via: 'analytics-node';
  readonly lane: number;
  readonly messages: readonly Message[];
  readonly expected: 200;
}

export interface HttpDelivery {
  readonly via: 'http';
  readonly lane: number;
  readonly method: 'POST' | 'GET';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Where the write key goes; `unknown` sends a key that no source has. */
  readonly auth: 'basic' | 'bearer' | 'body' | 'query' | 'unknown';
  readonly gzip: boolean;
  readonly messages: readonly Message[];
  readonly body: BodyShape;
  /** Status of the answer; `4xx` where any refusal that is not to be retried will do. */
  readonly expected: 200 | 400 | 401 | '4xx';
}

/**
 * How the messages become a body at the time of sending: a batch with one `sentAt` (Segment) or with `sentAt` and
 * `originalTimestamp` in each item (RudderStack), one message, base64 in the address (pixel), or a given text.
 */
export type BodyShape =
  | { readonly kind: 'batch' | 'stampedBatch' | 'single' | 'pixel' }
  | { readonly kind: 'text'; readonly text: string };

const capacity: Readonly<Record<Route, number>> = { node: 80, rudder: 100, batch: 60, beacon: 30, single: 1, pixel: 1 };
const shortForms = { track: 't', page: 'p', screen: 's', identify: 'i', group: 'g', alias: 'a' } as const;

/**
 * Packs messages into deliveries, lane by lane, in the order of sending.
 *
 * A sender has messages in at most one open delivery: before it turns to another route, the delivery that holds its
 * earlier messages is closed. So the order of one person survives the packing.
 */
export function pack(messages: readonly Message[], random: Random): Delivery[] {
  const lanes = new Map<number, Packer>();
  for (const message of messages.toSorted((a, b) => a.sendAt - b.sendAt)) {
    const packer = lanes.get(message.lane) ?? new Packer(message.lane, random);
    lanes.set(message.lane, packer);
    packer.add(message);
  }
  return [...lanes.values()].flatMap((packer) => packer.finish());
}

class Packer {
  readonly #lane: number;
  readonly #random: Random;
  readonly #open = new Map<Route, Message[]>();
  readonly #holder = new Map<string, Route>();
  readonly #closed: Delivery[] = [];

  constructor(lane: number, random: Random) {
    this.#lane = lane;
    this.#random = random;
  }

  add(message: Message): void {
    const held = this.#holder.get(message.sender);
    if (held !== undefined && held !== message.route) this.#close(held);
    const batch = this.#open.get(message.route) ?? [];
    batch.push(message);
    this.#open.set(message.route, batch);
    this.#holder.set(message.sender, message.route);
    if (batch.length >= capacity[message.route]) this.#close(message.route);
  }

  finish(): Delivery[] {
    for (const route of [...this.#open.keys()]) this.#close(route);
    return this.#closed;
  }

  /** One delivery in a hundred is sent twice, as after an answer that was lost. */
  #close(route: Route): void {
    const messages = this.#open.get(route) ?? [];
    this.#open.delete(route);
    for (const { sender } of messages) this.#holder.delete(sender);
    const delivery = address(route, this.#lane, messages, this.#random);
    this.#closed.push(delivery);
    const safe = messages.every((message) => message.fate.kind === 'accepted');
    if (safe && route !== 'pixel' && this.#random.chance(0.01)) {
      this.#closed.push({ ...delivery, messages: messages.map((message) => ({ ...message, resent: true })) });
    }
  }
}

const json = { 'content-type': 'application/json' };
const text = { 'content-type': 'text/plain' };

function address(route: Route, lane: number, messages: readonly Message[], random: Random): Delivery {
  if (route === 'node') return { via: 'analytics-node', lane, messages, expected: 200 };
  const base = { via: 'http', lane, method: 'POST', headers: json, gzip: false, messages, expected: 200 } as const;
  switch (route) {
    case 'rudder': {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      return { ...base, path: '/v1/batch', headers, auth: 'basic', gzip: true, body: { kind: 'stampedBatch' } };
    }
    case 'batch': {
      const path = random.pick(['/v1/batch', '/v1/b']);
      return {
        ...base,
        path,
        headers: random.pick([json, text]),
        auth: random.pick(['basic', 'bearer', 'body']),
        body: { kind: 'batch' },
      };
    }
    case 'beacon':
      return { ...base, path: '/beacon/v1/batch', headers: text, auth: 'query', body: { kind: 'stampedBatch' } };
    case 'single': {
      const [{ type }] = messages.map(({ body }) => body) as [{ type: keyof typeof shortForms }];
      const path = random.chance(0.7) ? `/v1/${shortForms[type]}` : `/v1/${type}`;
      return { ...base, path, headers: text, auth: random.pick(['basic', 'body']), body: { kind: 'single' } };
    }
    case 'pixel':
      return { ...base, method: 'GET', path: '/v1/pixel/track', headers: {}, auth: 'body', body: { kind: 'pixel' } };
  }
}
