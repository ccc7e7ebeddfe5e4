import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AthenaQueryError, AthenaTimeoutError } from '../../../functions/adapters/athena.ts';
import type { AudienceLists } from '../../../functions/adapters/audience-lists.ts';
import type { HeldJob } from '../../../functions/adapters/backfill-job.ts';
import { CursorError } from '../../../functions/adapters/cursor.ts';
import { createSegmentCatalog } from '../../../functions/adapters/segment-catalog.ts';
import { askLake } from '../../../functions/segment-api/ask-lake.ts';
import { createSegmentApi, type SegmentApiProps } from '../../../functions/segment-api/segment-api.ts';
import { endpoints } from '../../../schemas/api/endpoints.ts';
import { newJob } from '../../../shared/segments/backfill-job.ts';
import { pendingWork } from '../../../shared/segments/catalog-body.ts';
import { promote } from '../../../shared/segments/catalog-changes.ts';
import { compileCatalog } from '../../../shared/segments/compile-catalog.ts';
import { emptyCatalog } from '../../fixtures/segments.ts';
import { MemoryTable } from '../adapters/memory-table.ts';
import { AnAuditLog } from '../an-audit-log.ts';
import { aContext, anHttpEvent, answerOf, type HttpEventParts } from '../http-event.ts';
import { settingsKeys } from '../settings-keys.ts';

const NOW = Date.parse('2026-03-02T10:00:00Z');

beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => vi.restoreAllMocks());

const condition = { type: 'event', event: 'Order Completed' };

/** The API on a table in memory, with lists, a lake and a backfill as a test says. */
class Api {
  readonly table = new MemoryTable();
  readonly catalog = createSegmentCatalog(this.table.client, 'segments', () => NOW);
  readonly audit = new AnAuditLog();
  invoked = 0;
  held: HeldJob | undefined;
  counts: Record<string, number> = {};
  values: string[] = [];
  rows: readonly (readonly (string | null)[])[] = [];
  sql = '';
  onQuery: () => void = () => {};
  onInvoke: () => void = () => {};
  listMembers: AudienceLists['listMembers'] = async () => ({ items: [], nextCursor: null });

  readonly #props: SegmentApiProps = {
    catalog: this.catalog,
    jobs: { read: async () => this.held },
    lists: {
      listMembers: (id, page) => this.listMembers(id, page),
      countMembers: async (id) => this.counts[id] ?? 0,
      countEach: async (ids) => new Map(ids.map((id) => [id, this.counts[id] ?? 0])),
      listValues: async () => this.values,
    },
    ask: askLake(
      {
        query: async ({ sql }) => {
          this.sql = sql;
          this.onQuery();
          const { rows } = this;
          return {
            columns: [],
            rows: (async function* () {
              yield* rows;
            })(),
            scannedBytes: 0,
            milliseconds: 0,
          };
        },
      },
      'headwater_test',
      'headwater-test',
    ),
    backfill: async () => {
      this.invoked += 1;
      this.onInvoke();
    },
    clock: () => NOW,
    apiKeys: settingsKeys({ local: 'sk_local' }),
    audit: this.audit,
  };
  readonly #handler = createSegmentApi(this.#props);

  /** An API without the built-in segments. */
  static async empty(): Promise<Api> {
    const api = new Api();
    await api.catalog.save(await api.catalog.readHead(), emptyCatalog);
    return api;
  }

  async call(routeKey: string, parts: HttpEventParts & { json?: unknown } = {}) {
    const headers = { authorization: 'Bearer sk_local', 'content-type': 'application/json', ...parts.headers };
    const body = parts.json === undefined ? parts.body : JSON.stringify(parts.json);
    const event = anHttpEvent(routeKey, { ...parts, headers, ...(body !== undefined && { body }) });
    const answer = answerOf(await this.#handler(event, aContext({ getRemainingTimeInMillis: () => 29_000 })));
    const schema = endpoints.find((each) => `${each.method} ${each.path}` === routeKey)?.responses[answer.status ?? 0]
      ?.body;
    if (schema) expect(schema.safeParse(answer.body), routeKey).toMatchObject({ success: true });
    return answer;
  }

  create = (json: unknown) => this.call('POST /v1/segments', { json });
  get = (id: string) => this.call('GET /v1/segments/{id}', { params: { id } });
  put = (id: string, json: unknown, query: Record<string, string> = {}) =>
    this.call('PUT /v1/segments/{id}', { params: { id }, json, query });
  delete = (id: string) => this.call('DELETE /v1/segments/{id}', { params: { id } });
  members = (id: string, query: Record<string, string> = {}) =>
    this.call('GET /v1/segments/{id}/members', { params: { id }, query });
  preview = (json: unknown) => this.call('POST /v1/segments/preview', { json });
  list = (query: Record<string, string> = {}) => this.call('GET /v1/segments', { query });

  /** Does what a backfill does when it is done. */
  async backfilled(): Promise<void> {
    const latest = await this.catalog.read();
    await this.catalog.save(latest, promote(latest.body, pendingWork(latest.body)));
  }
}

