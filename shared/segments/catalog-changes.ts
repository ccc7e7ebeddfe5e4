import type { SegmentDefinition } from '../../schemas/segment/definition.ts';
import { type CatalogBody, type CatalogSegment, latestOf, type PendingWork } from './catalog-body.ts';
import { referencesOf } from './references.ts';
import { isSameRule, ruleHash } from './same-rule.ts';

export const MAX_SEGMENTS = 1_000;
/** Deleted segments whose last version is known each by itself. */
const MAX_RETIRED = 500;

export type RefusalCode =
  | 'invalid_body'
  | 'segment_not_found'
  | 'segment_exists'
  | 'segment_in_use'
  | 'segment_changed'
  | 'too_many_segments';

/** A change that the catalog does not allow. The message says why, and what to do. */
export class ChangeRefusedError extends Error {
  override readonly name = 'ChangeRefusedError';
  readonly code: RefusalCode;
  /** Each offending value by its path in the definition. */
  readonly errors: readonly { readonly path: string; readonly message: string }[] | undefined;

  constructor(code: RefusalCode, message: string, errors?: ChangeRefusedError['errors']) {
    super(message);
    this.code = code;
    this.errors = errors;
  }
}

/** A catalog after a change, and the segment that was changed. */
export interface Changed {
  readonly body: CatalogBody;
  readonly segment: CatalogSegment;
}

/** Adds a segment; it goes live when its backfill is done. `at` is now. Throws `ChangeRefusedError`. */
export function createSegment(body: CatalogBody, definition: SegmentDefinition, at: number): Changed {
  const { id } = definition;
  if (find(body, id)) {
    throw new ChangeRefusedError('segment_exists', `There is a segment ${id}: change it by PUT, or give another id.`);
  }
  if (body.entries.length >= MAX_SEGMENTS) {
    const message = `There are ${body.entries.length} segments, the most there may be: delete one that nobody needs.`;
    throw new ChangeRefusedError('too_many_segments', message);
  }
  checkReferences(body, definition);
  const segment = newSegment(body, definition, at);
  return { body: withSegment(body, segment), segment };
}

function newSegment(body: CatalogBody, definition: SegmentDefinition, at: number): CatalogSegment {
  const { id } = definition;
  const before = body.retired.find((each) => each.id === id)?.version ?? body.versionFloor;
  return { id, pending: { ...definition, version: before + 1 }, createdAt: at, updatedAt: at };
}

/**
 * Gives a segment another definition: a new version, if it decides otherwise about members; else only another name.
 * With `ifVersion` only if that is still the latest. Throws `ChangeRefusedError`.
 */
export function replaceSegment(
  body: CatalogBody,
  definition: SegmentDefinition,
  at: number,
  ifVersion: number | undefined,
): Changed {
  const before = existing(body, definition.id);
  const latest = latestOf(before);
  if (ifVersion !== undefined && ifVersion !== latest.version) {
    const message = `The segment has version ${latest.version}, not ${ifVersion}: read it again, and change that.`;
    throw new ChangeRefusedError('segment_changed', message);
  }
  checkReferences(body, definition);
  checkTags(body, definition);
  const segment = revised(before, definition, at);
  return segment === before ? { body, segment } : { body: withSegment(body, segment), segment };
}

function revised(before: CatalogSegment, definition: SegmentDefinition, at: number): CatalogSegment {
  const latest = latestOf(before);
  if (!isSameRule(latest, definition)) {
    return { ...before, pending: { ...definition, version: latest.version + 1 }, updatedAt: at };
  }
  if (latest.name === definition.name && latest.description === definition.description) return before;
  const renamed = { ...definition, version: latest.version };
  return { ...before, ...(before.pending ? { pending: renamed } : { live: renamed }), updatedAt: at };
}

/** Takes a segment away; its members leave it when the backfill has told them. Throws `ChangeRefusedError`. */
export function deleteSegment(body: CatalogBody, id: string): CatalogBody {
  const segment = existing(body, id);
  const users = usersOf(body, id);
  if (users.length > 0) {
    const message = `The segment ${id} is used by ${users.join(', ')}: change or delete ${users.length > 1 ? 'these' : 'that'} first.`;
    throw new ChangeRefusedError('segment_in_use', message);
  }
  const { version } = latestOf(segment);
  const retired = [...body.retired.filter((each) => each.id !== id), { id, version }];
  const forgotten = retired.slice(0, -MAX_RETIRED);
  return {
    ...body,
    entries: body.entries.filter((each) => each.id !== id),
    removed: [...body.removed.filter((each) => each.id !== id), { id, version }],
    retired: retired.slice(-MAX_RETIRED),
    versionFloor: Math.max(body.versionFloor, ...forgotten.map((each) => each.version)),
    deletedBuiltIns: segment.builtIn === undefined ? body.deletedBuiltIns : [...body.deletedBuiltIns, id],
  };
}

