import type { CleanEvent } from '../../schemas/event/clean-event.ts';
import type { Reads } from './predicates/predicate.ts';

const EVERY = '*';

/** Which segments an event may change: those that read something it touches, and those that refer to them. */
export class TouchIndex {
  readonly #size: number;
  readonly #byEvent = new Map<string, Uint8Array>();
  readonly #byTrait = new Map<string, Uint8Array>();
  readonly #visits: Uint8Array;
  readonly #consent: Uint8Array;

  /** `reads` are those of each segment at its place; a segment stands after those that it refers to. */
  constructor(reads: readonly (readonly Reads[])[], placeOf: (segmentId: string) => number) {
    this.#size = reads.length;
    this.#visits = new Uint8Array(this.#size);
    this.#consent = new Uint8Array(this.#size);
    const changed = reads.map((_, place) => new Set([place]));
    // From the last to the first, so that what changes with a segment is complete when its turn comes.
    for (let place = this.#size - 1; place >= 0; place -= 1) {
      const places = changed[place] as Set<number>;
      for (const read of reads[place] ?? []) {
        if (read.segment !== undefined) for (const each of places) changed[placeOf(read.segment)]?.add(each);
        this.#add(read, places);
      }
    }
    const every = this.#byEvent.get(EVERY);
    if (every !== undefined) for (const marks of this.#byEvent.values()) unite(marks, every);
  }

  /** Places of the segments that events may have changed, ascending. */
  touchedBy(events: readonly CleanEvent[]): number[] {
    const marks = new Uint8Array(this.#size);
    for (const event of events) {
      unite(marks, this.#byEvent.get(event.event) ?? this.#byEvent.get(EVERY));
      if (event.type === 'identify') for (const name in event.traits) unite(marks, this.#byTrait.get(name));
      unite(marks, this.#visits);
      if (event.context.consent !== undefined) unite(marks, this.#consent);
    }
    const places: number[] = [];
    for (let place = 0; place < marks.length; place += 1) if (marks[place] === 1) places.push(place);
    return places;
  }

  #add({ events = [], trait, visits, consent }: Reads, places: ReadonlySet<number>): void {
    for (const name of events) mark(this.#marksOf(this.#byEvent, name), places);
    if (trait !== undefined) mark(this.#marksOf(this.#byTrait, trait), places);
    if (visits === true) mark(this.#visits, places);
    if (consent === true) mark(this.#consent, places);
  }

  #marksOf(index: Map<string, Uint8Array>, name: string): Uint8Array {
    let marks = index.get(name);
    if (marks === undefined) {
      marks = new Uint8Array(this.#size);
      index.set(name, marks);
    }
    return marks;
  }
}

function mark(marks: Uint8Array, places: ReadonlySet<number>): void {
  for (const place of places) marks[place] = 1;
}

function unite(marks: Uint8Array, more: Uint8Array | undefined): void {
  if (more === undefined) return;
  for (let place = 0; place < marks.length; place += 1) if (more[place] === 1) marks[place] = 1;
}
