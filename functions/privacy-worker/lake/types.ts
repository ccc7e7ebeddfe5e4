import type { IdentityRules } from '../../../schemas/identity-rules.ts';
import type { LakeTable, LandedTable } from '../../../schemas/lake/column.ts';
import type { Key } from '../../../schemas/stream/control.ts';
import type { SealingState } from '../../../shared/lake/sealing/sealing-state.ts';
import type { createAthena, ResultLocation } from '../../adapters/athena.ts';
import type { LakeFiles } from '../../adapters/lake-files.ts';
import type { log } from '../../adapters/log.ts';
import type { ObjectVersions, VersionsFrom } from '../../adapters/object-versions.ts';
import type { ObjectReader } from '../../adapters/s3-read.ts';
import type { StateObject } from '../../adapters/state-object.ts';
import type { VersionedFiles } from '../../adapters/versioned-files.ts';

/** Who is to be erased or exported: all keys of the person, and the opaque ids that they had. */
export interface LakePerson {
  readonly requestId: string;
  readonly keys: readonly Key[];
  readonly profileIds: readonly string[];
  /** Earlier requests whose archives of the person may still lie in the lake's bucket. */
  readonly exports?: readonly string[];
}

/** Keys of all people of one pass at most: more do not fit into the text of a query. */
export const MAX_KEYS = 10_000;

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
  /** Whether a replay or a training is under way, which reads the files below its prefix: they go when it is over. */
  readonly isInUse: (prefix: 'replays/' | 'training/') => Promise<boolean>;
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
  /** `rows`, `names` (in rows that belong to others), `lines` or `archives`. */
  readonly what: string;
  readonly count: number;
}

/** A file that is about to be written anew: planned and stored before it is touched, so that its rows count once. */
export interface PlannedFile {
  readonly key: string;
  /** Of what was planned: another content is planned anew. */
  readonly etag: string;
  /** By request: rows that go, and rows of others that lose the person's ids. */
  readonly rows: Readonly<Record<string, number>>;
  readonly names: Readonly<Record<string, number>>;
}

/** Days that one query reads, of those up to `last` that the tables have. */
export interface SearchWindow {
  readonly from: string;
  readonly to: string;
  readonly last: string;
}

/** Files that a search named, from a byte of its result on. */
export interface FoundFiles {
  readonly result: ResultLocation;
  readonly offset: number;
}

/** `at` is a place among the searches, the prefixes or the prefixes of versions. */
export type LakeErasureStep =
  /** Asks for the files that may hold rows of the people, some days at a time. */
  | {
      readonly name: 'search';
      readonly at: number;
      readonly window?: SearchWindow;
      readonly query?: string;
      /** How often queries for these days failed in a row, and when the next is asked, in milliseconds since 1970. */
      readonly failed?: { readonly times: number; readonly retryAt: number };
    }
  /** Looks into the files that the search named, some at a time, and then writes `files` anew. */
  | {
      readonly name: 'rewrite';
      readonly at: number;
      readonly window: SearchWindow;
      readonly found: FoundFiles;
      readonly files?: readonly PlannedFile[];
    }
  /** Writes the tables anew whose rows are told by what the other tables lost. */
  | { readonly name: 'traces'; readonly files?: readonly PlannedFile[] }
  /** Files beside the tables, from one behind `after` on; `files` lose lines. */
  | { readonly name: 'prefixes'; readonly at: number; readonly after?: string; readonly files?: readonly PlannedFile[] }
  /** What was overwritten or deleted, a page of a prefix at a time. */
  | { readonly name: 'versions'; readonly at: number; readonly from?: VersionsFrom }
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
  /** When a pass had found nothing, in milliseconds since 1970. */
  readonly goneAt?: number;
  /** Number of the next note of what went. */
  readonly notes: number;
  readonly step: LakeErasureStep;
  /** By request, then `<store> <what>`. */
  readonly counts: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Files by prefix that could not be looked into: too large, or damaged. */
  readonly unread?: Readonly<Record<string, number>>;
}

export interface LakeErasure {
  /**
   * `id` names the erasure and its files: small letters, digits and dashes. Throws `RangeError` for more than `MAX_KEYS`
   * keys: take fewer people at once.
   */
  begin(people: readonly LakePerson[], id: string): LakeErasureState;
  /** Does the next step; `wait` when it is others' turn. Throws what the services throw: the step may be done again. */
  next(state: LakeErasureState): Promise<LakeErasureState | 'wait'>;
  isDone(state: LakeErasureState): boolean;
  /** What went for a request, for its receipt: exact for rows and lines, however often steps were done again. */
  removed(state: LakeErasureState, requestId: string): LakeCount[];
}

export interface LakeExportState {
  readonly v: 1;
  readonly person: LakePerson;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly step: 'first' | 'views' | 'join' | 'done';
  /** Place among `exportSources`. */
  readonly at: number;
  /** Days that are asked for, the query that does, and what it found: each once the one before is known. */
  readonly window?: SearchWindow;
  readonly query?: string;
  readonly found?: FoundFiles;
  /** Pieces of the archive that were written so far. */
  readonly parts: number;
  /** Results of queries, which go when the archive is whole. */
  readonly results?: readonly string[];
  /** Rows by source. */
  readonly counts: Readonly<Record<string, number>>;
  /** Where the archive lies when it is done: JSON, packed by gzip. */
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