test('changes of definitions stand in the audit log, refused ones with the reason', async () => {
  const api = await Api.empty();
  await api.create({ name: 'Good Buyers', condition });
  await api.create({ name: 'Good Buyers', condition });
  await api.put('good-buyers', { name: 'Buyers', condition });
  await api.get('good-buyers');
  await api.delete('good-buyers');
  expect(api.audit.entries.map(({ action, target, outcome }) => [action, target, outcome])).toEqual([
    ['segment.create', 'good-buyers', 'done'],
    ['segment.create', 'good-buyers', 'segment_exists'],
    ['segment.replace', 'good-buyers', 'done'],
    ['segment.delete', 'good-buyers', 'done'],
  ]);
});

test('a change stands though the audit log is out of reach', async () => {
  const api = await Api.empty();
  api.audit.isOut = true;
  expect(await api.create({ id: 'buyers', name: 'Buyers', condition })).toMatchObject({ status: 201 });
});

describe('POST /v1/segments', () => {
  test('saves the definition with its defaults, has it backfilled and says where it is', async () => {
    const api = await Api.empty();
    const { status, headers, body } = await api.create({ id: 'buyers', name: 'Buyers', condition });
    expect(status).toBe(201);
    expect(headers.location).toBe('/v1/segments/buyers');
    expect(body).toEqual({
      id: 'buyers',
      name: 'Buyers',
      includeBots: false,
      condition: { ...condition, measure: { of: 'count' }, op: 'greaterOrEqual', value: 1 },
      version: 1,
      liveVersion: null,
      builtIn: false,
      status: 'backfilling',
      progress: 0,
      count: 0,
      createdAt: '2026-03-02T10:00:00.000Z',
      updatedAt: '2026-03-02T10:00:00.000Z',
    });
    expect(api.invoked).toBe(1);
    expect((await api.get('buyers')).body).toEqual(body);
  });

  test.each([
    ['Tent lovers (EU)', 'tent-lovers-eu'],
    ['  Größte Käufer  ', 'gro-te-kaufer'],
    ['x'.repeat(99), 'x'.repeat(64)],
    ['!!!', expect.stringMatching(/^segment-[0-9a-f]{8}$/)],
    ['テント', expect.stringMatching(/^segment-[0-9a-f]{8}$/)],
  ])('makes an id from the name %s', async (name, id) => {
    const { status, body } = await (await Api.empty()).create({ name, condition });
    expect([status, body.id]).toEqual([201, id]);
  });

  test('answers 409 for an id that there is, given or made', async () => {
    const api = await Api.empty();
    await api.create({ name: 'Buyers', condition });
    for (const json of [
      { name: 'Buyers', condition },
      { id: 'buyers', name: 'Others', condition },
    ]) {
      expect(await api.create(json)).toMatchObject({ status: 409, body: { code: 'segment_exists' } });
    }
  });

  test.each<[unknown, string]>([
    [{ name: 'x', condition: { type: 'trait', name: 'plan', op: 'equalz', value: 1 } }, 'condition.op'],
    [
      { name: 'x', condition: { type: 'all', conditions: [condition, { type: 'segment', id: 'ghost' }] } },
      'condition.conditions.1.id',
    ],
    [
      { id: 'x', name: 'x', condition: { type: 'not', condition: { type: 'segment', id: 'x' } } },
      'condition.condition.id',
    ],
    [
      { name: 'x', condition: { ...condition, where: [{ field: 'price', op: 'contains', value: 'a' }] } },
      'condition.where.0.op',
    ],
    [{ name: 'x', condition, extra: 1 }, 'extra'],
    [{ name: 'x' }, ''],
    [{ condition }, 'name'],
    [{ id: 'No', name: 'x', condition }, 'id'],
  ])('answers 400 for %j, with the path of what is wrong, and saves nothing', async (json, path) => {
    const api = await Api.empty();
    const { status, body } = await api.create(json);
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'invalid_body' });
    expect(body.errors.map((error: { path: string }) => error.path)).toContain(path);
    expect(await api.catalog.readRevision()).toBe(1);
    expect(api.invoked).toBe(0);
  });

  test('saves even if the backfill cannot be told', async () => {
    const api = await Api.empty();
    api.onInvoke = () => {
      throw new Error('Lambda is busy.');
    };
    expect((await api.create({ name: 'Buyers', condition })).status).toBe(201);
    expect((await api.get('buyers')).status).toBe(200);
  });

  test('keeps all of many segments that are made at one moment', async () => {
    const api = await Api.empty();
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, n) => api.create({ id: `s-${n}`, name: 's', condition })),
    );
    const saved = answers.filter(({ status }) => status === 201).length;
    expect(saved).toBeGreaterThan(0);
    expect(
      answers.every(({ status, headers }) => status === 201 || (status === 503 && headers['retry-after'] === '1')),
    ).toBe(true);
    expect((await api.list()).body.items).toHaveLength(saved);
  });
});

