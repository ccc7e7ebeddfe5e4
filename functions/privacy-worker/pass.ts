import type { RemovedCount } from '../../schemas/privacy.ts';
import type { Key } from '../../schemas/stream/control.ts';
import type { Item } from '../adapters/dynamodb.ts';
import type { LakeErasureState, LakeExportState } from './lake/types.ts';

/** A person who is erased, by whatever requests ask for it. */
export interface ErasedPerson {
  readonly requestIds: readonly string[];
  readonly suppress: boolean;
  readonly keys: readonly Key[];
  /** What went so far. */
  readonly removed: readonly RemovedCount[];
}

/** Consumers of the stream that take part in an erasure. */
export type Consumer = 'profiles' | 'lake' | 'audience';

/** A barrier that was put, and by whom it is still to be passed. */
export interface PutBarrierState {
  readonly id: string;
  /** When, in milliseconds since 1970. */
  readonly putAt: number;
  readonly shards: readonly string[];
}

/** Items of a table that are about to go: stored before they do, so that they count once. */
export interface Planned {
  /** Keys of the items; of an item that others are in, too, what is left of it. */
  readonly items: readonly Item[];
  /** By place of the person. */
  readonly counts: readonly (readonly [person: number, count: RemovedCount])[];
  /** Where the next page begins. */
  readonly after?: Item;
}

/** A batch that was set aside, and is about to lose messages. */
export interface PlannedBatch {
  readonly key: string;
  readonly etag: string;
  readonly counts: Planned['counts'];
}

/** A walk through a table, page by page. */
interface Walk {
  readonly after?: Item;
  readonly planned?: Planned;
}

/**
 * Steps of an erasure, in order. `find` and `note` come again until no further key of anybody turns up; `look` to `looked`
 * until no profile names anybody.
 */
export type ErasureStep =
  | { readonly name: 'find'; readonly isSettled: boolean }
  | { readonly name: 'note' }
  /** Waits until the consumers have passed a barrier, after which the register was asked of all that they take. */
  | { readonly name: 'settle'; readonly barrier: PutBarrierState }
  | { readonly name: 'count' }
  | { readonly name: 'tell' }
  | { readonly name: 'hear'; readonly barrier: PutBarrierState; readonly round: number }
  | { readonly name: 'land'; readonly barrier: PutBarrierState; readonly round: number }
  | ({ readonly name: 'look'; readonly round: number; readonly found: number } & Walk)
  | ({ readonly name: 'due' } & Walk)
  | { readonly name: 'audience'; readonly person: number; readonly planned?: Planned }
  | ({ readonly name: 'reports' } & Walk)
  /** After the batch of a key. */
  | { readonly name: 'setAside'; readonly after: string; readonly planned?: PlannedBatch }
  | { readonly name: 'lake'; readonly state?: LakeErasureState }
  | { readonly name: 'verify' }
  | { readonly name: 'receipt'; readonly completedAt: number };

export type Step<N extends ErasureStep['name']> = Extract<ErasureStep, { name: N }>;

/** How a step ended: with the pass as it goes on, not yet, or with nothing left to do. */
export type ErasureProgress = ErasurePass | 'wait' | 'over';

export interface ErasurePass {
  readonly type: 'erasure';
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly people: readonly ErasedPerson[];
  /** Files of the lake by prefix that could not be looked into. */
  readonly unread?: Readonly<Record<string, number>>;
  /** Number of the next barrier. */
  readonly barriers: number;
  readonly step: ErasureStep;
}

export interface ExportPass {
  readonly type: 'export';
  readonly id: string;
  readonly startedAt: number;
  readonly keys: readonly Key[];
  /** Steps that failed so far, and when it is tried again, in milliseconds since 1970. */
  readonly failures: number;
  readonly retryAt?: number;
  readonly step: { readonly name: 'find' } | { readonly name: 'lake'; readonly state: LakeExportState };
}

/** What is worked on: all that a run knows, stored with each step. */
export type Pass = ErasurePass | ExportPass;
