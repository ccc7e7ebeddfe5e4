import { beforeEach, describe, expect, test, vi } from 'vitest';
import { createPrivacyApi } from '../../../functions/privacy-api/privacy-api.ts';
import { privacyRequestView } from '../../../schemas/api/privacy.ts';
import type { PrivacyRequest } from '../../../schemas/privacy.ts';
import type { Key } from '../../../schemas/stream/control.ts';
import type { RegisterEntry } from '../../../shared/privacy/register.ts';
import { registerId } from '../../../shared/privacy/register.ts';
import { AnAuditLog } from '../an-audit-log.ts';
import { aContext, anHttpEvent, answerOf } from '../http-event.ts';
import { settingsKeys } from '../settings-keys.ts';

const NOW = Date.parse('2026-03-02T10:00:00Z');
const DAY = 86_400_000;

let requests: Map<string, PrivacyRequest>;
let entries: Map<Key, RegisterEntry>;
let lifted: Key[];
let isStoreUp: boolean;
const wake = vi.fn();

let audit: AnAuditLog;
beforeEach(() => {
  requests = new Map();
  entries = new Map();
  lifted = [];
  isStoreUp = true;
  audit = new AnAuditLog();
  wake.mockReset().mockResolvedValue(undefined);
});

async function send(
  routeKey: string,
  parts: { body?: object; params?: { id: string } },
  scopes = ['privacy'] as const,
) {
  const handler = createPrivacyApi({
    requests: {
      create: async (request) => {
        if (!isStoreUp) throw new Error('The table is out of reach.');
        requests.set(request.id, request);
      },
      read: async (id) => requests.get(id),
      open: async () => [...requests.values()].filter(({ completedAt }) => completedAt === undefined),
    },
    register: {
      read: async (keys) =>
        new Map(keys.flatMap((key) => (entries.has(key) ? [[key, entries.get(key) as never]] : []))),
      lift: async (keys) => void lifted.push(...keys),
    },
    linkTo: (key, seconds, now) => ({ url: `https://s3.example/${key}`, expiresAt: now + seconds * 1_000 }),
    wake,
    clock: () => NOW,
    newId: () => `r-${requests.size + 1}`,
    apiKeys: settingsKeys({ local: 'sk_local' }, scopes as never),
    audit,
    log: () => undefined,
  });
  const { body, ...rest } = parts;
  const event = anHttpEvent(routeKey, {
    headers: { authorization: 'Bearer sk_local' },
    ...rest,
    ...(body && { body: JSON.stringify(body) }),
  });
  return answerOf(await handler(event, aContext()));
}
const erase = (body: object) => send('POST /v1/privacy/erasures', { body });
const read = (id: string) => send('GET /v1/privacy/requests/{id}', { params: { id } });
const lift = (body: object) => send('DELETE /v1/privacy/suppressions', { body });

describe('asking', () => {
  test('is stored with every key that is named, wakes the worker, and is followed at its url', async () => {
    const answer = await erase({ userId: ' ada ', anonymousId: 'd-1', email: 'Ada@X.org', phone: '+49 30 123456' });
    expect(answer).toMatchObject({ status: 202, body: { state: 'waiting', url: '/v1/privacy/requests/r-1' } });
    expect(requests.get('r-1')).toMatchObject({
      type: 'erasure',
      suppress: true,
      keys: ['user:ada', 'anonymous:d-1', 'email:ada@x.org', 'phone:+4930123456'],
      requestedAt: NOW,
    });
    expect(wake).toHaveBeenCalled();
    const view = await read('r-1');
    expect(view.status).toBe(200);
    expect(privacyRequestView.parse(view.body)).toMatchObject({ state: 'waiting', step: 'waiting' });
    expect(JSON.stringify(view.body)).not.toContain('ada');
  });

  test('is taken though the worker sleeps, and refused with 503 when it cannot be stored', async () => {
    wake.mockRejectedValue(new Error('Throttled'));
    expect((await send('POST /v1/privacy/exports', { body: { userId: 'ada' } })).status).toBe(202);
    isStoreUp = false;
    expect(await erase({ userId: 'ada' })).toMatchObject({ status: 503, body: { code: 'not_stored' } });
  });

  test.each([
    {},
    { userId: '' },
    { userId: 7 },
    { userId: 'a', other: 1 },
    { email: 'nobody' },
    { phone: '12' },
    { userId: 'a', suppress: 'no' },
  ])('refuses %j and says why', async (body) => {
    expect(await erase(body)).toMatchObject({ status: 400, body: { code: 'invalid_body' } });
  });

  test('needs the scope privacy', async () => {
    const answer = await send('POST /v1/privacy/erasures', { body: { userId: 'a' } }, ['read', 'manage'] as never);
    expect(answer).toMatchObject({ status: 403, body: { code: 'privacy_scope_missing' } });
    expect(requests.size).toBe(0);
  });
});

