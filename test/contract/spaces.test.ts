import { afterAll, expect, test } from 'vitest';
import { createKeyCheck } from '../../functions/middleware/key-check.ts';
import { apiScopes } from '../../schemas/access-key.ts';
import type { Endpoint } from '../../schemas/api/endpoint.ts';
import { endpoints, routeKeyOf } from '../../schemas/api/endpoints.ts';
import { anEnvelope, anIdentify, anOrder, aTrack } from '../fixtures/events.ts';
import { aContext, anHttpEvent, answerOf } from '../functions/http-event.ts';
import { catalogOf, World } from '../functions/profile-updater/world.ts';
import { aDeployment } from './fuzz/a-deployment.ts';

const spaces = [{ id: 'brand-b', sources: ['b-web'] }];
const world = new World(catalogOf([]), 3, spaces);
const from = (sourceId: string, ...messages: object[]) =>
  world.put('any', JSON.stringify(anEnvelope(messages as never, { sourceId })));
from(
  'b-web',
  anIdentify({ userId: 'u-1', anonymousId: 'a-1', traits: { email: 'ada@example.com', about: 'within' } }),
  anOrder({ userId: 'u-1' }),
  { type: 'group', userId: 'u-1', groupId: 'g-1', messageId: 'group-1' },
);
from(
  'web',
  anIdentify({ userId: 'u-9', anonymousId: 'a-9', traits: { email: 'out@example.com', about: 'outside' } }),
  aTrack({ userId: 'u-9', properties: { product_id: 'tent', category: 'Camping' } }),
);

/** Keys that may do all: one for everybody, one for people of brand-b, and one of a space that is gone. */
const keys = { sk_all: {}, sk_b: { space: 'brand-b' }, sk_gone: { space: 'brand-x' } };
const apiKeys = createKeyCheck({
  find: (given) => (given in keys ? { id: given, scopes: apiScopes, ...keys[given as keyof typeof keys] } : undefined),
  read: async () => undefined,
  take: async (_, __, second) => ({ second, requests: 0 }),
  spaces: ['brand-b'],
  clock: Date.now,
});
const deployment = await aDeployment({ world, apiKeys, spaces: ['brand-b'] });
afterAll(() => deployment[Symbol.asyncDispose]());

interface Asked {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly json?: unknown;
}

async function call(endpoint: Endpoint, key: keyof typeof keys, { json, ...asked }: Asked = {}) {
  const event = anHttpEvent(routeKeyOf(endpoint), {
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(json !== undefined && { body: JSON.stringify(json) }),
    ...asked,
  });
  return answerOf(await deployment.handlers[endpoint.handler](event, aContext()));
}

const withKey = endpoints.filter(({ auth }) => auth !== 'none' && auth !== 'ingest');
const of = (space: Endpoint['space']) => withKey.filter((endpoint) => endpoint.space === space);
const named = (list: readonly Endpoint[]) => list.map((endpoint) => [endpoint.operationId, endpoint] as const);

/** How each endpoint about people is asked for somebody, and what tells that nobody is there. */
const asked: Readonly<Record<string, { about: (id: string) => Asked; unknown: string | undefined }>> = {
  getProfile: { about: (id) => ({ params: { id } }), unknown: 'profile_not_found' },
  listProfileEvents: { about: (id) => ({ params: { id } }), unknown: 'profile_not_found' },
  getIdentity: { about: (id) => ({ params: { id } }), unknown: 'profile_not_found' },
  listTransitions: { about: (id) => ({ params: { id } }), unknown: 'profile_not_found' },
  explainSegment: { about: (id) => ({ params: { id, segmentId: 'lifecycle-new' } }), unknown: 'profile_not_found' },
  splitProfile: { about: (id) => ({ params: { id }, json: { ids: ['anonymous:a-1'] } }), unknown: 'profile_not_found' },
  // Somebody whom nobody knows yet may choose; who the choice is of is told below.
  putConsent: { about: (id) => ({ params: { id }, json: { marketing: true } }), unknown: undefined },
  // Whose members these are is told where lists are tested, with many of them.
  listMembers: { about: () => ({ params: { id: 'lifecycle-new' } }), unknown: undefined },
  recommend: { about: (id) => ({ query: { userId: id, n: '5' } }), unknown: undefined },
  createErasure: { about: (id) => ({ json: { userId: id } }), unknown: undefined },
  createExport: { about: (id) => ({ json: { userId: id } }), unknown: undefined },
  getPrivacyRequest: { about: (id) => ({ params: { id } }), unknown: 'privacy_request_not_found' },
  deleteSuppressions: { about: (id) => ({ json: { userId: id } }), unknown: undefined },
};

test('it is said of every endpoint about people how it is asked for them here', () => {
  expect(
    of('person')
      .map(({ operationId }) => operationId)
      .sort(),
  ).toEqual(Object.keys(asked).sort());
});

