import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, lastWithout } from './eventually.ts';
import { basic, type Headwater, startHeadwater } from './headwater.ts';
import { type Ended, run } from './run-command.ts';

let headwater: Headwater;

beforeAll(async () => {
  headwater = await startHeadwater();
});
afterAll(() => headwater?.stop());

async function keys(...args: string[]): Promise<Ended> {
  const ended = await run('keys', [...args, '--data', headwater.dataDir]);
  return { ...ended, out: ended.out.trim() };
}

async function call(key: string, method = 'GET', path = '/v1/segments') {
  const answer = await fetch(headwater.url + path, { method, headers: { authorization: `Bearer ${key}` } });
  const body = (await answer.json()) as { code?: string };
  return { status: answer.status, code: body.code, retryAfter: answer.headers.get('retry-after') };
}

test('a key is made, works by its scope, is rotated without a gap, and is revoked', async () => {
  const made = await keys('create', '--id', 'app', '--scope', 'read');
  expect(made.err).toContain('Made app');
  expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/^sk_[\w-]{43}$/) });
  expect(await call(made.out)).toMatchObject({ status: 200 });
  expect(await call(made.out, 'POST')).toMatchObject({ status: 403, code: 'manage_scope_missing' });
  expect(await call(made.out, 'GET', '/v1/catalog/items')).toMatchObject({ status: 200 });
  expect(await keys('create', '--id', 'app', '--scope', 'read')).toMatchObject({
    code: 1,
    err: expect.stringContaining('There is a key of the name app'),
  });

  const rotated = await keys('rotate', 'app', '--overlap', '1h');
  expect(await call(made.out)).toMatchObject({ status: 200 });
  expect(await call(rotated.out)).toMatchObject({ status: 200 });

  const listed = JSON.parse((await keys('list', '--json')).out) as { id: string; state: string }[];
  expect(listed.map(({ id, state }) => [id, state])).toEqual([
    ['local', 'valid'],
    ['local', 'valid'],
    ['app', 'ends'],
    ['app', 'valid'],
  ]);

  expect(await keys('revoke', 'app')).toMatchObject({ code: 0, err: expect.stringContaining('2 keys') });
  const isRefused = async (key: string) => (await call(key)).status === 401;
  const passed = await lastWithout(async () => (await isRefused(made.out)) && (await isRefused(rotated.out)));
  expect(passed).toBeLessThan(30_000);
  expect(await call(rotated.out)).toMatchObject({ status: 401, code: 'key_unknown' });
  expect(await keys('revoke', 'app')).toMatchObject({ code: 1, err: expect.stringContaining('The key app is over') });
});

test('what was done with keys stands in the audit log', async () => {
  const shown = async () => {
    const sql = `SELECT DISTINCT action, outcome, actor_type FROM audit_log
      WHERE target = 'app' OR (action = 'key.use' AND actor = 'app') ORDER BY 1, 2`;
    return (await headwater.query(sql)).map(({ action, outcome, actor_type }) =>
      [action, outcome, actor_type].join(' '),
    );
  };
  const expected = [
    'key.create asked command',
    'key.create done command',
    'key.create refused command',
    'key.revoke asked command',
    'key.revoke done command',
    'key.revoke refused command',
    'key.rotate asked command',
    'key.rotate done command',
    'key.use done key',
  ];
  await eventually(async () => (await shown()).length === expected.length);
  expect(await shown()).toEqual(expected);
});

test('a row of raw names the request that brought it, as its answer does', async () => {
  const message = { type: 'track', event: 'Seen', userId: 'keys-2', messageId: 'keys-2' };
  const answer = await fetch(`${headwater.url}/v1/track`, {
    method: 'POST',
    headers: { authorization: basic('wk_local') },
    body: JSON.stringify(message),
  });
  const rows = () => headwater.query("SELECT request_id FROM raw WHERE message_id = 'keys-2'");
  await eventually(async () => (await rows()).length === 1);
  expect(await rows()).toEqual([{ request_id: answer.headers.get('apigw-requestid') }]);
});

test('a write key sends events of its source, and may nothing else', async () => {
  const { out } = await keys('create', '--id', 'shop-web', '--scope', 'ingest', '--source', 'shop');
  const event = { type: 'track', event: 'Seen', userId: 'keys-1', messageId: 'keys-1' };
  expect((await headwater.post('/v1/track', event, { authorization: basic(out) })).status).toBe(200);
  expect(await call(out)).toMatchObject({ status: 403, code: 'read_scope_missing' });
  await headwater.settled();
  const rows = await headwater.query(`SELECT source_id FROM events WHERE message_id = 'keys-1'`);
  expect(rows).toEqual([{ source_id: 'shop' }]);
});

