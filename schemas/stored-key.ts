import { type RateLimit, type Scope, scopes } from './access-key.ts';

/** A key that a command made, as the table of keys holds it: its hash, never the key itself. Times are in milliseconds since 1970. */
export interface StoredKey {
  readonly sha256: string;
  /** Its name; while a key is rotated two have the same. */
  readonly id: string;
  readonly scopes: readonly Scope[];
  /** Of a key that sends events: the source that its events are of. */
  readonly source?: string;
  /** Of an API key: the space whose people alone it is for. */
  readonly space?: string;
  /** Absent where it may be used as often as the API allows. */
  readonly limit?: RateLimit;
  readonly createdAt: number;
  /** From then on it is refused. */
  readonly endsAt?: number;
  /** Since then it is refused. */
  readonly revokedAt?: number;
}

/** What begins a key that a command makes, by whether it sends events. */
export const keyPrefix = { write: 'wk_', api: 'sk_' } as const;

/** A key that a command made: 32 random bytes as base64url behind its prefix. What looks otherwise is in no table. */
export const isKeyText = (text: string): boolean => /^[sw]k_[\w-]{43}$/.test(text);

/** What keys of the table begin with, beside the claims of their names. */
const HASH = 'sha256:';
const NAME = 'id:';
/** Days that what is over still shows. */
const KEPT_DAYS = 90;
const DAY_SECONDS = 86_400;

interface Attribute {
  readonly S?: string | undefined;
  readonly N?: string | undefined;
  readonly SS?: readonly string[] | undefined;
}
type Attributes = Readonly<Record<string, Attribute>>;
type Written = Record<string, { S: string } | { N: string } | { SS: string[] }>;

/** Where the key of a hash lies. */
export const keyPlace = (sha256: string): { pk: { S: string } } => ({ pk: { S: HASH + sha256 } });

/** Where the claim of a name lies: of two commands that make a key of one name at once, one gets it. */
export const namePlace = (id: string): { pk: { S: string } } => ({ pk: { S: NAME + id } });

/** The item of a key. DynamoDB deletes it some months after its end. */
export function keyItem(key: StoredKey): Written {
  const { id, scopes, source, space, limit, createdAt, endsAt, revokedAt } = key;
  const end = endOf(key);
  return {
    ...keyPlace(key.sha256),
    id: { S: id },
    // Named otherwise for a key that is limited, so that a version which knows no spaces lets it do nothing.
    ...(space === undefined
      ? { scopes: { SS: [...scopes] } }
      : { space: { S: space }, scopesWithin: { SS: [...scopes] } }),
    ...(source !== undefined && { source: { S: source } }),
    ...(limit && { perSecond: { N: String(limit.perSecond) }, burst: { N: String(limit.burst) } }),
    createdAt: { N: String(createdAt) },
    ...(endsAt !== undefined && { endsAt: { N: String(endsAt) } }),
    ...(revokedAt !== undefined && { revokedAt: { N: String(revokedAt) } }),
    ...(end !== undefined && { expiresAt: { N: String(Math.ceil(end / 1000) + KEPT_DAYS * DAY_SECONDS) } }),
  };
}

/** The key of an item; undefined for one that claims a name. */
export function storedKeyOf(item: Attributes): StoredKey | undefined {
  const { pk, id, source, space, perSecond, burst, createdAt, endsAt, revokedAt } = item;
  if (!pk?.S?.startsWith(HASH)) return undefined;
  const given = (space === undefined ? item.scopes : item.scopesWithin)?.SS ?? [];
  return {
    sha256: pk.S.slice(HASH.length),
    id: id?.S ?? '',
    scopes: scopes.filter((scope) => given.includes(scope)),
    ...(source?.S !== undefined && { source: source.S }),
    ...(space !== undefined && { space: space.S ?? '' }),
    ...(perSecond?.N !== undefined && {
      limit: { perSecond: Number(perSecond.N), burst: Number(burst?.N ?? perSecond.N) },
    }),
    createdAt: Number(createdAt?.N ?? 0),
    ...(endsAt?.N !== undefined && { endsAt: Number(endsAt.N) }),
    ...(revokedAt?.N !== undefined && { revokedAt: Number(revokedAt.N) }),
  };
}

/** When a key ended or will end; undefined for one that lasts. */
export function endOf({ endsAt, revokedAt }: Pick<StoredKey, 'endsAt' | 'revokedAt'>): number | undefined {
  if (endsAt === undefined || revokedAt === undefined) return endsAt ?? revokedAt;
  return Math.min(endsAt, revokedAt);
}

/** Whether a key is accepted at `now`. */
export const isValid = (key: Pick<StoredKey, 'endsAt' | 'revokedAt'>, now: number): boolean =>
  now < (endOf(key) ?? Number.POSITIVE_INFINITY);
