import type { CleanEvent } from '../../schemas/event/clean-event.ts';
import type { Condition, SegmentDefinition } from '../../schemas/segment/definition.ts';
import type { CatalogEntry, Versioned } from './catalog-entry.ts';
import { inOrder } from './catalog-order.ts';
import { ConditionCompiler, readsOf } from './compile-condition.ts';
import type { Node } from './nodes.ts';
import { pruneTracks as prune } from './prune-tracks.ts';
import { Sweep } from './sweep.ts';
import { type TagFinder, tagFinder } from './tags.ts';
import { TouchIndex } from './touch-index.ts';
import { TrackWriters } from './track-events.ts';
import { type TrackNeed, tagNeed, trackNeedsOf } from './track-needs.ts';
import { canonicalJson, type KeepRule, type Row, type TrackSpec, type Tracks } from './tracks.ts';

/** A definition, ready to be evaluated: by its condition, or by its rule of tags. */
export interface CompiledVersion {
  readonly definition: Versioned;
  readonly root: Node | undefined;
  readonly tags: TagFinder | undefined;
}

export interface CompiledSegment {
  readonly id: string;
  readonly live: CompiledVersion | undefined;
  readonly pending: CompiledVersion | undefined;
  /** `<id>@<version>` of the pending version. */
  readonly pendingKey: string;
}

/** All definitions of a catalog, compiled once and used for every person. */
export interface CompiledCatalog {
  /** Each after those that it refers to; the index is the segment's place. */
  readonly segments: readonly CompiledSegment[];
  readonly places: ReadonlyMap<string, number>;
  readonly everyPlace: readonly number[];
  /** `<id>@<version>` of every pending version. */
  readonly pendingKeys: ReadonlySet<string>;
  /** The tracks that definitions read. */
  readonly trackSpecs: readonly TrackSpec[];
  readonly tracksById: ReadonlyMap<string, TrackSpec>;
  readonly writers: TrackWriters;
  readonly touches: TouchIndex;
  /** Over the live versions, by place. */
  readonly sweep: Sweep;
}

/** Compiles all definitions together, so that what they share is done once. Throws `CatalogError`. */
export function compileCatalog(entries: readonly CatalogEntry[]): CompiledCatalog {
  const ordered = inOrder(entries);
  const places = new Map(ordered.map(({ id }, place) => [id, place]));
  const placeOf = (id: string) => places.get(id) as number;
  const compiler = new ConditionCompiler(placeOf);
  const segments = ordered.map(({ id, live, pending }) => ({
    id,
    live: live && compileVersion(compiler, live),
    pending: pending && compileVersion(compiler, pending),
    pendingKey: pending ? readyKey(id, pending.version) : '',
  }));
  const trackSpecs = trackSpecsOf(ordered.flatMap(({ live, pending }) => [live ?? [], pending ?? []].flat()));
  const reads = segments.map(({ live, pending }) => {
    const versions = [live, pending].filter((version) => version !== undefined);
    return { reads: versions.flatMap(readsOfVersion), isTimed: versions.some(({ root }) => root?.isTimed ?? true) };
  });
  return {
    segments,
    places,
    everyPlace: segments.map((_, place) => place),
    pendingKeys: new Set(segments.flatMap(({ pendingKey }) => pendingKey || [])),
    trackSpecs,
    tracksById: new Map(trackSpecs.map((spec) => [spec.id, spec])),
    writers: new TrackWriters(trackSpecs),
    touches: new TouchIndex(reads, placeOf),
    sweep: new Sweep(segments.map(({ live }) => live?.root)),
  };
}

/** How a pending version is named in `audience.ready`. */
export const readyKey = (id: string, version: number): string => `${id}@${version}`;

function compileVersion(compiler: ConditionCompiler, definition: Versioned): CompiledVersion {
  return {
    definition,
    root: definition.condition && compiler.compile(definition.condition),
    tags: definition.tags && tagFinder(definition.tags),
  };
}

const readsOfVersion = ({ root, tags }: CompiledVersion) => [
  ...(root ? readsOf(root) : []),
  ...(tags ? [tags.reads] : []),
];

/** The tracks that definitions read, each with the union of what they need of it. */
export function trackSpecsOf(definitions: readonly SegmentDefinition[]): TrackSpec[] {
  const specs = new Map<string, { need: TrackNeed; rules: Map<string, KeepRule> }>();
  for (const definition of definitions) {
    const needs = definition.tags ? [tagNeed(definition.tags)] : needsOf(definition.condition as Condition);
    for (const need of needs) {
      const known = specs.get(need.track.id) ?? { need, rules: new Map<string, KeepRule>() };
      for (const rule of need.keep) known.rules.set(canonicalJson(rule), rule);
      specs.set(need.track.id, known);
    }
  }
  return Array.from(specs.values(), ({ need, rules }) => ({ ...need.track, keep: [...rules.values()] }));
}

function needsOf(condition: Condition): readonly TrackNeed[] {
  switch (condition.type) {
    case 'all':
    case 'any':
      return condition.conditions.flatMap(needsOf);
    case 'not':
      return needsOf(condition.condition);
    default:
      return trackNeedsOf(condition);
  }
}

/** Adds an event to the tracks that definitions read. Says whether any of them grew. */
export const trackEvent = ({ writers }: CompiledCatalog, tracks: Tracks, event: CleanEvent): boolean =>
  writers.add(tracks, event);

/** Adds rows from the lake, by track id, in any order and however often. Says whether any was new. */
export const addRows = (
  { writers }: CompiledCatalog,
  tracks: Tracks,
  rows: Readonly<Record<string, readonly Row[]>>,
): boolean => writers.addAll(tracks, Object.entries(rows));

/** The tracks of a person from those of their keys. */
export const mergeTracks = ({ writers }: CompiledCatalog, parts: readonly Tracks[]): Tracks => writers.merge(parts);

/** Removes what no definition will read again at or after `asOf`. Returns how many rows size limits cost. */
export const pruneTracks = ({ tracksById }: CompiledCatalog, tracks: Tracks, asOf: number): number =>
  prune(tracksById, tracks, asOf);
