import { beforeEach, expect, test, vi } from 'vitest';
import { accessKeys } from '../../../functions/middleware/access-keys.ts';
import { json } from '../../../functions/middleware/http.ts';
import { httpApi } from '../../../functions/middleware/http-api.ts';
import { createKeyCheck, type KeyCheck } from '../../../functions/middleware/key-check.ts';
import { KeyUses } from '../../../functions/middleware/key-uses.ts';
import { apiScopes, type Scope } from '../../../schemas/access-key.ts';
import { AnAuditLog } from '../an-audit-log.ts';
import { aContext, anHttpEvent, answerOf } from '../http-event.ts';
import { sha256 } from '../settings-keys.ts';

const text = (name: string) => `sk_${name.padStart(43, '-')}`;
const stored = { createdAt: 0, scopes: ['read' as const] };
const revoked = { ...stored, id: 'old', sha256: sha256(text('old')), revokedAt: 1 };
const reader = { ...stored, id: 'reader', sha256: sha256(text('reader')) };
const endpoint = { operationId: 'change', method: 'GET', path: '/v1/change', auth: 'manage', space: 'none' } as const;

let audit: AnAuditLog;
let keys: KeyCheck;
beforeEach(() => {
  audit = new AnAuditLog();
  keys = createKeyCheck({
    find: accessKeys([{ id: 'shop', sha256: sha256('sk_shop') }], apiScopes),
    read: async (hash) => [revoked, reader].find(({ sha256 }) => sha256 === hash),
    take: async (_, __, second) => ({ second, requests: 0 }),
    uses: new KeyUses(audit, 'report-api'),
    clock: audit.clock,
  });
});

async function use(times: number, scope: Scope = 'read'): Promise<void> {
  const key = await keys.find('sk_shop');
  if (key === undefined) throw new Error('The key is unknown.');
  for (let time = 0; time < times; time += 1) await keys.admit(key, scope);
  await keys.settled?.();
}
const uses = () => audit.entries.map((entry) => entry.uses);
const HOUR = 3_600_000;

/** Asks for what the scope `manage` is needed for. */
const ask = async (key: string | undefined, sourceIp = '203.0.113.77') => {
  const handler = httpApi({ endpoints: [endpoint], operations: { change: () => json(200, {}) }, apiKeys: keys });
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  return answerOf(await handler(anHttpEvent('GET /v1/change', { headers, sourceIp }), aContext())).status;
};

test('the first use of a key in an hour is written down, with those since the entry before', async () => {
  await use(3);
  audit.now += HOUR - 1;
  await use(2);
  audit.now += 1;
  await use(4);
  expect(uses()).toEqual([1, 5]);
  expect(audit.entries[0]).toMatchObject({
    actor: 'shop',
    action: 'key.use',
    targetType: 'function',
    target: 'report-api',
    scope: 'read',
  });
});

test('each scope is written down by itself', async () => {
  await use(2);
  await use(1, 'privacy');
  expect(audit.entries.map(({ scope }) => scope)).toEqual(['read', 'privacy']);
});

test('a scope that a key lacks is no use of it', async () => {
  await expect(use(1, 'ingest')).rejects.toThrow(/scope ingest/);
  expect(audit.entries).toEqual([]);
});

test('a use that could not be written holds nobody up, and is counted in an entry a minute later', async () => {
  audit.isOut = true;
  await use(2);
  audit.isOut = false;
  audit.now += 59_999;
  await use(1);
  audit.now += 1;
  await use(1);
  expect(uses()).toEqual([4]);
});

test.each<[string, string | undefined, number, string, string]>([
  ['no key at all', undefined, 401, 'nobody', 'key_missing'],
  ['a made-up key', text('made-up'), 401, 'nobody', 'key_unknown'],
  ['what is no key', 'secret', 401, 'nobody', 'key_unknown'],
  ['a revoked key', text('old'), 401, 'old', 'key_unknown'],
  ['a key without the scope', text('reader'), 403, 'reader', 'manage_scope_missing'],
])(
  'a request with %s is refused, and that is written down without what was given',
  async (_, key, status, actor, code) => {
    expect(await ask(key)).toBe(status);
    expect(audit.entries).toEqual([
      {
        id: 'entry-0',
        at: audit.now,
        actor,
        actorType: 'key',
        ip: '203.0.113.0',
        action: 'key.refuse',
        targetType: 'function',
        target: 'report-api',
        outcome: code,
        scope: 'manage',
        requestId: 'request-1',
        uses: 1,
      },
    ]);
    expect(JSON.stringify(audit.entries)).not.toContain(key ?? 'Bearer');
  },
);

test('a flood of made-up keys is one entry an hour, with how many came', async () => {
  for (let n = 0; n < 15; n += 1) await ask(text(`made-up-${n}`));
  audit.now += HOUR;
  await ask(text('made-up-again'), '198.51.100.9');
  expect(audit.entries.map(({ outcome, uses, ip }) => [outcome, uses, ip])).toEqual([
    ['key_unknown', 1, '203.0.113.0'],
    ['key_unknown', 15, '198.51.100.0'],
  ]);
});

test('a request that is let through is no refusal', async () => {
  expect(await ask('sk_shop')).toBe(200);
  expect(audit.entries.map(({ action }) => action)).toEqual(['key.use']);
});

test('a metric counts entries that could not be written', async () => {
  audit.isOut = true;
  const print = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  await ask(text('made-up'));
  await use(1);
  const lines = print.mock.calls.map(([line]) => JSON.parse(String(line)));
  print.mockRestore();
  const metrics = lines.filter((line) => '_aws' in line);
  expect(metrics.map((line) => [line.AuditNotWritten, line.action])).toEqual([
    [1, 'key.refuse'],
    [1, 'key.use'],
  ]);
  expect(metrics[0]._aws.CloudWatchMetrics).toEqual([
    { Namespace: audit.namespace, Dimensions: [[]], Metrics: [{ Name: 'AuditNotWritten' }] },
  ]);
  expect(lines.filter(({ code }) => code === 'audit_not_written')).toHaveLength(4);
});
