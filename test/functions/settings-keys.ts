import { createHash } from 'node:crypto';
import { accessKeys } from '../../functions/middleware/access-keys.ts';
import { createKeyCheck, type KeyCheck } from '../../functions/middleware/key-check.ts';
import { apiScopes, type Scope } from '../../schemas/access-key.ts';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A check that knows the keys of the settings, by their ids, and a table that holds none. */
export function settingsKeys(keys: Readonly<Record<string, string>>, scopes: readonly Scope[] = apiScopes): KeyCheck {
  const known = Object.entries(keys).map(([id, key]) => ({ id, sha256: sha256(key) }));
  return createKeyCheck({
    find: accessKeys(known, scopes),
    read: async () => undefined,
    take: async (_, __, second) => ({ second, requests: 0 }),
    clock: Date.now,
  });
}
