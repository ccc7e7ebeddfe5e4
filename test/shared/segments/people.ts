import type { CleanEvent } from '../../../schemas/event/clean-event.ts';
import type { Condition, SegmentDefinition } from '../../../schemas/segment/definition.ts';
import { segmentDefinition } from '../../../schemas/segment/definition.ts';
import { type Audience, type MembershipChange, newAudience } from '../../../shared/segments/audience.ts';
import type { CatalogEntry } from '../../../shared/segments/catalog-entry.ts';
import {
  type CompiledCatalog,
  compileCatalog,
  pruneTracks,
  trackEvent,
} from '../../../shared/segments/compile-catalog.ts';
import { catchUp, evaluate } from '../../../shared/segments/evaluate.ts';
import type { Person } from '../../../shared/segments/person.ts';
import type { Tracks } from '../../../shared/segments/tracks.ts';
import { aProfile } from '../../fixtures/profiles.ts';

export const KEY = 'user:user-1';

/** A definition as the API would store it. */
export const aSegment = (condition: unknown, over: object = {}): SegmentDefinition =>
  segmentDefinition.parse({ id: 'segment', name: 'Segment', condition: condition as Condition, ...over });

/** Definitions as live entries of a catalog. */
export const liveEntries = (definitions: readonly SegmentDefinition[]): CatalogEntry[] =>
  definitions.map((definition) => ({ id: definition.id, live: { ...definition, version: 1 } }));

export const aCatalog = (definitions: readonly SegmentDefinition[]): CompiledCatalog =>
  compileCatalog(liveEntries(definitions));

/** A person as their events, in this order, make them. */
export function aPerson(catalog: CompiledCatalog, events: readonly CleanEvent[]): Person {
  const tracks: Tracks = new Map();
  for (const event of events) trackEvent(catalog, tracks, event);
  return { key: KEY, profile: aProfile(events), tracks };
}

/** The memberships of a person who was never evaluated before. */
export function membershipsAt(catalog: CompiledCatalog, person: Person, asOf: number): Set<string> {
  const audience = newAudience();
  evaluate(catalog, person, audience, asOf, { type: 'definition', time: asOf });
  return new Set(audience.memberships.keys());
}

export interface Arrival {
  readonly event: CleanEvent;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A person who is kept up to date as events arrive: as the profile-updater does it. */
export class LivePerson {
  readonly audience: Audience = newAudience();
  readonly changes: MembershipChange[] = [];
  readonly tracks: Tracks = new Map();
  readonly #catalog: CompiledCatalog;
  #events: readonly CleanEvent[] = [];

  constructor(catalog: CompiledCatalog) {
    this.#catalog = catalog;
  }

  get events(): readonly CleanEvent[] {
    return this.#events;
  }

  get memberships(): Set<string> {
    return new Set(this.audience.memberships.keys());
  }

  arrive({ event, at }: Arrival): void {
    if (this.#events.length > 0) this.waitUntil(at);
    this.#events = [...this.#events, event];
    trackEvent(this.#catalog, this.tracks, event);
    const { messageId, event: name, eventTime: time } = event;
    const cause = { type: 'event', messageId, event: name, time } as const;
    this.changes.push(...evaluate(this.#catalog, this.#person(), this.audience, at, cause, [event]));
    pruneTracks(this.#catalog, this.tracks, at);
  }

  /** Lets time pass, with a look at every moment that is due. */
  waitUntil(asOf: number): void {
    this.changes.push(...catchUp(this.#catalog, this.#person(), this.audience, asOf));
  }

  #person(): Person {
    return { key: KEY, profile: aProfile(this.#events), tracks: this.tracks };
  }
}
