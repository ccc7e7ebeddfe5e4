import { beforeEach, expect, test } from 'vitest';
import { accessKeys } from '../../../functions/middleware/access-keys.ts';
import { createKeyCheck, type KeyCheck } from '../../../functions/middleware/key-check.ts';
import { KeyUses } from '../../../functions/middleware/key-uses.ts';
import { apiScopes, type Scope } from '../../../schemas/access-key.ts';
import { AnAuditLog } from '../an-audit-log.ts';
import { sha256 } from '../settings-keys.ts';

let audit: AnAuditLog;
let keys: KeyCheck;
beforeEach(() => {
  audit = new AnAuditLog();
  keys = createKeyCheck({
    find: accessKeys([{ id: 'shop', sha256: sha256('sk_shop') }], apiScopes),
    read: async () => undefined,
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
