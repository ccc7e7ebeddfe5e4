import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { AudienceLists } from '../../../functions/adapters/audience-lists.ts';
import { CursorError } from '../../../functions/adapters/cursor.ts';
import type { PutRecords, StreamRecord } from '../../../functions/adapters/store-in-order.ts';
import { createProfileApi } from '../../../functions/profile-api/profile-api.ts';
import { endpoints } from '../../../schemas/api/endpoints.ts';
import { registerId } from '../../../shared/privacy/register.ts';
import { limits } from '../../../shared/profile/limits.ts';
import { compileCatalog } from '../../../shared/segments/compile-catalog.ts';
import { ARRIVAL, anIdentify, aRecord, aTrack, type Message } from '../../fixtures/events.ts';
import { aSegment, aTagSegment } from '../../fixtures/segments.ts';
import { aTransition } from '../../fixtures/transitions.ts';
import { AnAuditLog } from '../an-audit-log.ts';
import { aContext, anHttpEvent, answerOf, type HttpEventParts } from '../http-event.ts';
import { catalogOf, World } from '../profile-updater/world.ts';
import { settingsKeys } from '../settings-keys.ts';

const viewers = aSegment({
  id: 'viewers',
  condition: { type: 'event', event: 'Product Viewed', measure: { of: 'count' }, op: 'greaterOrEqual', value: 3 },
});
const noLists: Pick<AudienceLists, 'listTransitions'> = {
  listTransitions: async () => ({ items: [], nextCursor: null }),
};

const audit = new AnAuditLog();

/** The API in front of profiles that a profile-updater keeps: what it puts on the stream comes about. */
function anApi(world: World, over: { lists?: typeof noLists; put?: PutRecords } = {}) {
  let made = 0;
  const put: PutRecords = async (records: readonly StreamRecord[]) => {
    for (const { data } of records) {
      world.shards[0]?.push(aRecord(data, { shardId: 'shardId-000000000000', arrivedAt: world.now }));
    }
    return records.map(() => undefined);
  };
  const handler = createProfileApi({
    store: world.store,
    lists: over.lists ?? noLists,
    catalog: async () => compileCatalog(world.catalog.entries),
    stream: { publish: async (records) => world.publish(...records) },
    put: over.put ?? put,
    clock: () => ARRIVAL,
    newId: () => {
      made += 1;
      return `id-${made}`;
    },
    apiKeys: settingsKeys({ local: 'sk_local' }),
    audit,
  });
  return async (routeKey: string, id: string, parts: HttpEventParts & { json?: unknown } = {}) => {
    const [method, path] = routeKey.split(' ');
    const event = anHttpEvent(`${method} /v1/profiles/{id}${path ?? ''}`, {
      headers: { authorization: 'Bearer sk_local', 'content-type': 'application/json', ...parts.headers },
      ...(parts.query && { query: parts.query }),
      ...(parts.json !== undefined && { body: JSON.stringify(parts.json) }),
      ...(parts.body !== undefined && { body: parts.body }),
      params: { id, ...parts.params },
    });
    return answerOf(await handler(event, aContext()));
  };
}

/** A world that has taken in what was sent. */
async function aWorld(...messages: readonly Message[]): Promise<World> {
  const world = new World(catalogOf([viewers, aTagSegment()]));
  world.send(...messages);
  await world.drain();
  return world;
}

/** The schema that an answer is documented by. */
const documented = (operationId: string, status = 200) => {
  const schema = endpoints.find((endpoint) => endpoint.operationId === operationId)?.responses[status]?.body;
  if (!schema) throw new Error(`${operationId} documents no answer ${status}.`);
  return schema;
};

