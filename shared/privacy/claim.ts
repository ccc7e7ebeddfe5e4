import { MAX_ID_LENGTH, type Purpose } from '../../schemas/event/vocabulary.ts';
import type { IdentityRules } from '../../schemas/identity-rules.ts';
import type { ConsentSettings } from '../../schemas/privacy-settings.ts';
import type { Key } from '../../schemas/stream/control.ts';
import type { CleanedItem, CleanedRecord, Said } from '../clean/cleaned-record.ts';
import { idTextOf } from '../clean/id-text.ts';
import { externalKind } from '../identity/external-ids.ts';
import { externalKeyIn, spacesOf } from '../identity/spaces.ts';
import { choicesIn, defaultsFor, deniedByDefault, isStampable } from './consent.ts';
import type { Place } from './register.ts';

/** External ids of a message that are asked for: more than may join anybody, because erased ones must not be stored, either. */
const EXTERNAL_IDS = 50;

/** What of a message decides whether it may be stored. */
export interface Claim {
  /** Of the record that brought it first. */
  readonly place: Place;
  /** The keys whose consent counts: the user's and the device's. */
  readonly people: readonly Key[];
  /** All keys that it names; none may be erased. */
  readonly keys: readonly Key[];
  /** Which of the keys it says to be another's: what that one has chosen holds for it, too, from then on. */
  readonly joins: readonly (readonly [child: Key, parent: Key])[];
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
  { sourceId, receivedAt, signals = {} }: Pick<CleanedRecord, 'sourceId' | 'receivedAt' | 'signals'>,
  { outcome, said }: CleanedItem,
  place: Place,
  { consent, identity }: ClaimRules,
): Claim {
  const spoken: Said | undefined = outcome.ok ? outcome.event : said;
  const words = spoken ?? nothing;
  const { context } = words;
  const people = keysOf(words.userId, words.anonymousId, outcome.ok);
  const previous = words.previousId === undefined ? [] : keysOf(words.previousId, words.previousId, outcome.ok);
  const keys = [...people, ...previous];
  addExternalKeys(keys, words, identity, sourceId);
  const choices = choicesIn(context);
  const denied =
    spoken !== undefined && isStampable(context) ? deniedByDefault(context).includes('analytics') : undefined;
  return {
    place,
    people,
    keys,
    joins: outcome.ok ? joinsOf(outcome.event.type, people, previous, keys) : none,
    choices,
    isGrantedByDefault: denied === undefined ? defaultsFor(consent, signals).analytics : !denied,
    happenedAt: outcome.ok ? outcome.event.eventTime : receivedAt,
    receivedAt,
  };
}

/** The keys that a message names, as it was received. */
export function keysNamedBy(said: Said, sourceId: string, identity: IdentityRules): Key[] {
  const { previousId } = said;
  const previous = previousId === undefined ? [] : keysOf(previousId, previousId, false);
  const keys = [...keysOf(said.userId, said.anonymousId, false), ...previous];
  addExternalKeys(keys, said, identity, sourceId);
  return keys;
}

const nothing: Said = {};
const none: Claim['joins'] = [];

/** As `linksOf` joins keys. `keys` are the people's, the previous id's, then those of external ids. */
function joinsOf(type: string, people: readonly Key[], previous: readonly Key[], keys: readonly Key[]): Claim['joins'] {
  if (type !== 'identify' && type !== 'alias') return none;
  const [user, device] = people[0]?.startsWith('user:') ? people : [undefined, people[0]];
  if (type === 'alias') return user === undefined ? none : previous.map((key) => [key, user]);
  const external = keys.slice(people.length + previous.length);
  if (user === undefined) return device === undefined ? none : external.map((key) => [device, key]);
  return [...(device === undefined ? [] : [device]), ...external].map((key) => [key, user]);
}

/** The keys of a user's and of an anonymous id; ids of events were cleaned. */
function keysOf(userId: unknown, anonymousId: unknown, isClean: boolean): Key[] {
  const keys: Key[] = [];
  const user = isClean ? (userId as string | undefined) : idOf(userId);
  const anonymous = isClean ? (anonymousId as string | undefined) : idOf(anonymousId);
  if (user !== undefined) keys.push(`user:${user}`);
  if (anonymous !== undefined) keys.push(`anonymous:${anonymous}`);
  return keys;
}

function idOf(value: unknown): string | undefined {
  const id = idTextOf(value);
  return id === undefined || id.length > MAX_ID_LENGTH ? undefined : id;
}

type Fields = Readonly<Record<string, unknown>>;

/** Adds external ids, wherever SDKs put them: erased is erased, whether or not an event of this type joins anybody. */
function addExternalKeys(keys: Key[], { traits, context }: Said, rules: IdentityRules, sourceId: string): void {
  const around = fieldsOf(context);
  const spaces = spacesOf(rules);
  const space = spaces.ofSource(sourceId);
  const add = (name: string, value: unknown) => {
    if (value === undefined || value === null) return;
    const kind = externalKind(name);
    const key = kind === undefined ? undefined : externalKeyIn(spaces, space, kind, value);
    if (key !== undefined) keys.push(key);
  };
  for (const held of [fieldsOf(traits), fieldsOf(around?.traits)]) {
    if (held === undefined) continue;
    for (const name of rules.externalTraits) add(name, held[name]);
  }
  const ids = around?.externalIds;
  if (!Array.isArray(ids)) return;
  for (const entry of ids.slice(0, EXTERNAL_IDS)) {
    const { type, id } = fieldsOf(entry) ?? {};
    if (typeof type === 'string') add(type, id);
  }
}

const fieldsOf = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