test('a limited key gets 429 with Retry-After above its limit, in all sandboxes together', async () => {
  const { out } = await keys('create', '--id', 'slow', '--scope', 'read', '--rate', '2');
  await call(out);
  const began = Date.now();
  const answers = await Promise.all(Array.from({ length: 60 }, () => call(out)));
  const seconds = Math.floor(Date.now() / 1000) - Math.floor(began / 1000) + 1;
  const passed = answers.filter(({ status }) => status === 200).length;
  expect(passed).toBeLessThanOrEqual(2 * seconds);
  const refused = answers.find(({ status }) => status === 429);
  expect(refused).toMatchObject({ code: 'too_many_requests', retryAfter: '1' });
  await eventually(async () => (await call(out)).status === 200);
});

test('two brands of one stage share ids and addresses, and know nothing of each other', async () => {
  const write = await keys(
    'create',
    '--id',
    'b-web',
    '--scope',
    'ingest',
    '--source',
    'brand-b-web',
    '--space',
    'brand-b',
  );
  const app = await keys('create', '--id', 'b-app', '--scope', 'read,manage,privacy', '--space', 'brand-b');
  expect(app.err).toContain('for people of the space brand-b');
  const send = (key: string, brand: string) =>
    headwater.post(
      '/v1/identify',
      {
        userId: '42',
        anonymousId: 'shared',
        messageId: `space-${brand}`,
        traits: { email: 'ada@example.com', brand },
      },
      { authorization: basic(key) },
    );
  for (const [key, brand] of [
    [write.out, 'b'],
    ['wk_local', 'a'],
  ] as const)
    expect((await send(key, brand)).status).toBe(200);
  const inside = { type: 'track', event: 'Seen', userId: 'brand-b/42', messageId: 'space-intruder' };
  expect((await headwater.post('/v1/track', inside)).status).toBe(200);
  await headwater.settled();

  const asked = async (key: string, path: string, method = 'GET', body?: object) => {
    const answer = await fetch(headwater.url + path, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: await answer.json() } as { status: number; body: Record<string, unknown> };
  };
  for (const id of ['42', 'anonymous%3Ashared', 'email%3Aada%40example.com']) {
    const own = { status: 200, body: { userId: '42', anonymousIds: ['shared'], traits: { brand: 'b' } } };
    expect(await asked(app.out, `/v1/profiles/${id}`)).toMatchObject(own);
    expect(await asked('sk_local', `/v1/profiles/${id}`)).toMatchObject({
      status: 200,
      body: { traits: { brand: 'a' } },
    });
  }
  expect(await asked(app.out, '/v1/reports')).toMatchObject({ status: 403, body: { code: 'space_restricted' } });
  const members = await asked(app.out, '/v1/segments/lifecycle-new/members');
  expect(members.body).toMatchObject({ items: [{ key: 'user:42', userId: '42' }], nextCursor: null });

  expect(await asked(app.out, '/v1/profiles/42/consent', 'PUT', { marketing: false })).toMatchObject({ status: 202 });
  await headwater.settled();
  expect((await asked(app.out, '/v1/profiles/42')).body.consent).toEqual({ marketing: false });
  expect((await asked('sk_local', '/v1/profiles/42')).body.consent).toEqual({});

  const people = await headwater.query(
    "SELECT DISTINCT person_key, source_id FROM events WHERE message_id LIKE 'space-%' ORDER BY 1",
  );
  expect(people).toEqual([
    { person_key: 'user:42', source_id: 'local' },
    { person_key: 'user:brand-b/42', source_id: 'brand-b-web' },
  ]);
  const failed = "SELECT reason, path FROM failed_events WHERE message_id = 'space-intruder'";
  expect(await headwater.query(failed)).toEqual([{ reason: 'foreign_space', path: 'events.0.userId' }]);

  const erasure = await asked(app.out, '/v1/privacy/erasures', 'POST', { email: 'ada@example.com' });
  await eventually(async () => (await asked(app.out, String(erasure.body.url))).body.state === 'done');
  expect((await asked(app.out, '/v1/profiles/42')).status).toBe(404);
  expect((await asked('sk_local', '/v1/profiles/42')).body).toMatchObject({ traits: { brand: 'a' } });
  const left = await headwater.query("SELECT message_id FROM raw WHERE message_id LIKE 'space-%' ORDER BY 1");
  // What was refused because it named the person has gone with them.
  expect(left.map(({ message_id }) => message_id)).toEqual(['space-a']);
});

test('the command says what it needs', async () => {
  expect(await keys('create', '--id', 'x')).toMatchObject({
    code: 1,
    err: expect.stringContaining('create needs --scope'),
  });
  expect(await keys('create', '--id', 'x', '--scope', 'read', '--space', 'brand-x')).toMatchObject({
    code: 1,
    err: expect.stringContaining('There is no space brand-x: the stage has brand-b'),
  });
  expect(await keys('rotate', 'nobody')).toMatchObject({
    code: 1,
    err: expect.stringContaining('There is no key nobody'),
  });
  expect(await keys('--help')).toMatchObject({ code: 0, out: expect.stringContaining('Usage: npm run keys') });
});