/** Makes live what a backfill has brought up to date, unless it was changed since; forgets removals that are done. */
export function promote(body: CatalogBody, done: PendingWork): CatalogBody {
  const versions = new Map(done.segments.map(({ id, version }) => [id, version]));
  const removals = new Map(done.removed.map(({ id, version }) => [id, version]));
  return {
    ...body,
    entries: body.entries.map((entry) => {
      const { pending, ...rest } = entry;
      return pending && versions.get(entry.id) === pending.version ? { ...rest, live: pending } : entry;
    }),
    removed: body.removed.filter(({ id, version }) => removals.get(id) !== version),
  };
}

/**
 * Takes in the built-in segments of this version of Headwater: new ones, and new rules for those that nobody changed.
 * Both go live after a backfill. One that was deleted stays away; one that is no longer built in stays as it is.
 */
export function withBuiltIns(body: CatalogBody, builtIns: readonly SegmentDefinition[], at: number): CatalogBody {
  return builtIns.reduce((next, definition) => {
    const { id } = definition;
    const entry = find(next, id);
    const builtIn = ruleHash(definition);
    if (entry === undefined) {
      return next.deletedBuiltIns.includes(id)
        ? next
        : withSegment(next, { ...newSegment(next, definition, at), builtIn });
    }
    const isUntouched = entry.builtIn === ruleHash(latestOf(entry));
    return isUntouched ? withSegment(next, { ...revised(entry, definition, at), builtIn }) : next;
  }, body);
}

/** The same segments, each as a new version: what has come of them so far is made up for by a backfill. */
export const renewed = (body: CatalogBody): CatalogBody => ({
  ...body,
  entries: body.entries.map((entry) => {
    const latest = latestOf(entry);
    return { ...entry, pending: { ...latest, version: latest.version + 1 } };
  }),
});

const find = (body: CatalogBody, id: string): CatalogSegment | undefined => body.entries.find((each) => each.id === id);

function existing(body: CatalogBody, id: string): CatalogSegment {
  const segment = find(body, id);
  if (segment) return segment;
  throw new ChangeRefusedError('segment_not_found', `There is no segment ${id}: GET /v1/segments lists them.`);
}

function withSegment(body: CatalogBody, segment: CatalogSegment): CatalogBody {
  const others = body.entries.filter(({ id }) => id !== segment.id);
  return { ...body, entries: [...others, segment].sort((one, other) => (one.id < other.id ? -1 : 1)) };
}

/** The segments that name a segment. */
const usersOf = (body: CatalogBody, id: string): string[] =>
  body.entries.filter((each) => each.id !== id && namedBy(each).has(id)).map((each) => each.id);

/** The segments that a segment names, in the version that is live as in the one to come: either may decide now. */
function namedBy({ live, pending }: CatalogSegment): ReadonlySet<string> {
  const references = [live, pending].flatMap((version) => (version ? referencesOf(version) : []));
  return new Set(references.map(({ id }) => id));
}

/** Every segment that a definition names must exist, and none may lead back. Throws `ChangeRefusedError`. */
export function checkReferences(body: CatalogBody, definition: SegmentDefinition): void {
  const errors = referencesOf(definition).flatMap(({ id, path }) => {
    if (id === definition.id) return [{ path, message: 'is the segment itself' }];
    const named = find(body, id);
    if (named === undefined) return [{ path, message: `is ${id}, and there is no segment of this id` }];
    if (hasTags(named)) {
      return [{ path, message: `is ${id}, which tags: it has members by value, and none of its own` }];
    }
    const way = wayTo(body, id, definition.id);
    if (way === undefined) return [];
    return [{ path, message: `leads back to the segment itself: ${[definition.id, ...way].join(' → ')}` }];
  });
  if (errors.length === 0) return;
  const paths = errors.map(({ path }) => path).join(', ');
  const message = `Wrong references to segments: ${paths}. Each is described in errors.`;
  throw new ChangeRefusedError('invalid_body', message, errors);
}

const hasTags = ({ live, pending }: CatalogSegment): boolean =>
  [live, pending].some((each) => each?.tags !== undefined);

/** A segment that others name must have members of its own. */
function checkTags(body: CatalogBody, { id, tags }: SegmentDefinition): void {
  const users = tags === undefined ? [] : usersOf(body, id);
  if (users.length === 0) return;
  const message = `gives the segment members by value only, and ${users.join(', ')} ask who is in it: change these first`;
  throw new ChangeRefusedError('invalid_body', `The segment ${id} cannot become one that tags.`, [
    { path: 'tags', message },
  ]);
}

/** The ids from one segment to another by what they name, both included; undefined when there is no way. */
function wayTo(body: CatalogBody, from: string, to: string): string[] | undefined {
  const cameFrom = new Map<string, string | undefined>([[from, undefined]]);
  for (const id of cameFrom.keys()) {
    if (id === to) {
      const way: string[] = [];
      for (let step: string | undefined = to; step !== undefined; step = cameFrom.get(step)) way.unshift(step);
      return way;
    }
    const entry = find(body, id);
    if (entry) for (const next of namedBy(entry)) if (!cameFrom.has(next)) cameFrom.set(next, id);
  }
  return undefined;
}