test.each(named(of('stage')))('%s is refused for a key that is limited to a space', async (_, endpoint) => {
  const answer = await call(endpoint, 'sk_b');
  expect(answer).toMatchObject({ status: 403, body: { code: 'space_restricted' } });
  expect(answer.body.detail).toContain('sk_b is limited to people of the space brand-b');
  expect((await call(endpoint, 'sk_all')).status).not.toBe(403);
});

test.each(named(withKey))('%s is refused for a key whose space is gone', async (_, endpoint) => {
  expect(await call(endpoint, 'sk_gone')).toMatchObject({ status: 403, body: { code: 'space_unknown' } });
});

/** Ways to name somebody who is not of the space, as they are known outside, and who is nobody at all. */
const strangers = ['u-9', 'user:u-9', 'anonymous:a-9', 'email:out@example.com', 'brand-c/u-9', 'user:brand-c/u-1'];

test.each(named(of('person').filter(({ operationId }) => asked[operationId]?.unknown)))(
  '%s answers of who is outside the space as of nobody',
  async (operationId, endpoint) => {
    const { about, unknown } = asked[operationId] as (typeof asked)[string];
    const nobody = await call(endpoint, 'sk_b', about('nobody-1'));
    expect(nobody).toMatchObject({ status: 404, body: { code: unknown } });
    if (operationId === 'getPrivacyRequest') return;
    for (const id of strangers) {
      expect(await call(endpoint, 'sk_b', about(id)), id).toEqual(nobody);
    }
    for (const id of ['u-9', 'anonymous:a-9']) {
      expect((await call(endpoint, 'sk_all', about(id))).body.code, id).not.toBe(unknown);
    }
  },
);

test.each(named(of('person').filter(({ operationId }) => asked[operationId]?.unknown === 'profile_not_found')))(
  '%s knows people of the space by the ids of its own sources, and answers in them',
  async (operationId, endpoint) => {
    const { about } = asked[operationId] as (typeof asked)[string];
    for (const id of ['u-1', 'anonymous:a-1', 'email:ada@example.com', 'user:u-1']) {
      const { status, body } = await call(endpoint, 'sk_b', about(id));
      expect(status, id).toBeLessThan(300);
      expect(JSON.stringify(body), id).not.toContain('brand-b');
    }
  },
);

const endpointOf = (operationId: string) => endpoints.find((each) => each.operationId === operationId) as Endpoint;

test('a profile and an identity of the space show its ids as its sources sent them', async () => {
  const id = { params: { id: 'u-1' } };
  const profile = await call(endpointOf('getProfile'), 'sk_b', id);
  expect(profile.body).toMatchObject({
    userId: 'u-1',
    anonymousIds: ['a-1'],
    traits: { email: 'ada@example.com', about: 'within' },
    computed: { groups: [{ groupId: 'g-1' }] },
  });
  const { body } = await call(endpointOf('getIdentity'), 'sk_b', id);
  expect(body.keys.map(({ key }: { key: string }) => key)).toEqual([
    'user:u-1',
    'anonymous:a-1',
    'email:ada@example.com',
  ]);
  expect(body.links.map(({ child, parent }: { child: string; parent: string }) => [child, parent])).toEqual([
    ['anonymous:a-1', 'user:u-1'],
    ['email:ada@example.com', 'user:u-1'],
  ]);
  const all = await call(endpointOf('getProfile'), 'sk_all', { params: { id: 'brand-b/u-1' } });
  expect(all.body).toMatchObject({ profileId: profile.body.profileId, userId: 'brand-b/u-1' });
});

test('recommendations of a space know who is of it, and nobody else', async () => {
  const recommend = endpointOf('recommend');
  const reasons = async (key: keyof typeof keys, userId: string) => {
    const { body } = await call(recommend, key, { query: { userId, n: '5' } });
    return JSON.stringify(body.items.map(({ reason }: { reason: string }) => reason));
  };
  expect(await reasons('sk_all', 'u-9')).toContain('viewed with');
  expect(await reasons('sk_b', 'u-9')).toBe(await reasons('sk_b', 'nobody-1'));
});

test('a request of privacy is of the space of its key, and seen by no other', async () => {
  const [create, get] = [endpointOf('createExport'), endpointOf('getPrivacyRequest')];
  const inside = await call(create, 'sk_b', { json: { userId: 'u-1', email: 'ada@example.com' } });
  const outside = await call(create, 'sk_all', { json: { userId: 'u-9' } });
  const seen = async (key: keyof typeof keys, { body }: typeof inside) =>
    (await call(get, key, { params: { id: body.id } })).status;
  expect(await seen('sk_b', inside)).toBe(200);
  expect(await seen('sk_all', inside)).toBe(200);
  expect(await seen('sk_b', outside)).toBe(404);
});
