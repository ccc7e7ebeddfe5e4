import type { Person } from '../person.ts';
import type { Row } from '../tracks.ts';

/** A person at one moment. Predicates leave in `until` how long their verdict holds if nothing happens. */
export interface Moment {
  readonly person: Person;
  /** Milliseconds since 1970. */
  readonly asOf: number;
  until: number;
  /** Whether the person is a member of the segment at a place of the catalog, as of this moment. */
  readonly members: Uint8Array;
}

/** What a predicate reads, so that it is looked at again only when an event may have changed that. */
export interface Reads {
  /** Names of events, `*` for any. */
  readonly events?: readonly string[];
  /** Names of traits. */
  readonly trait?: string;
  readonly visits?: boolean;
  readonly consent?: boolean;
  readonly segment?: string;
}

/** A predicate that is the test of one value, so that all tests of that value can share reading it. */
export interface ValueTested {
  /** Names the value: equal for equal values. */
  readonly source: string;
  read(moment: Moment): unknown;
  holds(value: unknown): boolean;
}

/** A leaf condition, compiled. One that several definitions share is evaluated once. */
export interface Predicate {
  readonly reads: Reads;
  /** Whether its verdict may change by time alone. Only then does `evaluate` set `moment.until`. */
  readonly isTimed: boolean;
  /** Only of predicates that are not timed. */
  readonly tested?: ValueTested;
  evaluate(moment: Moment): boolean;
  /** The value that was tested, for people to read; null where it is missing. */
  saw(moment: Moment): unknown;
}

export const NEVER = Number.POSITIVE_INFINITY;

const noRows: readonly Row[] = [];

export const rowsOf = ({ person }: Moment, trackId: string): readonly Row[] => person.tracks.get(trackId) ?? noRows;

/** An instant as the API writes it. */
export const isoOf = (time: number): string => new Date(time).toISOString();

/** Moments of a sweep over future changes; where it ends without an answer, the last is a bound that holds. */
export const MAX_STEPS = 64;
