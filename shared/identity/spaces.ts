import type { IdentityRules } from '../../schemas/identity-rules.ts';
import { apiSourceOf, type Space } from '../../schemas/spaces.ts';
import type { Key } from '../../schemas/stream/control.ts';
import { externalKey } from './external-ids.ts';

/** The spaces of a stage, by what tells of them. */
export interface Spaces {
  readonly ids: readonly string[];
  /** The space of a source; undefined for one that shares the stage with all others. */
  ofSource(sourceId: string): string | undefined;
  /** The space of an id as it is stored. */
  ofId(id: string | undefined): string | undefined;
}

const none: Spaces = { ids: [], ofSource: () => undefined, ofId: () => undefined };
const known = new WeakMap<readonly Space[], Spaces>();

/** The spaces that rules name. The rules of a function are the same object for each event: they are read once. */
export function spacesOf({ spaces = [] }: Pick<IdentityRules, 'spaces'>): Spaces {
  if (spaces.length === 0) return none;
  const made = known.get(spaces) ?? spacesAmong(spaces);
  known.set(spaces, made);
  return made;
}

function spacesAmong(spaces: readonly Space[]): Spaces {
  const bySource = new Map(spaces.flatMap(({ id, sources }) => sources.map((source) => [source, id] as const)));
  for (const { id } of spaces) bySource.set(apiSourceOf(id), id);
  const byStart = spaceByStart(spaces.map(({ id }) => id));
  return { ids: spaces.map(({ id }) => id), ofSource: (sourceId) => bySource.get(sourceId), ofId: byStart };
}

/** Which of some spaces an id, as it is stored, is of. */
export function spaceByStart(ids: readonly string[]): Spaces['ofId'] {
  const names = new Set(ids);
  return (id) => {
    const at = id === undefined ? -1 : id.indexOf('/');
    if (at <= 0) return undefined;
    const name = (id as string).slice(0, at);
    return names.has(name) ? name : undefined;
  };
}

/** An id as it is stored: in a space behind the space's name. What begins so already stays. */
export const idIn = (space: string | undefined, id: string): string =>
  space === undefined || id.startsWith(`${space}/`) ? id : `${space}/${id}`;

/** An id as its own space knows it. */
export const idWithin = (space: string | undefined, id: string): string =>
  space !== undefined && id.startsWith(`${space}/`) ? id.slice(space.length + 1) : id;

/** A key as its own space knows it. */
export function keyWithin(space: string | undefined, key: Key): Key {
  const at = key.indexOf(':') + 1;
  return key.slice(0, at) + idWithin(space, key.slice(at));
}

/** A key, as its own space knows it, as it is stored. */
export function keyIn(space: string | undefined, key: Key): Key {
  const at = key.indexOf(':') + 1;
  return key.slice(0, at) + idIn(space, key.slice(at));
}

/** Whether a key is of a space. */
export const isKeyOf = (space: string, key: Key): boolean => key.startsWith(`${space}/`, key.indexOf(':') + 1);

/** A key behind the name of its space. */
function keyBehind(space: string, key: Key): Key {
  const at = key.indexOf(':') + 1;
  return `${key.slice(0, at)}${space}/${key.slice(at)}`;
}

/** The key of an external id that somebody of a space has; undefined for a value that identifies nobody. */
export function externalKeyOf(space: string | undefined, kind: string, value: unknown): Key | undefined {
  const key = externalKey(kind, value);
  return key === undefined || space === undefined ? key : keyBehind(space, key);
}

/**
 * The key of an external id in an event; undefined for a value that identifies nobody, among them one by which an event from
 * outside would reach into a space.
 */
export function externalKeyIn(
  { ofId }: Spaces,
  space: string | undefined,
  kind: string,
  value: unknown,
): Key | undefined {
  const key = externalKeyOf(space, kind, value);
  return key === undefined || ofId(key.slice(key.indexOf(':') + 1)) === space ? key : undefined;
}
