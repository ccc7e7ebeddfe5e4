import { request } from 'node:http';
import { replay } from '../../infra/local/demo/replay.ts';
import { generateStore } from '../../infra/local/demo/store.ts';
import { startHeadwater, WRITE_KEY } from '../e2e/headwater.ts';
import { type Benchmark, secondsOf } from './figure.ts';
import { storeMessages } from './messages.ts';

const EVENTS = 30_000;
const EVENTS_A_REQUEST = 50;
const CONNECTIONS = 4;
const MB = 1024 * 1024;

/** HTTP in to profile and lake on the local runtime, and what it holds in memory after the demo store. */
export const endToEnd: Benchmark = {
  name: 'end-to-end',
  async run(progress) {
    const headwater = await startHeadwater();
    try {
      progress(`${EVENTS} events over HTTP, ${EVENTS_A_REQUEST} a request, to profile and lake`);
      const messages = storeMessages(EVENTS, new Date());
      let sending = 0;
      const seconds = await secondsOf(async () => {
        sending = await secondsOf(() => send(headwater.url, messages));
        await headwater.settled();
      });
      const [row] = await headwater.query('SELECT count(*) AS n FROM events');
      if (Number(row?.n) !== EVENTS) throw new Error(`${row?.n} events landed of ${EVENTS}.`);
      const writes = headwater.runtime.gateway
        .counts()
        .filter(({ operation }) => operation === 'PutItem')
        .reduce((sum, { calls }) => sum + calls, 0);

      progress('the demo store');
      const store = generateStore({ seed: 2, end: new Date(Date.now() - 3_600_000) });
      await replay(store, { apiUrl: headwater.url, writeKey: WRITE_KEY, now: () => new Date() });
      await headwater.settled();
      return [
        {
          what: 'HTTP in to profile and lake',
          value: EVENTS / seconds,
          unit: 'events/s',
          bound: { kind: 'at least', value: 2_000 },
          peer: { what: 'until the last 200, events/s', value: EVENTS / sending },
        },
        { what: 'profile writes, 1,000 events', value: (writes / EVENTS) * 1000, unit: 'writes' },
        {
          what: 'memory of the runtime after the demo store',
          value: headwater.runtime.memory() / MB,
          unit: 'MB',
          bound: { kind: 'at most', value: 600 },
        },
      ];
    } finally {
      await headwater.stop();
    }
  },
};

async function send(url: string, messages: readonly object[]): Promise<void> {
  const requests: object[][] = [];
  for (let at = 0; at < messages.length; at += EVENTS_A_REQUEST)
    requests.push(messages.slice(at, at + EVENTS_A_REQUEST));
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