/** Ada, with a phone, a laptop and an address. */
const ada = () =>
  aWorld(
    aTrack({ userId: undefined, anonymousId: 'phone', messageId: 'm-1', timestamp: '2026-03-01T01:00:00Z' }),
    aTrack({ userId: undefined, anonymousId: 'laptop', messageId: 'm-2', timestamp: '2026-03-01T02:00:00Z' }),
    anIdentify({ userId: 'ada/1 %', anonymousId: 'phone', traits: { email: 'Ada@example.org' }, messageId: 'm-3' }),
    anIdentify({ userId: 'ada/1 %', anonymousId: 'laptop', traits: {}, messageId: 'm-4' }),
    aTrack({ userId: 'ada/1 %', messageId: 'm-5', timestamp: '2026-03-01T03:00:00Z' }),
  );

describe('GET /v1/profiles/{id}', () => {
  it.each(['ada/1 %', 'anonymous:phone', 'anonymous:laptop', 'email:ADA@example.org', 'user:ada/1 %'])(
    'answers one person for each of the ids: %s',
    async (id) => {
      const { status, body } = await anApi(await ada())('GET', id);
      expect(status).toBe(200);
      expect(documented('getProfile').safeParse(body)).toMatchObject({ success: true });
      expect(body).toMatchObject({
        userId: 'ada/1 %',
        computed: { eventCount: 5 },
        segments: [{ id: 'likes:Kitchen' }, { id: 'viewers' }],
      });
      expect(body.anonymousIds.sort()).toEqual(['laptop', 'phone']);
    },
  );

  it('answers a visitor who is nobody yet', async () => {
    const api = anApi(await aWorld(aTrack({ userId: undefined, anonymousId: 'a-1' })));
    expect((await api('GET', 'anonymous:a-1')).body).toMatchObject({ userId: null, anonymousIds: ['a-1'] });
  });

  it('takes a userId as it stands before it takes it for another kind of id', async () => {
    const world = await ada();
    world.send(aTrack({ userId: 'email:ada@example.org' }));
    await world.drain();
    expect((await anApi(world)('GET', 'email:ada@example.org')).body).toMatchObject({ computed: { eventCount: 1 } });
  });

  it.each(['nobody', 'phone', 'email:nobody@example.org', 'anonymous:nobody'])('answers 404 for %s', async (id) => {
    expect(await anApi(await ada())('GET', id)).toMatchObject({ status: 404, body: { code: 'profile_not_found' } });
  });

  it('finds the person at every step of a merge', async () => {
    const world = await aWorld(aTrack({ userId: undefined, anonymousId: 'phone' }), aTrack({ userId: 'ada' }));
    world.send(anIdentify({ userId: 'ada', anonymousId: 'phone', traits: {} }));
    const api = anApi(world);
    for (let turn = 0; world.shards.some((_, shard) => world.hasBacklog(shard)); turn += 1) {
      await world.step(turn % world.shards.length, 1);
      const { status, body } = await api('GET', 'anonymous:phone');
      expect(status).toBe(200);
      expect([1, 2, 3]).toContain(body.computed.eventCount);
      expect((await api('GET', 'ada')).status).toBe(200);
    }
    expect((await api('GET', 'anonymous:phone')).body).toMatchObject({ userId: 'ada', computed: { eventCount: 3 } });
  });

  it('asks for an API key', async () => {
    const answer = await anApi(await ada())('GET', 'ada', { headers: { authorization: 'Bearer sk_other' } });
    expect(answer.status).toBe(401);
  });
});

