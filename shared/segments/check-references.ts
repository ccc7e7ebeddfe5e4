import type { SegmentDefinition } from '../../schemas/segment/definition.ts';
import { type CatalogBody, type CatalogSegment, find } from './catalog-body.ts';
import { ChangeRefusedError } from './change-refused.ts';
import { referencesOf } from './references.ts';

/** The segments that name a segment. */
export const usersOf = (body: CatalogBody, id: string): string[] =>
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

/** A segment that others name must have members of its own. Throws `ChangeRefusedError`. */
export function checkTags(body: CatalogBody, { id, tags }: SegmentDefinition): void {
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
