import type { Scope } from '../../schemas/access-key.ts';
import type { TakeAllowance } from '../adapters/allowance-store.ts';
import type { ReadKey } from '../adapters/key-store.ts';
import type { FindKey, KnownKey } from './access-keys.ts';
import { Allowances } from './allowances.ts';
import type { KeyUses, Refusal } from './key-uses.ts';
import { ProblemError, problems } from './problem.ts';
import { keysUnreachable, StoredKeys } from './stored-keys.ts';

/** Who may call, and for what. */
export interface KeyCheck {
  /** The key that was given, at once where it is one of the settings; undefined when it is none. Throws problems. */
  find(given: string): KnownKey | undefined | Promise<KnownKey | undefined>;
  /** Throws a 403 problem when the key lacks the scope or its space is gone, and a 429 problem when it is used too often. */
  admit(key: KnownKey, scope: Scope): void | Promise<void>;
  /** Writes down that a request was refused; by `given`, which is not written, whose revoked key it was. */
  refused?(refusal: Refusal, given?: string): void;
  /** Waits for what `admit` and `refused` wrote down beside. Never throws. */
  settled?(): Promise<void>;
}

export interface KeyCheckProps {
  /** The keys of the settings. */
  readonly find: FindKey;
  /**
   * Whose token was given; undefined when it is none.
   *
   * @default nobody's is accepted
   */
  readonly tokens?: (given: string) => Promise<KnownKey> | undefined;
  /** The keys that a command made. */
  readonly read: ReadKey;
  readonly take: TakeAllowance;
  /** @default none: keys that are limited to a space are refused */
  readonly spaces?: readonly string[];
  /** @default nothing is written down */
  readonly uses?: KeyUses;
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
}

/** Knows the keys of the settings without asking anybody, and those of the table by asking it seldom. */
export function createKeyCheck({ find, tokens, read, take, spaces = [], uses, clock }: KeyCheckProps): KeyCheck {
  const stored = new StoredKeys(read, clock);
  const allowances = new Allowances(take, clock);
  return {
    find: (given) => find(given) ?? tokens?.(given) ?? stored.find(given),
    admit: (key, scope) => {
      if (!key.scopes.includes(scope)) throw lacks(key, scope);
      if (key.space !== undefined && !spaces.includes(key.space)) throw homeless(key);
      uses?.note(key, scope);
      return key.limit && within(allowances, key as Limited);
    },
    refused: (refusal, given = '') => uses?.refuse({ ...refusal, key: refusal.key ?? stored.over(given) }),
    settled: async () => uses?.settled(),
  };
}

/** Has it written down that a request ended so, if it was refused for its key. */
export function noteRefusal(keys: KeyCheck, error: unknown, refusal: Omit<Refusal, 'code'>, given?: string): void {
  if (!(error instanceof ProblemError)) return;
  const { status } = problems[error.code];
  if (status === 401 || status === 403) keys.refused?.({ ...refusal, code: error.code }, given);
}

type Limited = KnownKey & Required<Pick<KnownKey, 'limit'>>;

async function within(allowances: Allowances, { id, limit }: Limited): Promise<void> {
  const isAdmitted = await allowances.admits(id, limit).catch((cause) => {
    throw keysUnreachable(cause);
  });
  if (isAdmitted) return;
  const detail = `The key ${id} is used more often than its limit of ${limit.perSecond}/s: send the request again after Retry-After.`;
  throw new ProblemError('too_many_requests', detail, { headers: { 'retry-after': '1' } });
}

/** The problem of a key that may not do what it is used for. */
export function lacks({ id, scopes, isToken }: KnownKey, scope: Scope): ProblemError {
  const kind = isToken ? 'token' : 'key';
  const detail = `This needs a ${kind} with the scope ${scope}, and the ${kind} ${id} has ${scopes.join(', ') || 'none'}.`;
  const challenge = `Bearer realm="headwater", error="insufficient_scope", scope="${scope}"`;
  return new ProblemError(`${scope}_scope_missing`, detail, { headers: { 'www-authenticate': challenge } });
}

/** The problem of a key whose space the settings do not name: whose people it was for, nobody can tell any more. */
function homeless({ id, isToken, space }: KnownKey): ProblemError {
  const kind = isToken ? 'token' : 'key';
  const detail = `The ${kind} ${id} is limited to the space ${space}, which this stage does not have: name the space in its settings, or use another ${kind}.`;
  return new ProblemError('space_unknown', detail);
}
