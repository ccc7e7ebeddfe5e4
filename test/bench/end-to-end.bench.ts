import { request } from 'node:http';
import { replay } from '../../infra/local/demo/replay.ts';
import { generateStore } from '../../infra/local/demo/store.ts';
import type { CallCount } from '../../infra/local/gateway/types.ts';
import { WRITE_KEY } from '../e2e/headwater.ts';
import { type Benchmark, type Figure, secondsOf } from './figure.ts';
import { type Ask, forkRuntime } from './fork-runtime.ts';
import { storeMessages } from './messages.ts';

const EVENTS = 30_000;
const EVENTS_A_REQUEST = 50;
const CONNECTIONS = 4;
const MB = 1024 * 1024;

/** HTTP in to profile and lake on the local runtime, and what it holds in memory after the demo store. */
export const endToEnd: Benchmark = {
  name: 'end-to-end',
  async run(progress) {
    const throughput = await withRuntime(async (url, ask) => {
      progress(`${EVENTS} events over HTTP, ${EVENTS_A_REQUEST} a request, to profile and lake`);
      const requests = requestsOf(storeMessages(EVENTS, new Date()));
      let sending = 0;
      const seconds = await secondsOf(async () => {
        sending = await secondsOf(() => send(url, requests));
        await ask('settle');
      });
      const landed = await ask<number>('events');
      if (landed !== EVENTS) throw new Error(`${landed} events landed of ${EVENTS}.`);
      return [
        {
          what: 'HTTP in to profile and lake',
          value: EVENTS / seconds,
          unit: 'events/s',
          bound: { kind: 'at least', value: 2_000 },
          peer: { what: 'HTTP in to the last 200', value: EVENTS / sending },
        },
        {
          what: 'profile writes, 1,000 events',
          value: writesOf(await ask('counts')) / (EVENTS / 1000),
          unit: 'writes',
        },
      ] satisfies Figure[];
    });
    const memory = await withRuntime(async (url, ask) => {
      progress('the demo store');
      const store = generateStore({ seed: 1, end: new Date(Date.now() - 3_600_000) });
      await replay(store, { apiUrl: url, writeKey: WRITE_KEY, now: () => new Date() });
      await ask('settle');
      await ask('events');
      return ask<number>('memory');
    });
    return [
      ...throughput,
      {
        what: 'memory of the runtime after the demo store',
        value: memory / MB,
        unit: 'MB',
        bound: { kind: 'at most', value: 600 },
      },
    ];
  },
};

async function withRuntime<Result>(work: (url: string, ask: Ask) => Promise<Result>): Promise<Result> {
  const { url, ask } = await forkRuntime();
  try {
    return await work(url, ask);
  } finally {
    await ask('stop');
  }
}

const writesOf = (counts: readonly CallCount[]): number =>
  counts.filter(({ operation }) => operation === 'PutItem').reduce((sum, { calls }) => sum + calls, 0);

function requestsOf(messages: readonly object[]): object[][] {
  const requests: object[][] = [];
  for (let at = 0; at < messages.length; at += EVENTS_A_REQUEST)
    requests.push(messages.slice(at, at + EVENTS_A_REQUEST));
  return requests;
}

async function send(url: string, requests: readonly object[]): Promise<void> {
  const queue = requests.values();
  const worker = async () => {
    for (const batch of queue)
      await post(`${url}/v1/batch`, JSON.stringify({ batch, sentAt: new Date().toISOString() }));
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
}

function post(url: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Basic ${btoa(`${WRITE_KEY}:`)}`, 'content-type': 'application/json' };
    const sending = request(url, { method: 'POST', headers }, (answer) => {
      answer.resume();
      answer.on('end', () => (answer.statusCode === 200 ? resolve() : reject(new Error(`HTTP ${answer.statusCode}`))));
    });
    sending.on('error', reject);
    sending.end(body);
  });
}
