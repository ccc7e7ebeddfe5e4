import Table from 'cli-table3';
import { type AccessKey, apiScopes, type Scope, writeScopes } from '../../../schemas/access-key.ts';
import { endOf, type StoredKey } from '../../../schemas/stored-key.ts';

/** A key as the list shows it. */
export interface ShownKey {
  readonly id: string;
  readonly scopes: readonly Scope[];
  readonly source?: string;
  readonly space?: string;
  readonly rate?: string;
  readonly state: 'valid' | 'ends' | 'expired' | 'revoked';
  readonly createdAt?: string;
  /** When it ended or will end. */
  readonly until?: string;
  /** The first digits of its hash, which tell two keys of one name apart. */
  readonly sha256: string;
  readonly from: 'settings' | 'table';
}

const HASH_DIGITS = 8;

/** Keys of the settings first, then those of the table. */
export function shownKeys(
  settings: { readonly writeKeys: readonly AccessKey[]; readonly apiKeys: readonly AccessKey[] },
  stored: readonly StoredKey[],
  now: number,
): readonly ShownKey[] {
  const ofSettings = (keys: readonly AccessKey[], scopes: readonly Scope[]) =>
    keys.map(({ id, sha256 }) => ({
      id,
      scopes,
      ...(scopes === writeScopes && { source: id }),
      state: 'valid' as const,
      sha256: sha256.slice(0, HASH_DIGITS),
      from: 'settings' as const,
    }));
  return [
    ...ofSettings(settings.writeKeys, writeScopes),
    ...ofSettings(settings.apiKeys, apiScopes),
    ...stored.map((key) => shown(key, now)),
  ];
}

function shown(key: StoredKey, now: number): ShownKey {
  const { id, scopes, source, space, limit, createdAt, revokedAt, sha256 } = key;
  const end = endOf(key);
  const isOver = end !== undefined && end <= now;
  const ended = revokedAt === undefined || end !== revokedAt ? 'expired' : 'revoked';
  return {
    id,
    scopes,
    ...(source !== undefined && { source }),
    ...(space !== undefined && { space }),
    ...(limit && { rate: rateOf(limit) }),
    state: isOver ? ended : end === undefined ? 'valid' : 'ends',
    createdAt: new Date(createdAt).toISOString(),
    ...(end !== undefined && { until: new Date(end).toISOString() }),
    sha256: sha256.slice(0, HASH_DIGITS),
    from: 'table',
  };
}

const rateOf = ({ perSecond, burst }: { perSecond: number; burst: number }): string =>
  burst === perSecond ? `${perSecond}/s` : `${perSecond}/s, at most ${burst}`;

/** A table for a person. */
export function asTable(keys: readonly ShownKey[]): string {
  const table = new Table({
    head: ['key', 'scopes', 'source', 'space', 'rate', 'state', 'created', 'sha256'],
    style: { head: [], border: [], compact: true },
  });
  for (const { id, scopes, source = '', space = '', rate = '', state, until, createdAt, sha256, from } of keys) {
    const since = until === undefined ? state : `${state} ${minuteOf(until)}`;
    const made = createdAt === undefined ? 'by the settings' : minuteOf(createdAt);
    table.push([
      id,
      scopes.join(', '),
      source,
      space,
      rate,
      since,
      from === 'settings' ? 'by the settings' : made,
      `${sha256}…`,
    ]);
  }
  return table.toString();
}

const minuteOf = (iso: string): string => `${iso.slice(0, 16).replace('T', ' ')} UTC`;