describe('PUT /v1/segments/{id}', () => {
  const other = { type: 'event', event: 'Cart Viewed' };

  test('makes a version that waits for its backfill while the one before decides', async () => {
    const api = await Api.empty();
    await api.create({ name: 'Buyers', condition });
    await api.backfilled();
    const { status, body } = await api.put('buyers', { name: 'Buyers', condition: other });
    expect(status).toBe(200);
    expect(body).toMatchObject({ version: 2, liveVersion: 1, status: 'backfilling', condition: other });
    await api.backfilled();
    expect((await api.get('buyers')).body).toMatchObject({ version: 2, liveVersion: 2, status: 'live' });
  });

  test('makes no version and no backfill of what is the same', async () => {
    const api = await Api.empty();
    await api.create({ name: 'Buyers', condition });
    const revision = await api.catalog.readRevision();
    expect((await api.put('buyers', { name: 'Buyers', condition })).body).toMatchObject({ version: 1 });
    expect(await api.catalog.readRevision()).toBe(revision);
    expect(api.invoked).toBe(1);
  });

  test('refuses when somebody else was faster, if asked to', async () => {
    const api = await Api.empty();
    await api.create({ name: 'Buyers', condition });
    expect((await api.put('buyers', { name: 'Buyers', condition: other }, { ifVersion: '1' })).status).toBe(200);
    const late = await api.put('buyers', { name: 'Buyers', condition }, { ifVersion: '1' });
    expect(late).toMatchObject({ status: 409, body: { code: 'segment_changed' } });
    expect((await api.put('buyers', { name: 'x', condition }, { ifVersion: 'x' })).status).toBe(400);
  });

  test('refuses another id than that of its path, and a segment that there is not', async () => {
    const api = await Api.empty();
    await api.create({ name: 'Buyers', condition });
    expect(await api.put('buyers', { id: 'others', name: 'x', condition })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'id' }] },
    });
    expect((await api.put('buyers', { id: 'buyers', name: 'x', condition })).status).toBe(200);
    expect(await api.put('ghost', { name: 'x', condition })).toMatchObject({
      status: 404,
      body: { code: 'segment_not_found' },
    });
  });

  test('refuses a circle', async () => {
    const api = await Api.empty();
    await api.create({ id: 'a', name: 'a', condition });
    await api.create({ id: 'b', name: 'b', condition: { type: 'segment', id: 'a' } });
    const { status, body } = await api.put('a', { name: 'a', condition: { type: 'segment', id: 'b' } });
    expect([status, body.errors[0].path]).toEqual([400, 'condition.id']);
  });
});

