import type { CleanEvent } from '../../schemas/event/clean-event.ts';
import type { Reads } from './predicates/predicate.ts';

const EVERY = '*';

/** What a segment reads, and whether time may change it. */
export interface SegmentReads {
  readonly reads: readonly Reads[];
  readonly isTimed: boolean;
}

/** Which segments an event or time may change: those that read something of it, and those that refer to them. */
export class TouchIndex {
  readonly #size: number;
  readonly #byEvent = new Map<string, Uint8Array>();
  readonly #byTrait = new Map<string, Uint8Array>();
  readonly #visits: Uint8Array;
  readonly #consent: Uint8Array;
  readonly #timed: Uint8Array;
  /** By event name, of events that touch nothing but what every event of the name does. */
  readonly #plain = new Map<string, readonly number[]>();
  /** Places of the segments that time may change, ascending. */
  readonly timed: readonly number[];

  /** `segments` are in the order of their places: each after those that it refers to. */
  constructor(segments: readonly SegmentReads[], placeOf: (segmentId: string) => number) {
    this.#size = segments.length;
    this.#visits = new Uint8Array(this.#size);
    this.#consent = new Uint8Array(this.#size);
    this.#timed = new Uint8Array(this.#size);
    const changed = segments.map((_, place) => new Set([place]));
    // From the last to the first, so that what changes with a segment is complete when its turn comes.
    for (let place = this.#size - 1; place >= 0; place -= 1) {
      const places = changed[place] as Set<number>;
      const { reads, isTimed } = segments[place] as SegmentReads;
      if (isTimed) mark(this.#timed, places);
      for (const read of reads) {
        if (read.segment !== undefined) for (const each of places) changed[placeOf(read.segment)]?.add(each);
        this.#add(read, places);
      }
    }
    const every = this.#marksOf(this.#byEvent, EVERY);
    unite(every, this.#visits);
    for (const marks of this.#byEvent.values()) unite(marks, every);
    for (const [name, marks] of this.#byEvent) this.#plain.set(name, placesOf(marks));
    this.timed = placesOf(this.#timed);
  }

  /** Places of the segments that events may have changed, and with `isDue` time, ascending. */
  touchedBy(events: readonly CleanEvent[], isDue: boolean): readonly number[] {
    const [event] = events;
    if (event !== undefined && events.length === 1 && !isDue && isPlain(event)) {
      return (this.#plain.get(event.event) ?? this.#plain.get(EVERY)) as readonly number[];
    }
    const marks = new Uint8Array(this.#size);
    if (isDue) unite(marks, this.#timed);
    for (const event of events) {
      unite(marks, this.#byEvent.get(event.event) ?? this.#byEvent.get(EVERY));
      if (event.type === 'identify') for (const name in event.traits) unite(marks, this.#byTrait.get(name));
      if (event.context.consent !== undefined) unite(marks, this.#consent);
    }
    return placesOf(marks);
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

const isPlain = ({ type, context }: CleanEvent): boolean => type !== 'identify' && context.consent === undefined;

function placesOf(marks: Uint8Array): number[] {
  const places: number[] = [];
  for (let place = 0; place < marks.length; place += 1) if (marks[place] === 1) places.push(place);
  return places;
}

function mark(marks: Uint8Array, places: ReadonlySet<number>): void {
  for (const place of places) marks[place] = 1;
}

function unite(marks: Uint8Array, more: Uint8Array | undefined): void {
  if (more === undefined) return;
  for (let place = 0; place < marks.length; place += 1) if (more[place] === 1) marks[place] = 1;
}
