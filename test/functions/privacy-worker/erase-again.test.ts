import { beforeEach, expect, test } from 'vitest';
import type { Item } from '../../../functions/adapters/dynamodb.ts';
import { eraseAgain } from '../../../functions/privacy-worker/erase-again.ts';
import type { PrivacyRequest } from '../../../schemas/privacy.ts';
import type { AuditEntry } from '../../../schemas/stream/audit.ts';
import type { Key } from '../../../schemas/stream/control.ts';
import { registerId } from '../../../shared/privacy/register.ts';

const RESTORED = Date.parse('2026-03-02T10:00:00Z');
const HOUR = 3_600_000;

let register: Item[];
let profiles: string[];
let lakeKeys: Key[];
let asked: PrivacyRequest[];
let lakeAsked: (readonly string[])[];
let audited: AuditEntry[];
beforeEach(() => {
  [register, profiles, lakeKeys, asked, lakeAsked, audited] = [[], [], [], [], [], []];
});

const walk = (items: () => readonly Item[]) => async (after: Item | undefined) => {
  const at = after === undefined ? 0 : Number(after.at?.N);
  const next = at + 1 < items().length ? { after: { at: { N: String(at + 1) } } } : {};
  return { items: items().slice(at, at + 1), ...next };
};

const again = () => {
  let made = 0;
  return eraseAgain(
    {
      walkRegister: walk(() => register),
      walkProfiles: walk(() => profiles.map((id) => ({ id: { S: id } }))),
      keysInLake: async function* (ids) {
        lakeAsked.push(ids);
        yield* lakeKeys;
      },
      requests: { create: async (request) => void asked.push(request) },
      audit: async (entries) => void audited.push(...entries),
      clock: () => RESTORED + 5 * HOUR,
      newId: () => `again-${++made}`,
      log: () => undefined,
    },
    RESTORED,
  );
};

/** An erasure that began and ended so many hours after the moment. */
function erased(id: string, keys: readonly Key[], begun: number, ended: number | undefined, suppress = true): void {
  const at = RESTORED + begun * HOUR;
  for (const key of keys) {
    const erasedAt = { N: String(at) };
    register.push({ id: { S: registerId(key) }, erasedAt, erasedBy: { S: id }, suppress: { BOOL: suppress } });
  }
  const completedAt = ended === undefined ? {} : { completedAt: RESTORED + ended * HOUR };
  const request = { id, type: 'erasure', requestedAt: at, keys: [], suppress, ...completedAt };
  register.push({ id: { S: `q:${id}` }, request: { S: JSON.stringify(request) } });
}

test('asks again for whoever was erased since and is back, by all keys that are back', async () => {
  erased('ada', ['user:ada', 'anonymous:d-1', 'email:ada@x.org'], 1, 2);
  erased('bea', ['user:bea'], 2, 3, false);
  register.push({ id: { S: registerId('user:cleo') }, consent: { S: '{}' } });
  profiles = ['user:ada', 'dedup:0:user:ada', 'user:bob', 'user:cleo', 'user:bea'];
  lakeKeys = ['anonymous:d-1', 'user:ada', 'user:somebody-else'];

  expect(await again()).toEqual({ erasures: 2, requests: ['again-1', 'again-2'] });
  expect(asked).toMatchObject([
    { type: 'erasure', state: 'waiting', keys: ['user:ada', 'anonymous:d-1'], suppress: true },
    { type: 'erasure', state: 'waiting', keys: ['user:bea'], suppress: false },
  ]);
  expect(audited.map(({ action, target }) => [action, target])).toEqual([
    ['erasure.request', `${registerId('user:ada')},${registerId('anonymous:d-1')}`],
    ['erasure.request', registerId('user:bea')],
  ]);
});

test('an erasure counts by its end: one that ended before the moment is over, one that ended after or goes on is not', async () => {
  erased('before', ['user:before'], -3, -1);
  erased('across', ['user:across'], -1, 1);
  erased('open', ['user:open'], -1, undefined);
  profiles = ['user:before', 'user:across', 'user:open'];
  await again();
  expect(asked.flatMap(({ keys }) => keys)).toEqual(['user:across', 'user:open']);
});

test('finds in the lake who has no profile, and asks for nobody of whom nothing is back', async () => {
  erased('ada', ['user:ada'], 1, 2);
  erased('gone', ['user:gone'], 1, 2);
  lakeKeys = ['user:ada'];
  expect(await again()).toEqual({ erasures: 2, requests: ['again-1'] });
  expect(asked.map(({ keys }) => keys)).toEqual([['user:ada']]);
});

test('looks nowhere when nobody was erased since', async () => {
  erased('before', ['user:before'], -3, -1);
  expect(await again()).toEqual({ erasures: 0, requests: [] });
  expect(lakeAsked).toEqual([]);
});
