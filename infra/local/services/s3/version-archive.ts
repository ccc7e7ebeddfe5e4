import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isFolder, removeEmptyFolders } from './files.ts';
import { fileOfKey } from './keys.ts';
import type { ObjectHeaders } from './object-store.ts';
import { versionFolder, walkKeys } from './walk.ts';

/** A version of an object, or the mark that the object was deleted. */
export interface KeptVersion {
  readonly versionId: string;
  readonly isMarker: boolean;
  /** Where its bytes lie; empty for a marker. */
  readonly file: string;
  readonly inode: number;
}

/** Ends the names of markers, of what is stored with a version, and of objects that were there before versions. */
const [marker, headersOf, adopted] = ['%d', '%h', '%n'];

/**
 * The versions of objects in `<root>/.versions/<bucket>/<key>%v/`, one file each, named by its place in time. The latest
 * one is a second name of the object's own file, so that a write costs no copy, and the inode tells which one is there.
 */
export class VersionArchive {
  readonly #root: string;

  constructor(root: string) {
    this.#root = path.join(root, '.versions');
  }

  /** Whether the bucket keeps versions. */
  isOn(bucket: string): boolean {
    return isFolder(path.join(this.#root, bucket));
  }

  turnOn(bucket: string): void {
    mkdirSync(path.join(this.#root, bucket), { recursive: true });
  }

  forget(bucket: string): void {
    rmSync(path.join(this.#root, bucket), { recursive: true, force: true });
  }

  /** Gives a file a second name as the newest version of a key. Returns its id. */
  add(bucket: string, key: string, file: string, headers: ObjectHeaders): string {
    const versionId = newId();
    this.#link(bucket, key, file, versionId, headers);
    return versionId;
  }

  /** Keeps an object that was there before the bucket kept versions, or that came past the service, by the id `null`. */
  adopt(bucket: string, key: string, file: string, headers: ObjectHeaders): void {
    this.#link(bucket, key, file, `${placeOf(statSync(file).mtimeMs)}${adopted}`, headers);
  }

  /** Notes a deletion. Returns the marker's id. */
  mark(bucket: string, key: string): string {
    const versionId = newId();
    writeFileSync(path.join(this.#made(bucket, key), versionId + marker), '');
    return versionId;
  }

  /** All versions of a key, newest first. */
  *of(bucket: string, key: string): Generator<KeptVersion> {
    const folder = this.#folder(bucket, key);
    if (!isFolder(folder)) return;
    const names = readdirSync(folder).filter((name) => !name.endsWith(headersOf));
    for (const name of names.toSorted().reverse()) {
      const file = path.join(folder, name);
      const stats = statSync(file, { throwIfNoEntry: false });
      if (!stats) continue;
      const isMarker = name.endsWith(marker);
      const versionId = name.endsWith(adopted) ? 'null' : name.replace(marker, '');
      yield { versionId, isMarker, file, inode: stats.ino };
    }
  }

  headersOf({ file }: KeptVersion): ObjectHeaders {
    try {
      return JSON.parse(readFileSync(`${file}${headersOf}`, 'utf8'));
    } catch {
      return {};
    }
  }

  remove(bucket: string, { file }: KeptVersion): void {
    rmSync(`${file}${headersOf}`, { force: true });
    rmSync(file, { force: true });
    removeEmptyFolders(path.dirname(file), path.join(this.#root, bucket));
  }

  /** Keys that have versions, in order. */
  keys(bucket: string, prefix = '', after = ''): Generator<string> {
    return walkKeys(path.join(this.#root, bucket), prefix, after);
  }

  #link(bucket: string, key: string, file: string, name: string, headers: ObjectHeaders): void {
    const target = path.join(this.#made(bucket, key), name);
    if (Object.keys(headers).length > 0) writeFileSync(`${target}${headersOf}`, JSON.stringify(headers));
    linkSync(file, target);
  }

  #made(bucket: string, key: string): string {
    const folder = this.#folder(bucket, key);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  #folder(bucket: string, key: string): string {
    return `${path.join(this.#root, bucket, fileOfKey(key))}${versionFolder}`;
  }
}

let latest = 0;

/** Later ids of this process are greater as text; those of another one are, too, by the clock. */
function newId(): string {
  latest = Math.max(Date.now(), latest + 1 / 4096);
  return placeOf(latest) + randomBytes(8).toString('hex');
}

const placeOf = (milliseconds: number): string =>
  Math.floor(milliseconds * 4096)
    .toString(16)
    .padStart(15, '0');