describe('GET /v1/profiles/{id}/events', () => {
  it('answers pages over the events of all ids, the newest first', async () => {
    const api = anApi(await ada());
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const { body } = await api('GET /events', 'anonymous:phone', {
        query: { limit: '2', ...(cursor && { cursor }) },
      });
      expect(documented('listProfileEvents').safeParse(body)).toMatchObject({ success: true });
      seen.push(...body.items.map(({ messageId }: { messageId: string }) => messageId));
      cursor = body.nextCursor ?? undefined;
    } while (cursor);
    expect(seen).toHaveLength(5);
    expect(seen.slice(2)).toEqual(['m-5', 'm-2', 'm-1']);
    expect(seen.slice(0, 2).sort()).toEqual(['m-3', 'm-4']);
  });

  it('goes back as far as each part keeps', async () => {
    const of = (ids: object) =>
      Array.from({ length: limits.recentEvents + 5 }, (_, at) =>
        aTrack({ ...ids, timestamp: new Date(Date.parse('2026-03-01T00:00:00Z') + at * 1000).toISOString() }),
      );
    const world = await aWorld(...of({ userId: undefined, anonymousId: 'phone' }), ...of({ userId: 'ada' }));
    world.send(anIdentify({ userId: 'ada', anonymousId: 'phone', traits: {} }));
    await world.drain();
    const api = anApi(world);
    const seen = new Set<string>();
    let cursor: string | undefined;
    do {
      const { body } = await api('GET /events', 'ada', { query: { limit: '7', ...(cursor && { cursor }) } });
      for (const { messageId } of body.items) seen.add(messageId);
      cursor = body.nextCursor ?? undefined;
    } while (cursor);
    expect(seen.size).toBe(2 * limits.recentEvents);
  });

  it.each([{ limit: '0' }, { limit: 'ten' }, { limit: '101' }, { cursor: 'nonsense' }])(
    'answers 400 for %o',
    async (query) => {
      const { status, body } = await anApi(await ada())('GET /events', 'ada/1 %', { query });
      expect(status).toBe(400);
      expect(body).toMatchObject({ code: 'invalid_parameter', errors: [{ path: Object.keys(query)[0] }] });
    },
  );

  it.each([
    [{ limit: '1.5' }, 'is not a whole number from 1 to 100'],
    [{ cursor: 'x'.repeat(201) }, 'is longer than 200 characters'],
  ])('says what is wrong with %o', async (query, message) => {
    const { body } = await anApi(await ada())('GET /events', 'ada/1 %', { query });
    expect(body.errors).toEqual([{ path: Object.keys(query)[0], message }]);
  });
});

describe('GET /v1/profiles/{id}/identity', () => {
  it('tells the keys and what joined them', async () => {
    const { status, body } = await anApi(await ada())('GET /identity', 'anonymous:laptop');
    expect(status).toBe(200);
    expect(documented('getIdentity').safeParse(body)).toMatchObject({ success: true });
    expect(body.key).toBe('user:ada/1 %');
    expect(body.keys.map(({ key, eventCount }: { key: string; eventCount: number }) => [key, eventCount])).toEqual([
      ['user:ada/1 %', 3],
      ['anonymous:laptop', 1],
      ['anonymous:phone', 1],
      ['email:ada@example.org', 0],
    ]);
    expect(body.links).toMatchObject([
      { child: 'anonymous:laptop', parent: 'user:ada/1 %', messageId: 'm-4', state: 'active' },
      { child: 'anonymous:phone', parent: 'user:ada/1 %', messageId: 'm-3', state: 'active' },
      { child: 'email:ada@example.org', parent: 'user:ada/1 %', messageId: 'm-3', why: 'trait' },
    ]);
  });
});

describe('GET /v1/profiles/{id}/transitions', () => {
  it('lists those of the person, by whatever id', async () => {
    const asked: unknown[] = [];
    const transition = aTransition({ segmentId: 'viewers', n: 7 });
    const lists: typeof noLists = {
      listTransitions: async (profileId, page) => {
        asked.push([profileId, page]);
        return { items: [transition], nextCursor: 'more' };
      },
    };
    const api = anApi(await ada(), { lists });
    const { body } = await api('GET /transitions', 'anonymous:phone', { query: { limit: '5', cursor: 'c' } });
    const { profileId } = (await api('GET', 'ada/1 %')).body;
    expect(asked).toEqual([[profileId, { limit: 5, cursor: 'c' }]]);
    expect(documented('listTransitions').safeParse(body)).toMatchObject({ success: true });
    expect(body).toMatchObject({
      items: [{ n: 7, segmentId: 'viewers', cause: transition.cause }],
      nextCursor: 'more',
    });
  });

  it('answers 400 for a cursor of another list', async () => {
    const lists = { listTransitions: () => Promise.reject(new CursorError()) };
    const answer = await anApi(await ada(), { lists })('GET /transitions', 'ada/1 %', { query: { cursor: 'x' } });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: 'cursor' }] } });
  });
});

