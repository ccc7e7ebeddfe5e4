import type { CallCount } from '../../infra/local/gateway/types.ts';
import { API_KEY, basic, WRITE_KEY } from '../e2e/headwater.ts';
import { type Benchmark, type Figure, secondsOf } from './figure.ts';
import { forkRuntime } from './fork-runtime.ts';

const PROFILES = 100_000;
const PROFILES_A_REQUEST = 250;
const CONNECTIONS = 4;
const LATENCIES = 60;
const ENDING = 12;
/** More than the barriers have that a backfill puts on the stream before its first rows. */
const BARRIER_BYTES = 20_000;

/** How soon a segment follows events and time, on the local runtime over HTTP. */
export const audiences: Benchmark = {
  name: 'audiences',
  async run(progress) {
    const runtime = await startRuntime();
    try {
      progress(`${LATENCIES} visitors enter a segment, one after another`);
      await runtime.live({
        id: 'bench-carts',
        name: 'Cart seen in the last minute',
        condition: { type: 'event', event: 'Cart Viewed', window: { last: { minutes: 1 } } },
      });
      const latencies: number[] = [];
      for (let n = 0; n < LATENCIES; n += 1) latencies.push(await runtime.entryLatency(`latency-${n}`));

      progress(`${ENDING} visitors leave it by time alone`);
      const lateness: number[] = [];
      for (let n = LATENCIES - ENDING; n < LATENCIES; n += 1) lateness.push(await runtime.exitLateness(`latency-${n}`));

      return [
        atMost('event to transition by the API, p95', percentile(latencies, 0.95), 'ms', 2_000),
        atMost('exit by time alone, latest after its due time', Math.max(...lateness) / 1000, 's', 60),
      ];
    } finally {
      await runtime.stop();
    }
  },
};

/** How soon a new segment holds everybody whom the lake knows, on the local runtime. */
export const backfill: Benchmark = {
  name: 'backfill',
  async run(progress) {
    const runtime = await startRuntime();
    try {
      progress(`${PROFILES} profiles, then one new segment over all of them`);
      await runtime.removeBuiltIns();
      await runtime.fill();
      const seconds = await secondsOf(async () => {
        await runtime.create({
          id: 'bench-tents',
          name: 'Tents twice',
          condition: {
            type: 'event',
            event: 'Product Viewed',
            where: [{ field: 'category', op: 'equals', value: 'Tents' }],
            window: { last: { days: 30 } },
          },
        });
        await runtime.interruptOnce();
        await runtime.becomesLive('bench-tents');
      });
      await runtime.expectMembers('bench-tents', PROFILES / 4);
      return [atMost(`backfill of a segment, ${PROFILES} profiles, interrupted once`, seconds, 's', 60)];
    } finally {
      await runtime.stop();
    }
  },
};

const atMost = (what: string, value: number, unit: string, bound: number): Figure => ({
  what,
  value,
  unit,
  bound: { kind: 'at most', value: bound },
});

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}

async function startRuntime() {
  const { url, ask } = await forkRuntime();
  const call = async (method: string, path: string, body?: unknown) => {
    const authorization = path === '/v1/batch' ? basic(WRITE_KEY) : `Bearer ${API_KEY}`;
    const answer = await fetch(url + path, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
    return (answer.status === 204 ? {} : await answer.json()) as Record<string, unknown>;
  };
  const batch = (messages: readonly object[]) =>
    call('POST', '/v1/batch', { batch: messages, sentAt: new Date().toISOString() });
  const transition = async (id: string, to: string) => {
    for (;;) {
      const { items } = await call('GET', `/v1/profiles/${id}/transitions`).catch(() => ({ items: [] }));
      const found = (items as { segmentId: string; to: string; cause: { time: number } }[]).find(
        (one) => one.segmentId === 'bench-carts' && one.to === to,
      );
      if (found) return found;
      await pause(10);
    }
  };
  const sentByBackfill = async () =>
    (await ask<readonly CallCount[]>('counts'))
      .filter(({ caller, operation }) => caller.includes('Backfill') && operation === 'PutRecords')
      .reduce((sum, { bytesIn }) => sum + bytesIn, 0);
  const create = (definition: object) => call('POST', '/v1/segments', definition);
  const becomesLive = async (id: string) => {
    while ((await call('GET', `/v1/segments/${id}`)).status !== 'live') await pause(100);
  };
  return {
    create,
    becomesLive,
    live: async (definition: { readonly id: string } & Record<string, unknown>) => {
      await create(definition);
      await becomesLive(definition.id);
    },
    /** Milliseconds from sending an event until its transition can be read. */
    entryLatency: async (userId: string) => {
      const sent = performance.now();
      await batch([{ type: 'track', event: 'Cart Viewed', userId, timestamp: new Date().toISOString() }]);
      await transition(userId, 'entered');
      return performance.now() - sent;
    },
    /** Milliseconds from the due time until the exit can be read. */
    exitLateness: async (userId: string) => {
      const { cause } = await transition(userId, 'exited');
      return Date.now() - Number(cause.time);
    },
    /** What built-in segments cost is measured elsewhere: here they would only make the filling take longer. */
    removeBuiltIns: async () => {
      const { items } = await call('GET', '/v1/segments?limit=100');
      for (const { id, builtIn } of items as { id: string; builtIn: boolean }[]) {
        if (builtIn) await call('DELETE', `/v1/segments/${id}`);
      }
      await ask('settle');
    },
    /** One event for each profile; every fourth looks at a tent. */
    fill: async () => {
      const starts = Array.from({ length: PROFILES / PROFILES_A_REQUEST }, (_, n) => n * PROFILES_A_REQUEST).values();
      const send = async () => {
        for (const start of starts) {
          const timestamp = new Date().toISOString();
          await batch(
            Array.from({ length: PROFILES_A_REQUEST }, (_, n) => ({
              type: 'track',
              event: 'Product Viewed',
              userId: `bench-${start + n}`,
              timestamp,
              properties: { product_id: `p-${n}`, category: (start + n) % 4 === 0 ? 'Tents' : 'Boots', price: 20 },
            })),
          );
        }
      };
      await Promise.all(Array.from({ length: CONNECTIONS }, send));
      await ask('settle');
    },
    /** Kills the backfill once, when it has begun to send what the lake knows. */
    interruptOnce: async () => {
      const before = await sentByBackfill();
      while ((await sentByBackfill()) < before + BARRIER_BYTES) await pause(20);
      if ((await ask<number>('killBackfill')) === 0) throw new Error('There was no backfill to kill.');
    },
    expectMembers: async (id: string, expected: number) => {
      await ask('settle');
      const { count } = await call('GET', `/v1/segments/${id}`);
      if (count !== expected) throw new Error(`${id} has ${count} members, expected ${expected}.`);
    },
    stop: () => ask('stop'),
  };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
