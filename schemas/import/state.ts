/**
 * What is known of an import, as JSON. Plain types: the function and the command read them at each look.
 */

/** A name of imports: events of one name are told from all others, and known for good. */
export const importNamePattern = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** Where files wait to be imported: `inbox/<name>/<file>`, with `inbox/<name>/map.json` beside them. */
export const INBOX = 'inbox/';
export const MAP_FILE = 'map.json';
/** Behind the name of a file: what became of it. */
export const STATUS_ENDING = '.status.json';
/** What imports leave behind, by their ids. */
export const IMPORTS = 'imports/';
/** Below it the lines that imports rejected, by their ids: it may hold personal data, and is kept for a month. */
export const REJECTED = 'imports/rejected/';

/** `lines` while the file is read, `settling` until all has landed in the lake and in profiles. */
export type ImportStep = 'lines' | 'settling' | 'done' | 'failed';

/** Lines of the file are landed, rejected, or known from an earlier import of the name. */
export interface ImportCounts {
  readonly rows: number;
  readonly landedRows: number;
  readonly rejectedRows: number;
  readonly knownRows: number;
  /** Events that the landed lines made. */
  readonly events: number;
  /** Rejected lines by reason. */
  readonly rejected: Readonly<Record<string, number>>;
}

export const noCounts: ImportCounts = {
  rows: 0,
  landedRows: 0,
  rejectedRows: 0,
  knownRows: 0,
  events: 0,
  rejected: {},
};

/** Why an import cannot go on until its file or its map is another. */
export interface ImportProblem {
  /** map_missing, map_invalid, file_unusable or name_invalid. */
  readonly code: string;
  /** What is wrong and how to mend it. */
  readonly message: string;
}

/** What lies beside a file in the inbox once it was looked at. */
export interface ImportStatus {
  /** ETags of the file and of the map of which this speaks; the latter is empty when there is none. */
  readonly fileTag: string;
  readonly mapTag: string;
  /** Unknown while the file's content is. */
  readonly id?: string;
  readonly step: ImportStep;
  /** Whether the same file was imported before with the same map: nothing was done then. */
  readonly already: boolean;
  /** Bytes of the file, and how many of them were read. */
  readonly size: number;
  readonly read: number;
  readonly counts: ImportCounts;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly problem?: ImportProblem;
}
