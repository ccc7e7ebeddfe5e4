import { isBlockedId } from '../../schemas/event/blocked-ids.ts';
import { MAX_ID_LENGTH, type Purpose } from '../../schemas/event/vocabulary.ts';
import type { IdentityRules } from '../../schemas/identity-rules.ts';
import type { ConsentSettings } from '../../schemas/privacy-settings.ts';
import type { Key } from '../../schemas/stream/control.ts';
import type { CleanedItem, CleanedRecord, Said } from '../clean/cleaned-record.ts';
import { storable } from '../clean/sanitise.ts';
import { externalKey, externalKind } from '../identity/external-ids.ts';
import { limits } from '../identity/limits.ts';
import { choicesIn, defaultsFor, deniedByDefault, isStampable } from './consent.ts';
import type { Place } from './register.ts';

/** What of a message decides whether it may be stored. */
export interface Claim {
  /** Of the record that brought it first. */
  readonly place: Place;
  /** The keys whose consent counts: the user's and the device's. */
  readonly people: readonly Key[];
  /** All keys that it names; none may be erased. */
  readonly keys: readonly Key[];
  readonly choices: Readonly<Partial<Record<Purpose, boolean>>>;
  /** Whether analytics is granted to who made no choice. */
  readonly isGrantedByDefault: boolean;
  /** Milliseconds since 1970. */
  readonly happenedAt: number;
  readonly receivedAt: number;
}

/** What claims are read with. */
export interface ClaimRules {
  readonly consent: ConsentSettings;
  readonly identity: IdentityRules;
}

/** Reads what a message says, whether or not it could be cleaned. */
export function claimOf(
  { receivedAt, signals = {} }: Pick<CleanedRecord, 'receivedAt' | 'signals'>,
  { outcome, said }: CleanedItem,
  place: Place,
  { consent, identity }: ClaimRules,
): Claim {
  const spoken: Said | undefined = outcome.ok ? outcome.event : said;
  const words = spoken ?? {};
  const { context } = words;
  const people = [keyOf('user', words.userId), keyOf('anonymous', words.anonymousId)].filter(isThere);
  const previous = [keyOf('user', words.previousId), keyOf('anonymous', words.previousId)].filter(isThere);
  return {
    place,
    people,
    keys: [...people, ...previous, ...externalKeys(words, identity)],
    choices: choicesIn(context),
    isGrantedByDefault:
      spoken !== undefined && isStampable(context)
        ? !deniedByDefault(context).includes('analytics')
        : defaultsFor(consent, signals).analytics,
    happenedAt: outcome.ok ? outcome.event.eventTime : receivedAt,
    receivedAt,
  };
}

const isThere = <T>(value: T | undefined): value is T => value !== undefined;

/** The key of an id as cleaning reads it. */
function keyOf(kind: 'user' | 'anonymous', value: unknown): Key | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string') return undefined;
  const id = storable(text).trim();
  return id === '' || id.length > MAX_ID_LENGTH || isBlockedId(id) ? undefined : `${kind}:${id}`;
}

type Fields = Readonly<Record<string, unknown>>;

/** External ids, wherever SDKs put them: erased is erased, whether or not an event of this type joins anybody. */
function externalKeys({ traits, context }: Said, { externalTraits }: IdentityRules): Key[] {
  const keys: (Key | undefined)[] = [];
  const around = fieldsOf(context);
  for (const held of [fieldsOf(traits), fieldsOf(around?.traits)]) {
    if (held === undefined) continue;
    for (const name of externalTraits) keys.push(externalOf(name, held[name]));
  }
  const ids = around?.externalIds;
  if (Array.isArray(ids)) {
    for (const entry of ids.slice(0, limits.externalIds)) {
      const { type, id } = fieldsOf(entry) ?? {};
      if (typeof type === 'string') keys.push(externalOf(type, id));
    }
  }
  return keys.filter(isThere);
}

function externalOf(name: string, value: unknown): Key | undefined {
  if (value === undefined || value === null) return undefined;
  const kind = externalKind(name);
  return kind === undefined ? undefined : externalKey(kind, value);
}

const fieldsOf = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