describe('DELETE /v1/segments/{id}', () => {
  test('takes the segment away and has its members told', async () => {
    const api = await Api.empty();
    await api.create({ name: 'Buyers', condition });
    expect(await api.delete('buyers')).toMatchObject({ status: 204, body: '' });
    expect(api.invoked).toBe(2);
    expect((await api.get('buyers')).status).toBe(404);
    expect((await api.delete('buyers')).status).toBe(404);
    expect((await api.catalog.read()).body.removed).toEqual([{ id: 'buyers', version: 1 }]);
  });

  test('names who uses it, and leaves it', async () => {
    const api = await Api.empty();
    await api.create({ name: 'Buyers', condition });
    await api.create({ id: 'fans', name: 'Fans', condition: { type: 'segment', id: 'buyers' } });
    const { status, body } = await api.delete('buyers');
    expect([status, body.code]).toEqual([409, 'segment_in_use']);
    expect(body.detail).toContain('fans');
    expect((await api.get('buyers')).status).toBe(200);
  });
});

describe('GET /v1/segments', () => {
  test('shows the built-in segments of a fresh deployment, live', async () => {
    const { status, body } = await new Api().list({ limit: '100' });
    expect(status).toBe(200);
    expect(body.items.length).toBeGreaterThan(20);
    for (const item of body.items) expect(item).toMatchObject({ builtIn: true, status: 'live', version: 1 });
  });

  test('goes through all of them page by page, by id, with their counts', async () => {
    const api = await Api.empty();
    for (const id of ['c', 'a', 'b']) await api.create({ id, name: id, condition });
    api.counts = { a: 3, b: 2 };
    const first = await api.list({ limit: '2' });
    expect(first.body.items).toMatchObject([
      { id: 'a', count: 3 },
      { id: 'b', count: 2 },
    ]);
    const second = await api.list({ limit: '2', cursor: first.body.nextCursor });
    expect(second.body).toMatchObject({ items: [{ id: 'c', count: 0 }], nextCursor: null });
    expect(await api.list({ cursor: 'x' })).toMatchObject({ status: 400, body: { errors: [{ path: 'cursor' }] } });
    expect((await api.list({ limit: '101' })).status).toBe(400);
  });
});

describe('GET /v1/segments/{id}', () => {
  const held = (over: Partial<HeldJob>, step: object): HeldJob => ({
    version: 1,
    owner: 'run',
    leaseUntil: NOW + 1,
    failures: [],
    job: {
      ...newJob('job', { segments: [{ id: 'buyers', version: 1 }], removed: [] }, NOW),
      step: step as never,
    },
    ...over,
  });

  test('tells how far the backfill is', async () => {
    const api = await Api.empty();
    await api.create({ name: 'Buyers', condition });
    api.held = held({}, { name: 'rows', pass: 'tracks', offset: 25, size: 100, windows: [] });
    expect((await api.get('buyers')).body).toMatchObject({ status: 'backfilling', progress: 0.25 });
  });

  test('wakes a backfill that nobody works on, and leaves one alone that somebody does', async () => {
    const api = await Api.empty();
    await api.create({ name: 'Buyers', condition });
    api.held = held({ leaseUntil: NOW + 1 }, { name: 'begin' });
    await api.get('buyers');
    expect(api.invoked).toBe(1);
    api.held = held({ leaseUntil: NOW - 1 }, { name: 'begin' });
    await api.get('buyers');
    expect(api.invoked).toBe(2);
    await api.backfilled();
    await api.get('buyers');
    expect(api.invoked).toBe(2);
  });

  test('tells that the backfill fails', async () => {
    const api = await Api.empty();
    await api.create({ name: 'Buyers', condition });
    api.held = {
      ...held({}, {}),
      job: undefined,
      failures: [{ id: 'buyers', version: 1, count: 3, notBefore: 0 }],
    };
    expect((await api.get('buyers')).body).toMatchObject({ progress: 0, problem: expect.stringContaining('3 times') });
  });

  test('lists the values of a segment that tags, the largest first', async () => {
    const api = await Api.empty();
    const tags = { event: { event: 'Product Viewed' }, by: 'category', atLeast: 2, last: { days: 30 } };
    await api.create({ id: 'likes', name: 'Likes', tags });
    api.values = ['Tents', 'Boots'];
    api.counts = { 'likes:Tents': 1, 'likes:Boots': 4 };
    const { body } = await api.get('likes');
    expect(body.values).toEqual([
      { id: 'likes:Boots', value: 'Boots', count: 4 },
      { id: 'likes:Tents', value: 'Tents', count: 1 },
    ]);
    expect(body.count).toBeUndefined();
  });
});

