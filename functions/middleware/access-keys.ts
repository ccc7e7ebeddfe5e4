import { createHash, timingSafeEqual } from 'node:crypto';
import type { RateLimit, Scope } from '../../schemas/access-key.ts';
import type { AccessKey } from '../../schemas/env.ts';

/** A key that is accepted: whose it is and what it may do. */
export interface KnownKey {
  readonly id: string;
  readonly scopes: readonly Scope[];
  /** The source that its events are of; absent for a key that sends none. */
  readonly source?: string;
  /** Absent where it may be used as often as the API allows. */
  readonly limit?: RateLimit;
  /** The space whose people alone it is for; absent where it is for all. */
  readonly space?: string;
  /** Whether it came by a token of somebody else's making, and `id` is the token's subject. */
  readonly isToken?: true;
}

/** Finds the accepted key that a caller gave; undefined when it is none of them. */
export type FindKey = (given: string) => KnownKey | undefined;

export const sha256Of = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * The keys of the settings, which may do `scopes`. Compares the hash of what was given with every one of them, in a time that
 * does not depend on how much matches.
 */
export function accessKeys(keys: readonly AccessKey[], scopes: readonly Scope[]): FindKey {
  const known = keys.map(({ id, sha256 }) => ({
    key: { id, scopes, ...(scopes.includes('ingest') && { source: id }) },
    hash: Buffer.from(sha256, 'hex'),
  }));
  return (given) => {
    const hash = sha256Of(given);
    let found: KnownKey | undefined;
    for (const each of known) if (timingSafeEqual(each.hash, hash)) found = each.key;
    return found;
  };
}

/** Remembers the keys that were found, so that a busy source is hashed once: there are no more of them than keys. */
export function remembering(find: FindKey): FindKey {
  const found = new Map<string, KnownKey>();
  return (given) => {
    const known = found.get(given) ?? find(given);
    if (known) found.set(given, known);
    return known;
  };
}
