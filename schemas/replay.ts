/** What the function of replays is asked and answers. Plain types, for the function and for the command that calls it. */

/** Days of arrival, both ends included: `YYYY-MM-DD`. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

/** What is to be done again. */
export type ReplayRequest =
  /** Everybody of whom something arrived in these days is folded anew. */
  | { readonly kind: 'profiles'; readonly days: Days; readonly isDry: boolean }
  /** Events that failed in these days are run again, those of one reason where it is given. */
  | { readonly kind: 'failed'; readonly days: Days; readonly reason?: string; readonly isDry: boolean }
  /** Batches that consumers gave up are put back. */
  | { readonly kind: 'setAside'; readonly isDry: boolean };

/** To begin a replay, or to go on with it for a while. Any other event is the clock's: it goes on where nobody else does. */
export type ReplayCall = { readonly start: ReplayRequest } | { readonly work: { readonly forMs: number } };

/** How a replay stands. */
export interface ReplayView {
  readonly id: string;
  readonly request: ReplayRequest;
  readonly state: 'running' | 'done' | 'failed';
  /** What it does. */
  readonly label: string;
  /** How far it is with that, from 0 to 1. */
  readonly part: number;
  /** What was found and done, by what it is. */
  readonly counts: Readonly<Record<string, number>>;
  /** What went wrong and how to mend it. */
  readonly failure?: string;
}

export interface ReplayAnswer {
  /** The latest; undefined when there never was any. */
  readonly replay?: ReplayView;
  /** Another replay is under way: the one asked for was not begun. */
  readonly refused?: true;
}