describe('GET /v1/segments/{id}/members', () => {
  const member = { segmentId: 'buyers', n: 1, hasLeft: false, since: NOW };

  test('lists persons by their keys', async () => {
    const api = await Api.empty();
    await api.create({ name: 'Buyers', condition });
    api.listMembers = async (id, page) => {
      expect([id, page]).toEqual(['buyers', { limit: 20 }]);
      const items = ['user:ada', 'anonymous:x'].map((key) => ({ ...member, key, profileId: `p-${key}` }));
      return { items, nextCursor: 'more' };
    };
    expect((await api.members('buyers')).body).toEqual({
      items: [
        { profileId: 'p-user:ada', key: 'user:ada', userId: 'ada', since: '2026-03-02T10:00:00.000Z' },
        { profileId: 'p-anonymous:x', key: 'anonymous:x', userId: null, since: '2026-03-02T10:00:00.000Z' },
      ],
      nextCursor: 'more',
    });
  });

  test('asks for one value of a segment that tags', async () => {
    const api = await Api.empty();
    const tags = { event: { event: 'Product Viewed' }, by: 'category', atLeast: 2, last: { days: 30 } };
    await api.create({ id: 'likes', name: 'Likes', tags });
    await api.create({ name: 'Buyers', condition });
    expect((await api.members('likes:Tents & more:é')).status).toBe(200);
    expect(await api.members('likes')).toMatchObject({ status: 400, body: { errors: [{ path: 'id' }] } });
    expect((await api.members('buyers:x')).status).toBe(404);
  });

  test('answers 404 for a segment that there is not, and 400 for a cursor that is none', async () => {
    const api = await Api.empty();
    expect((await api.members('ghost')).status).toBe(404);
    await api.create({ name: 'Buyers', condition });
    api.listMembers = () => Promise.reject(new CursorError());
    expect(await api.members('buyers', { cursor: 'x' })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'cursor' }] },
    });
  });
});

describe('POST /v1/segments/preview', () => {
  test('answers how many and some of them', async () => {
    const api = await Api.empty();
    api.rows = [
      ['user:ada', '41'],
      ['anonymous:x', '41'],
    ];
    const { status, body } = await api.preview({ condition });
    expect(status).toBe(200);
    expect(body).toMatchObject({ count: 41, sample: [{ key: 'user:ada', userId: 'ada' }, { userId: null }] });
    api.rows = [];
    expect((await api.preview({ condition })).body).toEqual({ count: 0, sample: [] });
    expect(await api.catalog.readRevision()).toBe(1);
  });

  test('knows the segments that it names, also those that wait', async () => {
    const api = await Api.empty();
    await api.create({ id: 'carts', name: 'Carts', condition: { type: 'event', event: 'Cart Viewed' } });
    expect((await api.preview({ condition: { type: 'segment', id: 'carts' } })).status).toBe(200);
    expect(api.sql).toContain('Cart Viewed');
    expect(await api.preview({ condition: { type: 'segment', id: 'ghost' } })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'condition.id' }] },
    });
  });

  test.each([
    [new AthenaTimeoutError(25_000), 504, 'query_timeout'],
    [new AthenaQueryError('Query exhausted resources for ada@example.org'), 503, 'query_failed'],
    [new Error('TooManyRequestsException'), 503, 'query_failed'],
  ])('says what is the matter after %s, without words of the query', async (error, status, code) => {
    const api = await Api.empty();
    api.onQuery = () => {
      throw error;
    };
    const answer = await api.preview({ condition });
    expect(answer).toMatchObject({ status, body: { code } });
    expect(JSON.stringify(answer)).not.toContain('ada@example.org');
  });
});

