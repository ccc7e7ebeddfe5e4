import type { AccessKey } from '../../schemas/env.ts';
import type { Grant } from './grant.ts';

/** To recognise callers by the hash of their key, as the variable `name`. */
export function grantKeys<const N extends string>(name: N, keys: readonly AccessKey[]): Grant<Record<N, string>> {
  return { environment: { [name]: JSON.stringify(keys) } as Record<N, string>, statements: [] };
}
