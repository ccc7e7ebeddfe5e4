import { type ImportStatus, INBOX, importNamePattern, MAP_FILE, STATUS_ENDING } from '../../schemas/import/state.ts';

interface ListedFile {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
}

/** A file that waits in the inbox. */
export interface WaitingFile extends ListedFile {
  /** Name of the import: the folder. */
  readonly name: string;
  readonly fileName: string;
  readonly mapKey: string;
  /** Empty when there is no map. */
  readonly mapTag: string;
  readonly statusKey: string;
  /** Whether there is a status of it, perhaps of an earlier content. */
  readonly hasStatus: boolean;
}

/** The files of a listing of the inbox that are to be imported, in order; what lies beside them for other ends is none. */
export function waitingFiles(listing: readonly ListedFile[]): WaitingFile[] {
  const byKey = new Map(listing.map((file) => [file.key, file]));
  return listing.flatMap((file) => {
    const path = file.key.slice(INBOX.length).split('/');
    const fileName = path.at(-1) ?? '';
    const name = path.slice(0, -1).join('/');
    if (fileName === '' || fileName.startsWith('.') || fileName === MAP_FILE || fileName.endsWith(STATUS_ENDING))
      return [];
    const mapKey = `${INBOX}${name}/${MAP_FILE}`;
    const statusKey = file.key + STATUS_ENDING;
    const mapTag = byKey.get(mapKey)?.etag ?? '';
    return [{ ...file, name, fileName, mapKey, mapTag, statusKey, hasStatus: byKey.has(statusKey) }];
  });
}

export const isName = (name: string): boolean => importNamePattern.test(name);

/** Whether a status speaks of the file and the map as they are now. */
export const isAbout = (status: ImportStatus, { etag, mapTag }: WaitingFile): boolean =>
  status.fileTag === etag && status.mapTag === mapTag;