describe('GET /v1/profiles/{id}/segments/{segmentId}/explain', () => {
  const explain = (world: World, segmentId: string) =>
    anApi(world)('GET /segments/{segmentId}/explain', 'anonymous:phone', { params: { segmentId } });

  it('shows what each condition saw, over all parts of the person', async () => {
    const { status, body } = await explain(await ada(), 'viewers');
    expect(status).toBe(200);
    expect(documented('explainSegment').safeParse(body)).toMatchObject({ success: true });
    expect(body).toMatchObject({
      segmentId: 'viewers',
      version: 1,
      member: true,
      since: expect.any(String),
      explanation: { condition: { type: 'event' }, saw: 3, verdict: true },
    });
  });

  it('explains one value of a segment that tags', async () => {
    expect((await explain(await ada(), 'likes:Kitchen')).body).toMatchObject({ member: true });
    expect((await explain(await ada(), 'likes:Garden')).body).toMatchObject({ member: false });
  });

  it('answers 404 for a segment that there is not', async () => {
    expect(await explain(await ada(), 'ghost')).toMatchObject({ status: 404, body: { code: 'segment_not_found' } });
  });
});

describe('POST /v1/profiles/{id}/split', () => {
  const split = (world: World, id: string, json: unknown) => anApi(world)('POST /split', id, { json });

  it('parts the ids for good', async () => {
    const world = await ada();
    const { status, body } = await split(world, 'anonymous:laptop', { ids: ['anonymous:phone'] });
    expect(status).toBe(202);
    expect(documented('splitProfile', 202).safeParse(body)).toMatchObject({ success: true });
    await world.drain();
    world.send(anIdentify({ userId: 'ada/1 %', anonymousId: 'phone', traits: {} }));
    await world.drain();
    const api = anApi(world);
    expect((await api('GET', 'anonymous:phone')).body).toMatchObject({ userId: null, computed: { eventCount: 1 } });
    expect((await api('GET', 'ada/1 %')).body).toMatchObject({ computed: { eventCount: 5 } });
  });

  it.each<[string, unknown, object]>([
    ['ids of somebody else', { ids: ['anonymous:other'] }, { path: 'ids.0' }],
    ['the key that stands for the person', { ids: ['anonymous:phone', 'user:ada/1 %'] }, { path: 'ids.1' }],
    ['no ids', { ids: [] }, { path: 'ids' }],
    ['something else', { keys: ['x'] }, { path: 'ids' }],
  ])('answers 400 for %s, and parts nothing', async (_, json, error) => {
    const world = await ada();
    const { status, body } = await split(world, 'ada/1 %', json);
    expect(status).toBe(400);
    expect(body).toMatchObject({
      code: 'invalid_body',
      errors: expect.arrayContaining([expect.objectContaining(error)]),
    });
    expect(world.shards.some((_, shard) => world.hasBacklog(shard))).toBe(false);
  });

  it('answers 404 for an id that nobody knows', async () => {
    expect((await split(await ada(), 'nobody', { ids: ['anonymous:x'] })).status).toBe(404);
  });
});

it('splits and choices stand in the audit log, by the hash of who was named', async () => {
  const world = new World();
  world.send(aTrack({ userId: 'ada' }));
  await world.drain();
  audit.entries.length = 0;
  await anApi(world)('PUT /consent', 'ada', { json: { marketing: true } });
  await anApi(world)('POST /split', 'ada', { json: { ids: ['anonymous:x'] } });
  const target = registerId('user:ada');
  expect(audit.entries).toMatchObject([
    { action: 'consent.put', targetType: 'person', target, outcome: 'done', actor: 'local', scope: 'manage' },
    { action: 'profile.split', targetType: 'person', target, outcome: 'invalid_body' },
  ]);
});

