import type { SegmentDefinition } from '../../schemas/segment/definition.ts';
import {
  type CatalogBody,
  type CatalogSegment,
  find,
  latestOf,
  type PendingWork,
  withSegment,
} from './catalog-body.ts';
import { ChangeRefusedError } from './change-refused.ts';
import { checkReferences, checkTags, usersOf } from './check-references.ts';
import { isSameRule } from './same-rule.ts';

export const MAX_SEGMENTS = 1_000;
/** Deleted segments whose last version is known each by itself. */
const MAX_RETIRED = 500;

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

/** A segment that waits for its backfill; its versions go on where those of a deleted one of its id ended. */
export function newSegment(body: CatalogBody, definition: SegmentDefinition, at: number): CatalogSegment {
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

/** A segment with another definition; the same if nothing is different. */
export function revised(before: CatalogSegment, definition: SegmentDefinition, at: number): CatalogSegment {
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

function existing(body: CatalogBody, id: string): CatalogSegment {
  const segment = find(body, id);
  if (segment) return segment;
  throw new ChangeRefusedError('segment_not_found', `There is no segment ${id}: GET /v1/segments lists them.`);
}
