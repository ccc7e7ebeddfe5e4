import type { Key } from '../../../schemas/stream/control.ts';
import { idTextOf } from '../../clean/id-text.ts';
import { storable } from '../../clean/sanitise.ts';
import { externalKind } from '../../identity/external-ids.ts';
import { rawIdOf } from '../../identity/keys.ts';
import { externalKeyIn } from '../../identity/spaces.ts';
import { type People, type Requests, union } from './people.ts';

export type JsonObject = { readonly [name: string]: unknown };

/** What becomes of something that may be a sought person's. */
export type Verdict<Rest> =
  | { readonly kind: 'stays' }
  /** It is a sought person's. */
  | {
      readonly kind: 'goes';
      readonly requests: Requests;
      /** It names somebody, and of which space nobody can tell. */
      readonly isGuess?: true;
    }
  /** It is somebody else's and names a sought person: what is left without those names. */
  | { readonly kind: 'renamed'; readonly requests: Requests; readonly rest: Rest };

export const stays = { kind: 'stays' } as const;

/**
 * Whose a message is, and whom it names beside.
 *
 * It belongs to its user id or, without one, to its anonymous id, as its profile key says; an alias belongs to the
 * previous id, too, of which it tells; and a message without any of these to the external ids that it gives. Of a message
 * of somebody else, from a device that people share for example, only the sought person's ids are taken out. External ids are of
 * the space of its owner or, without one, of its source.
 */
export function judgeMessage(message: JsonObject, people: People, sourceId?: string): Verdict<JsonObject> {
  const { type, userId, anonymousId, previousId } = message;
  const user = keyOf('user', userId);
  const anonymous = keyOf('anonymous', anonymousId);
  const owner = user ?? anonymous;
  const ofPrevious = people.ofKeys(keyOf('user', previousId), keyOf('anonymous', previousId));
  const owners = union(people.ofKeys(owner), type === 'alias' || owner === undefined ? ofPrevious : []);
  if (owners.length > 0) return { kind: 'goes', requests: owners };
  if (type !== 'identify' && owner !== undefined) return renamed(message, [], people, ofPrevious);
  const { spaces } = people;
  const space = owner === undefined ? spaces.ofSource(sourceId ?? '') : spaces.ofId(rawIdOf(owner));
  const external = externalIdsOf(message, people, space);
  const named = external.reduce<Requests>((all, { requests }) => union(all, requests), []);
  if (owner === undefined) return named.length === 0 ? stays : { kind: 'goes', requests: named };
  return renamed(message, external, people, ofPrevious);
}

function renamed(
  message: JsonObject,
  external: readonly Named[],
  people: People,
  ofPrevious: Requests,
): Verdict<JsonObject> {
  const ofAnonymous = people.ofKeys(keyOf('anonymous', message.anonymousId));
  const paths = [
    ...(ofAnonymous.length > 0 ? [['anonymousId']] : []),
    ...(ofPrevious.length > 0 ? [['previousId']] : []),
    ...external.map(({ path }) => path),
  ];
  if (paths.length === 0) return stays;
  const requests = external.reduce((all, each) => union(all, each.requests), union(ofAnonymous, ofPrevious));
  return { kind: 'renamed', requests, rest: withoutPaths(message, paths) };
}

type Path = readonly (string | number)[];

interface Named {
  readonly path: Path;
  readonly requests: Requests;
}

/** Where a message gives external ids of sought people: traits, those of its context, and `context.externalIds`. */
function externalIdsOf(message: JsonObject, people: People, space: string | undefined): Named[] {
  const found: Named[] = [];
  const look = (kind: unknown, value: unknown, path: Path) => {
    const known = typeof kind === 'string' ? externalKind(kind.trim()) : undefined;
    const requests = known === undefined ? [] : people.ofKeys(externalKeyOf(people, space, known, value));
    if (requests.length > 0) found.push({ path, requests });
  };
  const context = objectOf(message.context);
  for (const [name, value] of Object.entries(objectOf(message.traits))) look(name, value, ['traits', name]);
  for (const [name, value] of Object.entries(objectOf(context.traits))) look(name, value, ['context', 'traits', name]);
  if (!Array.isArray(context.externalIds)) return found;
  for (const [at, entry] of context.externalIds.entries()) {
    const { type, id } = objectOf(entry);
    look(type, id, ['context', 'externalIds', at]);
  }
  return found;
}

const externalKeyOf = ({ spaces }: People, space: string | undefined, kind: string, value: unknown): Key | undefined =>
  externalKeyIn(spaces, space, kind, typeof value === 'string' ? storable(value) : value);

/** The key of an id as it was cleaned; undefined for what is no id. */
export function keyOf(kind: 'user' | 'anonymous', id: unknown): Key | undefined {
  const text = idTextOf(id);
  return text === undefined ? undefined : `${kind}:${text}`;
}

const objectOf = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};

/** A copy without some values; of a list the others move up. */
function withoutPaths(value: JsonObject, paths: readonly Path[]): JsonObject {
  return without(value, paths) as JsonObject;
}

function without(value: unknown, paths: readonly Path[]): unknown {
  const below = Map.groupBy(paths, ([first]) => String(first));
  const isGone = (name: string) => below.get(name)?.some((path) => path.length === 1) === true;
  const rest = (name: string, inner: unknown) => {
    const deeper = below.get(name)?.map((path) => path.slice(1));
    return deeper === undefined ? inner : without(inner, deeper);
  };
  if (Array.isArray(value)) {
    return value.flatMap((inner, at) => (isGone(String(at)) ? [] : [rest(String(at), inner)]));
  }
  const entries = Object.entries(value as JsonObject).filter(([name]) => !isGone(name));
  return Object.fromEntries(entries.map(([name, inner]) => [name, rest(name, inner)]));
}
