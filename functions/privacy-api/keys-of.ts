import type { Key } from '../../schemas/stream/control.ts';
import { externalKeyOf, idIn } from '../../shared/identity/spaces.ts';
import { invalidBody } from '../middleware/body.ts';

/** By what a person is named in a request. */
export interface Names {
  readonly userId?: string | undefined;
  readonly anonymousId?: string | undefined;
  readonly email?: string | undefined;
  readonly phone?: string | undefined;
}

/** The keys that the names stand for, in a space if there is one. Throws a problem for an address or a number that identifies nobody. */
export function keysOf({ userId, anonymousId, email, phone }: Names, space: string | undefined): Key[] {
  const keys: Key[] = [];
  if (userId !== undefined) keys.push(`user:${idIn(space, userId)}`);
  if (anonymousId !== undefined) keys.push(`anonymous:${idIn(space, anonymousId)}`);
  for (const [kind, value] of Object.entries({ email, phone })) {
    if (value === undefined) continue;
    const key = externalKeyOf(space, kind, value);
    if (key === undefined) throw invalidBody([{ path: kind, message: `is no ${kind} that identifies a person` }]);
    keys.push(key);
  }
  return keys;
}
