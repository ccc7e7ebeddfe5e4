import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { aContext, anHttpEvent } from '../functions/http-event.ts';
import type { Benchmark, Figure } from './figure.ts';

const ITEMS = 40_000;
const RELATED = 400;
const WARM_UP = 600;
const ANSWERS = 2_000;
/** Each answer is for somebody else, as a busy sandbox sees it: whose profile it never read, and some lists neither. */
const PEOPLE = WARM_UP + ANSWERS;
const LOCAL = { items: 1_000, related: 100, people: 100, warmUp: 200, answers: 600 };
const sha256 = '89994fb15d114944fba9ac60f230759e5eb6f1ec30a86fe22c03ce252d15cd10';

/** Recommendations: a warm handler before storage that answers at once, beside its exchanges alone, and the API of the local runtime. */
export const serving: Benchmark = {
  name: 'serving',
  async run(progress) {
    const handler = await inTheHandler(progress);
    progress(told(handler));
    return [...handler, ...(await endToEnd(progress))];
  },
};

async function inTheHandler(progress: (step: string) => void): Promise<readonly Figure[]> {
  progress(`${ANSWERS} answers in the handler, ${ITEMS} items of ${RELATED} neighbours, 20 items each`);
  const storage = start('serving-storage', ITEMS, RELATED, PEOPLE);
  const url = await said<string>(storage);
  const peer = start('serving-peer', url);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
    PROFILES_TABLE: 'profiles',
    CATALOG_TABLE: 'catalog',
    RECOMMENDATIONS_TABLE: 'models',
    STREAM_NAME: 'events',
    HOLDOUT_PER_MILLE: '0',
    REPURCHASABLE: '0',
    METRICS_NAMESPACE: 'bench',
    KEYS_TABLE: 'keys',
    ALLOWANCES_TABLE: 'allowances',
    API_KEYS: JSON.stringify([{ id: 'local', sha256 }]),
    AUTH_JWT: 'null',
    SPACES: '[]',
  });
  const { handler } = await import('../../functions/recommendation-api/handler.ts');
  const busy: number[] = [];
  const times: number[] = [];
  const bare: number[] = [];
  let exchanges = 0;
  for (let n = 0; n < PEOPLE; n += 1) {
    const began = performance.now();
    const before = process.threadCpuUsage();
    const event = anHttpEvent('GET /v1/recommendations', {
      headers: { authorization: 'Bearer sk_local' },
      query: { userId: `user-${n % PEOPLE}`, n: '20' },
    });
    const { statusCode, body = '' } = await handler(event, aContext());
    if (statusCode !== 200 || !body.includes('viewed with'))
      throw new Error(`The handler answered ${statusCode}: ${body}`);
    const { user, system } = process.threadCpuUsage(before);
    const milliseconds = performance.now() - began;
    peer.send('again');
    const again = await said<{ readonly milliseconds: number; readonly exchanges: number }>(peer);
    if (n < WARM_UP) continue;
    times.push(milliseconds);
    busy.push((user + system) / 1000);
    bare.push(again.milliseconds);
    exchanges += again.exchanges;
  }
  storage.kill();
  peer.kill();
  const many = (exchanges / ANSWERS).toFixed(1);
  return [
    ...figures('recommendations in the warm handler', times, 5),
    ...figures('their processor time', busy),
    ...figures(`the same ${many} exchanges with nothing computed`, bare),
  ];
}

async function endToEnd(progress: (step: string) => void): Promise<readonly Figure[]> {
  progress(`${LOCAL.answers} answers of the local runtime`);
  const runtime = start('serving-runtime', LOCAL.items, LOCAL.related, LOCAL.people);
  const url = await said<string>(runtime);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const times = await timesOf(LOCAL.warmUp, LOCAL.answers, (n) =>
    get(`${url}/v1/recommendations?userId=user-${n % LOCAL.people}&n=20`, agent),
  );
  agent.destroy();
  runtime.send('stop');
  await once(runtime, 'exit');
  return figures('recommendations of the local runtime', times, 40);
}

/** Milliseconds of each run after the first ones. */
async function timesOf(warmUp: number, runs: number, run: (n: number) => Promise<void>): Promise<readonly number[]> {
  const times: number[] = [];
  for (let n = 0; n < warmUp + runs; n += 1) {
    const began = performance.now();
    await run(n);
    if (n >= warmUp) times.push(performance.now() - began);
  }
  return times;
}

function figures(what: string, times: readonly number[], most?: number): readonly Figure[] {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
  return [
    {
      what: `${what}, p99`,
      value: at(0.99),
      unit: 'ms',
      ...(most !== undefined && { bound: { kind: 'at most', value: most } }),
      peer: { what: 'median', value: at(0.5) },
    },
  ];
}

const told = (some: readonly Figure[]): string =>
  some.map(({ value, unit, peer }) => `${value.toFixed(2)} ${unit}, median ${peer?.value.toFixed(2)}`).join('; ');

function get(url: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    request(url, { agent, headers: { authorization: 'Bearer sk_local' } }, (response) => {
      response.resume().on('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`${url} answered ${response.statusCode}.`));
      });
    })
      .on('error', reject)
      .end();
  });
}

const start = (program: string, ...given: readonly (number | string)[]): ChildProcess =>
  fork(fileURLToPath(new URL(`./${program}.ts`, import.meta.url)), given.map(String));

const said = async <T>(child: ChildProcess): Promise<T> => ((await once(child, 'message')) as [T])[0];
