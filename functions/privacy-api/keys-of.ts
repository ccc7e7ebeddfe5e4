import type { Key } from '../../schemas/stream/control.ts';
import { externalKey } from '../../shared/identity/external-ids.ts';
import { invalidBody } from '../middleware/body.ts';

/** By what a person is named in a request. */
export interface Names {
  readonly userId?: string | undefined;
  readonly anonymousId?: string | undefined;
  readonly email?: string | undefined;
  readonly phone?: string | undefined;
}

/** The keys that the names stand for. Throws a problem for an address or a number that identifies nobody. */
export function keysOf({ userId, anonymousId, email, phone }: Names): Key[] {
  const keys: Key[] = [];
  if (userId !== undefined) keys.push(`user:${userId}`);
  if (anonymousId !== undefined) keys.push(`anonymous:${anonymousId}`);
  for (const [kind, value] of Object.entries({ email, phone })) {
    if (value === undefined) continue;
    const key = externalKey(kind, value);
    if (key === undefined) throw invalidBody([{ path: kind, message: `is no ${kind} that identifies a person` }]);
    keys.push(key);
  }
  return keys;
}
