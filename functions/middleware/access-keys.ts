import { createHash, timingSafeEqual } from 'node:crypto';
import type { AccessKey } from '../../schemas/env.ts';

/** Finds the accepted key that a caller gave; undefined when it is none of them. */
export type FindKey = (given: string) => AccessKey | undefined;

/** Compares the hash of what was given with every accepted key, in a time that does not depend on how much matches. */
export function accessKeys(keys: readonly AccessKey[]): FindKey {
  const hashes = keys.map((key) => ({ key, hash: Buffer.from(key.sha256, 'hex') }));
  return (given) => {
    const hash = createHash('sha256').update(given).digest();
    let found: AccessKey | undefined;
    for (const known of hashes) if (timingSafeEqual(known.hash, hash)) found = known.key;
    return found;
  };
}

/** Remembers the keys that were found, so that a busy source is hashed once: there are no more of them than keys. */
export function remembering(find: FindKey): FindKey {
  const found = new Map<string, AccessKey>();
  return (given) => {
    const known = found.get(given) ?? find(given);
    if (known) found.set(given, known);
    return known;
  };
}