describe('following', () => {
  const done = (more: Partial<PrivacyRequest>): void => {
    const request = {
      id: 'r-1',
      state: 'done',
      step: 'done',
      keys: [],
      suppress: true,
      requestedAt: NOW - 9 * DAY,
    } as const;
    requests.set('r-1', { type: 'erasure', ...request, completedAt: NOW - DAY, ...more });
  };

  test('shows the receipt of an erasure', async () => {
    const receipt = { removed: [{ store: 'events', what: 'rows', count: 2 }], remaining: [] };
    done({ receipt });
    expect(privacyRequestView.parse((await read('r-1')).body)).toMatchObject({ state: 'done', receipt });
  });

  test('links to the archive of an export for a week', async () => {
    done({ type: 'export', archive: 'privacy/exports/r-1.json.gz' });
    expect((await read('r-1')).body).toMatchObject({
      download: { url: 'https://s3.example/privacy/exports/r-1.json.gz', expiresAt: '2026-03-02T10:15:00.000Z' },
    });
    done({ type: 'export', archive: 'privacy/exports/r-1.json.gz', completedAt: NOW - 7 * DAY });
    expect((await read('r-1')).body).not.toHaveProperty('download');
  });

  test('answers 404 for a request that there is not', async () => {
    expect(await read('r-9')).toMatchObject({ status: 404, body: { code: 'privacy_request_not_found' } });
  });
});

describe('lifting a suppression', () => {
  const erased = { erased: { requestId: 'r-1', at: NOW - DAY, suppress: true }, consent: {} };

  test('takes events of erased ids again, and says of how many', async () => {
    entries.set('user:ada', erased).set('anonymous:d-1', { consent: {} });
    expect(await lift({ userId: 'ada', anonymousId: 'd-1' })).toMatchObject({ status: 200, body: { lifted: 1 } });
    expect(lifted).toEqual(['user:ada']);
  });

  test('waits for an erasure of the person that is under way', async () => {
    entries.set('user:ada', erased);
    await erase({ userId: 'ada' });
    expect(await lift({ userId: 'ada' })).toMatchObject({ status: 409, body: { code: 'erasure_under_way' } });
    expect(lifted).toEqual([]);
  });
});

describe('the audit log', () => {
  const ada = registerId('user:ada');

  test('says who asks for what before it is done, and that it was done, and names nobody', async () => {
    await erase({ userId: 'ada' });
    await send('POST /v1/privacy/exports', { body: { userId: 'ada' } });
    await lift({ userId: 'bob' });
    expect(audit.entries.map(({ action, target, outcome }) => [action, target, outcome])).toEqual([
      ['erasure.request', ada, 'asked'],
      ['erasure.request', ada, 'done'],
      ['export.request', ada, 'asked'],
      ['export.request', ada, 'done'],
      ['suppression.lift', registerId('user:bob'), 'asked'],
      ['suppression.lift', registerId('user:bob'), 'done'],
    ]);
    expect(audit.entries[0]).toMatchObject({
      actor: 'local',
      actorType: 'key',
      scope: 'privacy',
      ip: '203.0.113.0',
      requestId: 'request-1',
    });
    expect(JSON.stringify(audit.entries)).not.toContain('ada"');
  });

  test('says why a request was refused', async () => {
    isStoreUp = false;
    await erase({ userId: 'ada' });
    expect(audit.entries.map(({ outcome }) => outcome)).toEqual(['asked', 'not_stored']);
  });

  test.each([
    ['an erasure', () => erase({ userId: 'ada' })],
    ['an export', () => send('POST /v1/privacy/exports', { body: { userId: 'ada' } })],
    ['a lifting', () => lift({ userId: 'ada' })],
  ])('is needed by %s: without it nothing is done', async (_, ask) => {
    entries.set('user:ada', { erased: { requestId: 'r-0', at: NOW, suppress: true }, consent: {} } as never);
    audit.isOut = true;
    expect(await ask()).toMatchObject({ status: 503, body: { code: 'not_stored' } });
    expect([requests.size, lifted]).toEqual([0, []]);
  });
});
