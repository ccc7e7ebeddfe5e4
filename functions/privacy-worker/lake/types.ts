import type { IdentityRules } from '../../../schemas/identity-rules.ts';
import type { LakeTable, LandedTable } from '../../../schemas/lake/column.ts';
import type { Key } from '../../../schemas/stream/control.ts';
import type { SealingState } from '../../../shared/lake/sealing/sealing-state.ts';
import type { createAthena, ResultLocation } from '../../adapters/athena.ts';
import type { LakeFiles } from '../../adapters/lake-files.ts';
import type { log } from '../../adapters/log.ts';
import type { ObjectVersions } from '../../adapters/object-versions.ts';
import type { ObjectReader } from '../../adapters/s3-read.ts';
import type { StateObject } from '../../adapters/state-object.ts';
import type { VersionedFiles } from '../../adapters/versioned-files.ts';

/** Who is to be erased or exported: all keys of the person, and the opaque ids that they had. */
export interface LakePerson {
  readonly requestId: string;
  readonly keys: readonly Key[];
  readonly profileIds: readonly string[];
}

/** A bucket beside the lake's that holds what may be anybody's, and goes whole. */
export interface OtherBucket {
  readonly files: Pick<LakeFiles, 'list' | 'remove'>;
  readonly versions: ObjectVersions;
}

/** What erasure, export and retention reach in the lake. The handler of the function fills it. */
export interface LakeReach {
  readonly athena: Pick<ReturnType<typeof createAthena>, 'start' | 'look'>;
  /** Reads the files of results. */
  readonly objects: Pick<ObjectReader, 'readPart'>;
  /** The lake's bucket, four times: whole files, conditional writes, and what was overwritten or deleted. */
  readonly files: LakeFiles;
  readonly versioned: VersionedFiles;
  readonly versions: ObjectVersions;
  /** The state object of the sealer, `sealing/state.json`: its lease is taken while files change. */
  readonly sealing: StateObject<SealingState>;
  /** The bucket of the results of queries. */
  readonly results: OtherBucket;
  readonly tables: readonly LandedTable[];
  /** Every table on disk, whose files lie below its name. */
  readonly allTables: readonly LakeTable[];
  readonly database: string;
  readonly workGroup: string;
  /** IDENTITY_RULES: which traits are ids of people. */
  readonly identity: IdentityRules;
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
  /** A text that no other call answers. */
  readonly newId: () => string;
  readonly log: typeof log;
}

/** Things that went from a store, `rows` of `events` for example. */
export interface LakeCount {
  readonly store: string;
  /** `rows`, `names` (in rows that belong to others), `lines`, `files` or `versions`. */
  readonly what: string;
  readonly count: number;
}

/** A file that is about to be written anew: planned and stored before it is touched, so that its rows count once. */
export interface PlannedFile {
  readonly key: string;
  readonly table: string;
  /** By request: rows that go, and rows of others that lose the person's ids. */
  readonly rows: Readonly<Record<string, number>>;
  readonly names: Readonly<Record<string, number>>;
}

export type LakeErasureStep =
  /** Asks for the files of a table, from the first to the last of `searches`. */
  | { readonly name: 'search'; readonly at: number; readonly query?: string }
  /** Looks into the files that the search named, some at a time. */
  | { readonly name: 'plan'; readonly at: number; readonly paths: ResultLocation; readonly offset: number }
  /** Writes those anew that hold something, then plans the next. */
  | {
      readonly name: 'rewrite';
      readonly at: number;
      readonly paths: ResultLocation;
      readonly offset: number;
      readonly files: readonly PlannedFile[];
    }
  /** Writes the tables anew whose rows are told by what the other tables lost. */
  | { readonly name: 'traces'; readonly at: number; readonly files?: readonly PlannedFile[] }
  /** What lies beside the tables, by its place in `prefixes`. */
  | { readonly name: 'prefixes'; readonly at: number }
  /** What was overwritten or deleted, prefix by prefix. */
  | { readonly name: 'versions'; readonly at: number }
  | { readonly name: 'done' };

/** How far an erasure is: plain JSON, stored by the caller after each step. Holds keys of people until it is done. */
export interface LakeErasureState {
  readonly v: 1;
  /** Names its files. */
  readonly id: string;
  readonly people: readonly LakePerson[];
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** 1, 2, 3…: the tables are asked again until a pass finds nothing. */
  readonly pass: number;
  /** Whether this pass found anything. */
  readonly found: boolean;
  /** Number of the next note of what went. */
  readonly notes: number;
  readonly step: LakeErasureStep;
  /** By request, then `<store> <what>`. */
  readonly counts: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface LakeErasure {
  /** `id` names the pass: of an erasure that is begun again before its state was stored, the same. */
  begin(people: readonly LakePerson[], id: string): LakeErasureState;
  /** Does the next step; `wait` when it is others' turn. Throws what the services throw: the step may be done again. */
  next(state: LakeErasureState): Promise<LakeErasureState | 'wait'>;
  isDone(state: LakeErasureState): boolean;
  /** What went for a request, for its receipt. */
  removed(state: LakeErasureState, requestId: string): LakeCount[];
}

export interface LakeExportState {
  readonly v: 1;
  readonly person: LakePerson;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Place among the views. */
  readonly at: number;
  readonly query?: string;
  readonly rows?: { readonly from: ResultLocation; readonly offset: number; readonly count: number };
  /** Parts that were written so far. */
  readonly parts: number;
  /** Rows by view. */
  readonly counts: Readonly<Record<string, number>>;
  readonly step: 'first' | 'views' | 'join' | 'done';
  /** Where the archive lies when it is done. */
  readonly key: string;
}

export interface LakeExport {
  begin(person: LakePerson): LakeExportState;
  /** Does the next step. `held` is what is held elsewhere, which becomes the beginning of the archive: a JSON object. */
  next(state: LakeExportState, held: Readonly<Record<string, unknown>>): Promise<LakeExportState | 'wait'>;
  isDone(state: LakeExportState): boolean;
}

/** Days that rows of a table are kept, by the names of the views: `{raw: 30, events: 730}`. */
export type RetentionDays = Readonly<Record<string, number>>;

export interface LakeRetention {
  /** Deletes what is older; `wait` while the sealer is at work. Answers how many files went. Again and again alike. */
  run(days: RetentionDays): Promise<number | 'wait'>;
}
