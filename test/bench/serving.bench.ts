import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Benchmark, Figure } from './figure.ts';
import { servingHandler } from './serving-handler.ts';

const ITEMS = 40_000;
const RELATED = 400;
const WARM_UP = 600;
const ANSWERS = 2_000;
/** Each answer is for somebody else, as a busy sandbox sees it: whose profile it never read, and some lists neither. */
const PEOPLE = WARM_UP + ANSWERS;
const LOCAL = { items: 1_000, related: 100, people: 100, warmUp: 200, answers: 600 };

/**
 * Recommendations: a warm handler whose storage is stubbed at the edge of the network; the same before storage in another
 * process, beside its exchanges alone; and the API of the local runtime.
 */
export const serving: Benchmark = {
  name: 'serving',
  async run(progress) {
    const stubbed = await inTheHandler(progress);
    progress(told(stubbed));
    const overHttp = await overTheNetwork(progress);
    progress(told(overHttp));
    return [...stubbed, ...overHttp, ...(await endToEnd(progress))];
  },
};

async function inTheHandler(progress: (step: string) => void): Promise<readonly Figure[]> {
  progress(`${ANSWERS} answers in the handler, ${ITEMS} items of ${RELATED} neighbours, 20 items each`);
  const child = start('serving-stubbed', ITEMS, RELATED, PEOPLE);
  const all = await said<readonly number[]>(child);
  child.kill();
  return figures('recommendations in the warm handler', all.slice(WARM_UP), 5);
}

async function overTheNetwork(progress: (step: string) => void): Promise<readonly Figure[]> {
  progress('the same before storage in another process');
  const storage = start('serving-storage', ITEMS, RELATED, PEOPLE);
  const url = await said<string>(storage);
  const peer = start('serving-peer', url);
  const serve = await servingHandler(url);
  const times: number[] = [];
  const bare: number[] = [];
  let exchanges = 0;
  for (let n = 0; n < PEOPLE; n += 1) {
    const milliseconds = await serve(n);
    peer.send('again');
    const again = await said<{ readonly milliseconds: number; readonly exchanges: number }>(peer);
    if (n < WARM_UP) continue;
    times.push(milliseconds);
    bare.push(again.milliseconds);
    exchanges += again.exchanges;
  }
  storage.kill();
  peer.kill();
  const many = (exchanges / ANSWERS).toFixed(1);
  return [
    ...figures('  with their storage behind HTTP, on the same machine', times),
    ...figures(`  the same ${many} exchanges with nothing computed`, bare),
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
  const bound = most !== undefined && ({ bound: { kind: 'at most', value: most } } as const);
  return [
    { what: `${what}, p99`, value: at(0.99), unit: 'ms', ...bound, peer: { what: 'median', value: at(0.5) } },
    { what: '  p95', value: at(0.95), unit: 'ms' },
  ];
}

const told = (some: readonly Figure[]): string =>
  some.map(({ what, value }) => `${what.trim()}: ${value.toFixed(2)} ms`).join('; ');

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
