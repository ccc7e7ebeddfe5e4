/** Requests for what is held of a person, as they are stored: plain types, because functions read them at each start. */
import type { Key } from './stream/control.ts';

export type PrivacyRequestType = 'erasure' | 'export';

/** `failed` is of exports alone: an erasure goes on until it is done. */
export type PrivacyRequestState = 'waiting' | 'running' | 'done' | 'failed';

/** How many things of a kind were there, and are no more. */
export interface RemovedCount {
  /** Table of the lake, or store: `events`, `profiles`, `audience`… */
  readonly store: string;
  /** `rows`, `items`, `members`… */
  readonly what: string;
  readonly count: number;
}

/** Where something may be left. */
export interface RemainingCopy {
  readonly store: string;
  /** ISO time by which it is gone by itself; missing where somebody has to delete it. */
  readonly until?: string;
}

/** What an erasure did. It names nobody. */
export interface ErasureReceipt {
  readonly removed: readonly RemovedCount[];
  readonly remaining: readonly RemainingCopy[];
}

export interface PrivacyRequest {
  readonly id: string;
  readonly type: PrivacyRequestType;
  readonly state: PrivacyRequestState;
  /** What is being done, in one word. */
  readonly step: string;
  /** Whom it is about, by what was asked; empty when it is done: then only the register knows, by hashes. */
  readonly keys: readonly Key[];
  /** To whose people the key was limited by which it came: only such keys, and those without limits, may ask for it. */
  readonly space?: string;
  /** Of an erasure: whether the person's later events are refused, too. */
  readonly suppress: boolean;
  /** Milliseconds since 1970. */
  readonly requestedAt: number;
  readonly completedAt?: number;
  readonly receipt?: ErasureReceipt;
  /** Of an export that is done: the object in the lake's bucket. */
  readonly archive?: string;
  /** Why it failed, in words that name nobody. */
  readonly failure?: string;
}

/** What the worker is invoked for: to look for requests, unless it says otherwise. */
export type PrivacyTask =
  | { readonly task?: undefined }
  /** Deletes days of the lake that were kept long enough. */
  | { readonly task: 'retention' }
  /** Has profiles forget whom nobody has seen for as long as they are kept. Answers how many people were asked for. */
  | { readonly task: 'forget' }
  /** After a restore: asks again for the erasures since then, in milliseconds since 1970. Answers `ErasedAgain`. */
  | { readonly task: 'erase-again'; readonly since: number };

/** What was asked for again. */
export interface ErasedAgain {
  /** Erasures since the moment, and ids of the requests for those of whom something is back. */
  readonly erasures: number;
  readonly requests: readonly string[];
}

/** Days after which an archive is deleted. */
export const EXPORT_DAYS = 7;
/** Seconds for which a link to an archive is good. */
export const LINK_SECONDS = 900;
