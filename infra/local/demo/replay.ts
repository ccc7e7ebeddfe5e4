import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery, HttpDelivery } from './deliveries.ts';
import { openNodeSender } from './node-sender.ts';
import { type OutgoingRequest, requestAt } from './request.ts';
import type { Store } from './store.ts';

export interface ReplaySettings {
  /** Address of the HTTP API, for example `http://127.0.0.1:3000`. */
  readonly apiUrl: string;
  readonly writeKey: string;
  readonly now: () => Date;
  /** Called after each delivery with the messages dealt with so far. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Lanes that are sent side by side. Default: all. */
  readonly concurrency?: number;
}

export interface ReplayReport {
  /** Messages of requests that were answered 200. */
  readonly sent: number;
  /** Messages of requests that were refused as the store expects. */
  readonly refused: number;
  readonly seconds: number;
  readonly unexpected: readonly UnexpectedAnswer[];
}

export interface UnexpectedAnswer {
  readonly via: Delivery['via'];
  readonly path: string;
  readonly messages: number;
  readonly expected: Delivery['expected'];
  /** 0 when no answer came. */
  readonly status: number;
  /** First part of the answer's body, or of the network's error. */
  readonly answer: string;
}

interface Answer {
  readonly status: number;
  readonly retryAfter: number | undefined;
  readonly text: string;
}

const ATTEMPTS = 10;

/**
 * Sends a store's deliveries as the customer's systems would: lanes side by side, each lane in its order, so that a
 * person's events arrive in theirs. Retries as the SDKs do; the messageIds make that safe.
 */
export async function replay(store: Pick<Store, 'deliveries'>, settings: ReplaySettings): Promise<ReplayReport> {
  const started = performance.now();
  const lanes = [...Map.groupBy(store.deliveries, ({ lane }) => lane).values()];
  const total = store.deliveries.reduce((sum, { messages }) => sum + messages.length, 0);
  const unexpected: UnexpectedAnswer[] = [];
  let sent = 0;
  let refused = 0;
  let done = 0;

  const sendLane = async (deliveries: readonly Delivery[], agent: Agent) => {
    const server = openNodeSender(settings.apiUrl, settings.writeKey);
    for (const delivery of deliveries) {
      const answer =
        delivery.via === 'http' ? await post(delivery, settings, agent) : await viaSdk(server.send(delivery));
      if (answer.status === 200) sent += delivery.messages.length;
      else if (isExpected(answer.status, delivery.expected)) refused += delivery.messages.length;
      if (!isExpected(answer.status, delivery.expected)) unexpected.push(surprise(delivery, answer));
      done += delivery.messages.length;
      settings.onProgress?.(done, total);
    }
    await server.close();
  };

  const agent = new Agent({ keepAlive: true });
  try {
    const queue = lanes.values();
    const worker = async () => {
      for (const lane of queue) await sendLane(lane, agent);
    };
    await Promise.all(Array.from({ length: settings.concurrency ?? lanes.length }, worker));
  } finally {
    agent.destroy();
  }
  return { sent, refused, seconds: (performance.now() - started) / 1000, unexpected };
}

const viaSdk = async (status: Promise<number>): Promise<Answer> => ({
  status: await status,
  retryAfter: undefined,
  text: '',
});

/** Sends one request until its answer is final; each attempt is stamped anew. */
async function post(delivery: HttpDelivery, settings: ReplaySettings, agent: Agent): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    const outgoing = requestAt(delivery, settings.now(), settings.writeKey);
    const answer = await exchange(settings.apiUrl, outgoing, agent).catch(
      (error: Error): Answer => ({ status: 0, retryAfter: undefined, text: error.message }),
    );
    if (!isRetryable(answer.status) || attempt === ATTEMPTS) return answer;
    await sleep(answer.retryAfter === undefined ? Math.min(5000, 50 * 2 ** attempt) : answer.retryAfter * 1000);
  }
}

/** As Segment's SDKs: no answer, 408, 410, 429 and 5xx but 501, 505 and 511. */
const isRetryable = (status: number): boolean =>
  [0, 408, 410, 429].includes(status) || (status >= 500 && ![501, 505, 511].includes(status));

const isExpected = (status: number, expected: Delivery['expected']): boolean =>
  expected === '4xx' ? status >= 400 && status < 500 && !isRetryable(status) : status === expected;

const surprise = (delivery: Delivery, { status, text }: Answer): UnexpectedAnswer => ({
  via: delivery.via,
  path: delivery.via === 'http' ? delivery.path : '/v1/batch',
  messages: delivery.messages.length,
  expected: delivery.expected,
  status,
  answer: text.slice(0, 300),
});

function exchange(apiUrl: string, outgoing: OutgoingRequest, agent: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method, headers, path } = outgoing;
    const sending = request(new URL(path, apiUrl), { method, headers, agent, timeout: 30_000 }, (incoming) => {
      const parts: Buffer[] = [];
      incoming.on('data', (part: Buffer) => parts.push(part));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const after = Number(incoming.headers['retry-after']);
        resolve({
          status: incoming.statusCode ?? 0,
          retryAfter: incoming.headers['retry-after'] !== undefined && Number.isFinite(after) ? after : undefined,
          text: Buffer.concat(parts).toString(),
        });
      });
    });
    sending.on('timeout', () => sending.destroy(new Error('No answer within 30 s.')));
    sending.on('error', reject);
    sending.end(outgoing.body);
  });
}