describe('PUT /v1/profiles/{id}/consent', () => {
  const consent = (world: World, id: string, json: unknown) => anApi(world)('PUT /consent', id, { json });

  it.each(['ada/1 %', 'anonymous:phone', 'email:ada@example.org', 'somebody new', 'anonymous:new'])(
    'holds for the person of %s',
    async (id) => {
      const world = await ada();
      const { status, body } = await consent(world, id, { advertising: true, analytics: false });
      expect(status).toBe(202);
      expect(documented('putConsent', 202).safeParse(body)).toMatchObject({ success: true });
      await world.drain();
      expect((await anApi(world)('GET', id)).body.consent).toEqual({ advertising: true, analytics: false });
      expect((await anApi(world)('GET', 'ada/1 %')).body.consent).toEqual(
        id.includes('new') ? {} : { advertising: true, analytics: false },
      );
    },
  );

  it('holds for each of their ids, whichever an event names', async () => {
    const world = await ada();
    const before = new Set([...world.store.items.keys()].filter((key) => /^(user|anonymous):/.test(key)));
    await consent(world, 'email:ada@example.org', { analytics: false });
    await world.drain();
    const [person] = world.persons().filter(({ keys }) => keys.includes('anonymous:phone'));
    const ids = (person?.keys ?? []).filter((key) => before.has(key));
    expect(ids.length).toBeGreaterThan(2);
    for (const key of ids)
      expect([key, world.folded(key).profile?.consent.get('analytics')?.granted]).toEqual([key, false]);
  });

  it('answers 404 for an address that nobody has, instead of making somebody of it', async () => {
    expect((await consent(await ada(), 'email:bob@example.org', { a: true })).status).toBe(404);
  });

  it.each(['null', 'anonymous:undefined', `x${'y'.repeat(256)}`])(
    'answers 400 for an id that is none: %s',
    async (id) => {
      const { status, body } = await consent(await ada(), id, { a: true });
      expect(status).toBe(400);
      expect(body).toMatchObject({ code: 'invalid_parameter', errors: [{ path: 'id' }] });
    },
  );

  it.each([[], {}, 'yes', { a: 'yes' }, { '': true }, JSON.parse('{"__proto__":true}'), { constructor: true }])(
    'answers 400 for %j',
    async (json) => {
      expect(await consent(await ada(), 'ada/1 %', json)).toMatchObject({
        status: 400,
        body: { code: 'invalid_body' },
      });
    },
  );

  it.each([
    ['ProvisionedThroughputExceededException', 429, '2'],
    ['InternalFailure', 503, '5'],
  ])('answers when to try again after %s', async (code, status, after) => {
    const late = vi.spyOn(Date, 'now');
    const put: PutRecords = async (records) => {
      late.mockReturnValue(Number.MAX_SAFE_INTEGER);
      return records.map(() => code);
    };
    const answer = await anApi(await ada(), { put })('PUT /consent', 'ada/1 %', { json: { a: true } });
    late.mockRestore();
    expect(answer).toMatchObject({ status, headers: { 'retry-after': after } });
  });
});

it('answers any body without a failure of its own', async () => {
  const world = await ada();
  const api = anApi(world);
  const bodies = fc.oneof(
    fc.json().map((text) => ({ body: text })),
    fc.string().map((text) => ({ body: text })),
    fc.dictionary(fc.string({ unit: 'binary' }), fc.oneof(fc.boolean(), fc.jsonValue())).map((json) => ({ json })),
    fc.record({ ids: fc.oneof(fc.array(fc.string({ unit: 'binary' })), fc.jsonValue()) }).map((json) => ({ json })),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('POST /split', 'PUT /consent'), bodies, async (route, parts) => {
      const { status, body } = await api(route, 'ada/1 %', parts);
      expect([202, 400]).toContain(status);
      if (status === 400) expect(body.code).toMatch(/^invalid_(body|json)$/);
    }),
    { numRuns: 300 },
  );
  await world.drain();
  expect((await api('GET', 'ada/1 %')).status).toBe(200);
});