test('GET /v1/rfm-quintiles answers the bounds, or that there is nobody', async () => {
  const api = await Api.empty();
  const quintiles = (query: Record<string, string>) => api.call('GET /v1/rfm-quintiles', { query });
  api.rows = [['120', '[3,10,40,100]', '[1,1,2,4]', '[20.5,50,90,200]']];
  expect((await quintiles({ currency: 'EUR' })).body).toEqual({
    currency: 'EUR',
    customers: 120,
    recencyDays: [3, 10, 40, 100],
    frequency: [1, 1, 2, 4],
    monetary: [20.5, 50, 90, 200],
    asOf: '2026-03-02T10:00:00.000Z',
  });
  api.rows = [['0', null, null, null]];
  expect((await quintiles({ currency: 'EUR' })).body).toMatchObject({ customers: 0, monetary: null });
  for (const query of [{}, { currency: 'euro' }]) {
    expect(await quintiles(query)).toMatchObject({ status: 400, body: { errors: [{ path: 'currency' }] } });
  }
});

test('asks for an API key', async () => {
  const api = new Api();
  const headers = { authorization: 'Bearer sk_other' };
  for (const route of ['GET /v1/segments', 'POST /v1/segments', 'POST /v1/segments/preview', 'GET /v1/rfm-quintiles']) {
    expect((await api.call(route, { headers })).status).toBe(401);
  }
});

/** Conditions, right and nearly right. */
const someCondition = fc.letrec<{ condition: unknown }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.record({ type: fc.constant('segment'), id: fc.constantFrom('a', 'b', 'c', 'ghost') }),
    fc.record({
      type: fc.constant('trait'),
      name: fc.string(),
      op: fc.constantFrom('equals', 'in', 'matches', 'x'),
      value: fc.jsonValue(),
    }),
    fc.record({
      type: fc.constant('event'),
      event: fc.oneof(fc.string(), fc.array(fc.string())),
      value: fc.oneof(fc.nat(900), fc.jsonValue()),
    }),
    fc.record({ type: fc.constant('share'), percent: fc.oneof(fc.nat(100), fc.double()), salt: fc.string() }),
    fc.record({ type: fc.constantFrom('all', 'any'), conditions: fc.array(tie('condition'), { maxLength: 3 }) }),
    fc.record({ type: fc.constant('not'), condition: tie('condition') }),
    fc.jsonValue(),
  ),
})).condition;

const someDefinition = fc.oneof(
  fc.record({
    id: fc.constantFrom('a', 'b', 'c'),
    name: fc.string({ minLength: 1, maxLength: 20 }),
    condition: someCondition,
  }),
  fc.record({ name: fc.oneof(fc.string(), fc.jsonValue()), tags: fc.jsonValue() }, { requiredKeys: [] }),
  fc.jsonValue(),
);

test('answers any body with success or a problem of the caller, and never saves a catalog that cannot be evaluated', async () => {
  const calls = fc.array(
    fc.tuple(fc.constantFrom('create', 'put', 'delete', 'preview'), fc.constantFrom('a', 'b', 'c'), someDefinition),
    { maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(calls, async (all) => {
      const api = await Api.empty();
      for (const [what, id, json] of all) {
        const answer = await (what === 'create'
          ? api.create(json)
          : what === 'put'
            ? api.put(id, json)
            : what === 'preview'
              ? api.preview(json)
              : api.delete(id));
        expect([200, 201, 204, 400, 404, 409], JSON.stringify(json)).toContain(answer.status);
        const { body } = await api.catalog.read();
        expect(() => compileCatalog(body.entries)).not.toThrow();
      }
    }),
    { numRuns: 150 },
  );
});
