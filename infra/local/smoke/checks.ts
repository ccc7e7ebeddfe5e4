import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, type Stage, short } from './stage.ts';
import type { Visit } from './visit.ts';

export interface At {
  readonly stage: Stage;
  readonly visit: Visit;
  /** Longest that events may take to show. */
  readonly waitMs: number;
}

/** What was seen, for the line of the check; throws when it is not as it must be. */
type Check = (at: At) => Promise<string>;

const profileOf = ({ userId }: Visit) => `/v1/profiles/${encodeURIComponent(userId)}`;

/** In this order: later ones ask for what earlier ones sent. */
export const checks: readonly (readonly [title: string, check: Check])[] = [
  [
    'it is up',
    async ({ stage }) => {
      const { body } = must(await stage.ask('/v1/health'), 200);
      if (body.status !== 'ok') throw new Error(`/v1/health answered ${short(body)}`);
      return `version ${body.version}`;
    },
  ],
  [
    'it describes its API',
    async ({ stage }) => {
      const { body } = must(await stage.ask('/openapi.json'), 200);
      return `${count(Object.keys(body.paths ?? {}), 'paths')} by OpenAPI ${body.openapi}`;
    },
  ],
  ['browsers may send events', preflight],
  [
    'it takes events',
    async ({ stage, visit }) => {
      must(await stage.send('/v1/batch', { batch: visit.messages }), 200);
      must(await stage.send('/v1/batch', { batch: visit.messages }), 200);
      return `${visit.messages.length}, sent twice`;
    },
  ],
  ['the person appears, each event counted once', personAppears],
  [
    'their events are listed',
    async ({ stage, visit }) => {
      const { items } = await stage.read(`${profileOf(visit)}/events?limit=10`);
      return count(items, 'events');
    },
  ],
  ['it explains a segment', explained],
  [
    'it recommends',
    async ({ stage, visit }) => {
      const answer = await stage.read(`/v1/recommendations?userId=${encodeURIComponent(visit.userId)}&n=5`);
      if (!Array.isArray(answer.items)) throw new Error(`The answer has no items: ${short(answer)}`);
      return `${answer.items.length} items, by ${answer.model?.version ?? 'no model yet'}`;
    },
  ],
  ['it has reports', async ({ stage }) => count((await stage.read('/v1/reports')).items, 'reports')],
  ['it refuses what is wrong', refusals],
];

async function preflight({ stage }: At): Promise<string> {
  const origin = 'https://shop.example';
  const headers = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' };
  const answer = await stage.ask('/v1/track', { method: 'OPTIONS', headers });
  const allowed = answer.headers.get('access-control-allow-origin');
  if (answer.status >= 300 || allowed === null) {
    throw new Error(`OPTIONS /v1/track answered ${answer.status} and allows no origin.`);
  }
  return '';
}

async function personAppears({ stage, visit, waitMs }: At): Promise<string> {
  const from = Date.now();
  const path = profileOf(visit);
  const wanted = { plan: 'smoke', events: visit.messages.length, orders: 1 };
  let seen: unknown = 'no profile';
  let isTooMuch = false;
  do {
    const profile = await stage.read(path).catch((error: Error) => {
      if (!error.message.includes(' answered 404')) throw error;
      return undefined;
    });
    if (profile) {
      const { traits, computed } = profile;
      seen = { plan: traits.plan, events: computed.eventCount, orders: computed.orders.count };
      if (short(seen) === short(wanted)) return short(seen);
      isTooMuch = computed.eventCount > wanted.events || computed.orders.count > wanted.orders;
    }
    if (!isTooMuch) await pause(500);
    // Too much is right no later.
  } while (!isTooMuch && Date.now() - from < waitMs);
  const seconds = Math.round((Date.now() - from) / 1_000);
  throw new Error(`GET ${path} shows ${short(seen)} after ${seconds} seconds, and not ${short(wanted)}.`);
}

async function explained({ stage, visit }: At): Promise<string> {
  const { items } = await stage.read('/v1/segments?limit=100');
  const segment = items.find(({ tags }: { tags?: object }) => tags === undefined);
  if (segment === undefined) throw new Error('There is no segment.');
  const { explanation } = await stage.read(`${profileOf(visit)}/segments/${encodeURIComponent(segment.id)}/explain`);
  if (typeof explanation?.verdict !== 'boolean') throw new Error(`It has no verdict: ${short(explanation)}`);
  return `${segment.id} is ${explanation.verdict}, one of ${items.length}`;
}

async function refusals({ stage, visit }: At): Promise<string> {
  const post = { method: 'POST', body: visit.messages[0] };
  const unknownKey = { authorization: `Basic ${Buffer.from('nobody:').toString('base64')}` };
  const expected: readonly (readonly [ask: () => Promise<Answer>, status: number, code: string])[] = [
    [() => stage.send('/v1/track', '{"event":'), 400, 'invalid_json'],
    [() => stage.send('/v1/batch', {}), 400, 'invalid_batch'],
    [() => stage.ask('/v1/track', post), 401, 'key_missing'],
    [() => stage.ask('/v1/track', { ...post, headers: unknownKey }), 401, 'key_unknown'],
    [() => stage.ask(profileOf(visit)), 401, 'key_missing'],
    [() => stage.ask(profileOf(visit), { headers: { authorization: 'Bearer nobody' } }), 401, 'key_unknown'],
  ];
  for (const [ask, status, code] of expected) {
    const { body } = must(await ask(), status);
    if (body.code !== code) throw new Error(`A refusal says ${short(body)}, not ${code}.`);
  }
  for (const [path, status] of [
    ['/v1/profiles/smoke-nobody', 404],
    [`${profileOf(visit)}/events?limit=none`, 400],
  ] as const) {
    const told = await stage.read(path).catch(({ message }: Error) => message);
    if (!String(told).includes(` answered ${status}`)) throw new Error(`${path} is not refused by ${status}: ${told}`);
  }
  return `${expected.length + 2} ways`;
}

function must(answer: Answer, status: number): Answer {
  if (answer.status !== status) throw new Error(`The answer is ${answer.status}, not ${status}: ${short(answer.body)}`);
  return answer;
}

function count(items: readonly unknown[] | undefined, what: string): string {
  if (!items?.length) throw new Error(`There are no ${what}.`);
  return `${items.length} ${what}`;
}
