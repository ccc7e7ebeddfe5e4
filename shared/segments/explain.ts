import type { Condition, LeafCondition } from '../../schemas/segment/definition.ts';
import type { ExplanationNode } from '../../schemas/segment/view.ts';
import type { Audience } from './audience.ts';
import type { CompiledCatalog, CompiledVersion } from './compile-catalog.ts';
import { ConditionCompiler } from './compile-condition.ts';
import { isCandidate, versionFor } from './evaluate.ts';
import { holds } from './nodes.ts';
import type { Person } from './person.ts';
import { isoOf, type Moment, NEVER } from './predicates/predicate.ts';

/** Why a person is in a segment as of a moment, or is not. */
export interface Explanation {
  readonly segmentId: string;
  readonly version: number;
  readonly member: boolean;
  readonly explanation: ExplanationNode;
}

/**
 * Explains a segment, or a membership `<id>:<value>` of one that tags, from a person's profile and tracks. With `audience`,
 * by the version that decides about this person. undefined for a segment that is not in the catalog, or not yet.
 */
export function explain(
  catalog: CompiledCatalog,
  person: Person,
  segmentId: string,
  asOf: number,
  audience?: Pick<Audience, 'ready'>,
): Explanation | undefined {
  const [id = '', ...value] = segmentId.split(':');
  const place = catalog.places.get(id);
  const segment = place === undefined ? undefined : catalog.segments[place];
  const ready = audience?.ready ?? new Set<string>();
  const version = segment && (versionFor(segment, ready) ?? segment.pending);
  if (version === undefined || (version.tags === undefined) === value.length > 0) return undefined;
  const moment: Moment = { person, asOf, until: NEVER, members: new Uint8Array(catalog.segments.length) };
  for (const [at, each] of catalog.segments.entries()) {
    moment.members[at] = isMember(versionFor(each, ready), moment) ? 1 : 0;
  }
  const { definition, tags } = version;
  const inner =
    tags === undefined
      ? explainCondition(definition.condition as Condition, new ConditionCompiler(placeIn(catalog)), moment)
      : explainTags(version, value.join(':'), moment);
  const isKnown = isCandidate(person.profile, definition.includeBots);
  const explanation = isKnown
    ? inner
    : { condition: { type: 'person' }, saw: 'no event but those of bots', verdict: false };
  return { segmentId, version: definition.version, member: explanation.verdict, explanation };
}

const placeIn =
  ({ places }: CompiledCatalog) =>
  (id: string): number =>
    places.get(id) as number;

function isMember(version: CompiledVersion | undefined, moment: Moment): boolean {
  if (version?.root === undefined) return false;
  return isCandidate(moment.person.profile, version.definition.includeBots) && holds(version.root, moment);
}

function explainCondition(condition: Condition, compiler: ConditionCompiler, moment: Moment): ExplanationNode {
  const node = compiler.compile(condition);
  const verdict = holds(node, moment);
  const until = node.isTimed && node.until !== NEVER ? { until: isoOf(node.until) } : {};
  switch (condition.type) {
    case 'all':
    case 'any': {
      const conditions = condition.conditions.map((each) => explainCondition(each, compiler, moment));
      return { condition: { type: condition.type }, verdict, ...until, conditions };
    }
    case 'not': {
      const conditions = [explainCondition(condition.condition, compiler, moment)];
      return { condition: { type: 'not' }, verdict, ...until, conditions };
    }
    default:
      return { condition: shown(condition), saw: node.predicate?.saw(moment) ?? null, verdict, ...until };
  }
}

const shown = (condition: LeafCondition): Record<string, unknown> => ({ ...condition });

function explainTags({ definition, tags }: CompiledVersion, value: string, moment: Moment): ExplanationNode {
  const verdict = tags?.find(moment).includes(value) === true;
  const until = moment.until === NEVER ? {} : { until: isoOf(moment.until) };
  const counts = tags?.counts(moment) ?? [];
  return {
    condition: { type: 'tags', ...definition.tags, value },
    saw: Object.fromEntries(counts),
    verdict,
    ...until,
  };
}
