import type { ConditionSegment, SegmentDefinition } from '../../../schemas/segment/definition.ts';
import { type Definitions, membership, SegmentReferenceError } from './condition.ts';
import { PersonQuery } from './person-query.ts';
import { asQuery, type Query, type QueryOptions } from './query.ts';
import { taggedPersons, tagRows } from './tags.ts';

/**
 * The members of a segment, one row each: `person_key`. Of a segment that tags, a row for each tag: `person_key, tag`.
 * `definitions` holds the segment and every one that it names. Throws `SegmentReferenceError`, `QueryTooLongError`.
 *
 * The same persons as in realtime, but for those of whom the profile or a track had to leave something out (over 300
 * orders, 900 rows of a selection, 20 kinds of devices...): of them the lake knows all.
 */
export function membersSql(definitions: Iterable<SegmentDefinition>, id: string, options: QueryOptions): Query {
  const { segment, byId } = find(definitions, id);
  const sql = segment.tags === undefined ? memberRows(segment, byId, options) : tagRows(segment, options);
  return asQuery(sql);
}

/** How many members that are, and 20 of them by no order that means anything: `person_key, members`, 0 rows for none. */
export function previewSql(definitions: Iterable<SegmentDefinition>, id: string, options: QueryOptions): Query {
  const { segment, byId } = find(definitions, id);
  const members = segment.tags === undefined ? memberRows(segment, byId, options) : taggedPersons(segment, options);
  const select = 'SELECT person_key, count(*) OVER () AS members';
  return asQuery(`${select}\nFROM (\n${members}\n)\nORDER BY md5(to_utf8(person_key))\nLIMIT 20`);
}

/** Membership of every person in several segments: `person_key`, then a boolean for each by position, `segment_1`... */
export function manyMembersSql(
  definitions: Iterable<SegmentDefinition>,
  ids: readonly string[],
  { asOf }: QueryOptions,
): Query {
  const byId = new Map(Array.from(definitions, (each) => [each.id, each]));
  const query = new PersonQuery(asOf);
  const verdicts = ids.map((id, at) => {
    const { segment } = find(byId.values(), id);
    if (segment.condition === undefined) throw new SegmentReferenceError(`${id} has tags: ask for its members alone.`);
    return `coalesce(${membership(query, segment, byId)}, false) AS segment_${at + 1}`;
  });
  const steps = query.overPeople();
  return asQuery(steps.query(`SELECT\n  ${['person_key', ...verdicts].join(',\n  ')}\nFROM ${steps.last}`));
}

function memberRows(segment: ConditionSegment, definitions: Definitions, { asOf }: QueryOptions): string {
  const query = new PersonQuery(asOf);
  const condition = membership(query, segment, definitions);
  const steps = query.overPeople();
  return steps.query(`SELECT person_key\nFROM ${steps.last}\nWHERE ${condition}`);
}

function find(definitions: Iterable<SegmentDefinition>, id: string) {
  const byId = new Map(Array.from(definitions, (each) => [each.id, each]));
  const segment = byId.get(id);
  if (segment === undefined) throw new SegmentReferenceError(`There is no segment ${id} among those given.`);
  return { segment, byId };
}
