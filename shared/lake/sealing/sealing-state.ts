import type { Barrier } from '../../stream/barrier.ts';

/** Barriers that were put on the stream so that all of a day has landed before it is sealed. */
export interface SealingBarrier extends Barrier {
  /** What arrived before this day lies before the barrier. */
  readonly before: string;
  /** Milliseconds since 1970. */
  readonly putAt: number;
}

/** How far the sealing of a day is. */
export interface SealingProgress {
  readonly day: string;
  /** Tables of which the day is done. */
  readonly done: readonly string[];
  /** The table that is under way: its parts so far, the rows in them, and what they were made of. */
  readonly table?: { readonly name: string; readonly source: string; readonly parts: number; readonly rows: number };
}

/** All that one run of the sealer leaves to the next, in one object. */
export interface SealingState {
  /** The run that works, or did last. */
  readonly owner: string;
  /** Milliseconds since 1970 until which no other run may. */
  readonly leaseUntil: number;
  /** Milliseconds since 1970 until which there is nothing to do. */
  readonly restUntil?: number | undefined;
  readonly barriers: readonly SealingBarrier[];
  readonly progress?: SealingProgress | undefined;
  /** By day and table, what those days were sealed of whose landed files are still there. */
  readonly sources?: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
}
