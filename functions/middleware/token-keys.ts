import type { KnownKey } from './access-keys.ts';
import { refused } from './api-key.ts';
import { keysUnreachable } from './stored-keys.ts';

/** What came of a token. No error: what verifies tokens is bundled apart, and has classes of its own. */
export type TokenAnswer =
  | { readonly key: KnownKey }
  | { readonly code: 'token_invalid' | 'token_expired'; readonly detail: string }
  | { readonly code: 'key_not_checked'; readonly cause: unknown };

export type FindToken = (token: string) => Promise<TokenAnswer>;

/** A JSON Web Token that is signed: three parts of base64url. No key that a command made looks so. */
const looksLikeToken = /^[\w-]+\.[\w-]+\.[\w-]*$/;

/** Finds whose token was given; undefined when it is none. `load` is called by the first token. Throws problems. */
export function tokenKeys(load: () => Promise<FindToken>): (given: string) => Promise<KnownKey> | undefined {
  let loading: Promise<FindToken> | undefined;
  const found = async (token: string): Promise<KnownKey> => {
    loading ??= load();
    const find = await loading;
    const answer = await find(token);
    if ('key' in answer) return answer.key;
    throw answer.code === 'key_not_checked' ? keysUnreachable(answer.cause) : refused(answer.code, answer.detail);
  };
  return (given) => (looksLikeToken.test(given) ? found(given) : undefined);
}
