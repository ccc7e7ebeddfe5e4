import { createHash, randomUUID } from 'node:crypto';
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AwsError, DataFolderError } from '../errors.ts';
import {
  isFolder,
  md5OfFile,
  place,
  type Range,
  readRange,
  removeEmptyFolders,
  removeLeftovers,
  wholeOf,
} from './files.ts';
import { fileOfKey } from './keys.ts';
import { type KeptVersion, VersionArchive } from './version-archive.ts';
import { compareKeys, walkKeys } from './walk.ts';

export interface ObjectHead {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly modified: Date;
  /** MD5 of the content, with quotes. */
  readonly etag: string;
  /** Where the bucket keeps versions. */
  readonly versionId?: string | undefined;
}

/** A version of an object as a listing shows it. */
export interface ListedVersion extends ObjectHead {
  readonly versionId: string;
  readonly isLatest: boolean;
  /** Whether it only says that the object was deleted. */
  readonly isMarker: boolean;
}

/** What a deletion did where the bucket keeps versions. */
export interface Deletion {
  readonly versionId?: string | undefined;
  /** Whether a marker was made or removed. */
  readonly isMarker?: boolean;
}

/** Conditions on the object that is there: an ETag, or `*` for any. */
export interface Conditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

export interface StoredObject {
  readonly head: ObjectHead;
  readonly range: Range;
  readonly body: Buffer;
}

/** Content type and user metadata, by header name. */
export type ObjectHeaders = Readonly<Record<string, string>>;

/**
 * Objects as plain files, `<root>/<bucket>/<key>`, for DuckDB and people to read. A put writes a file beside
 * the buckets and renames it, so that a reader sees the old or the new object, whole.
 */
export class ObjectStore {
  readonly root: string;
  readonly archive: VersionArchive;
  readonly #etags = new Map<string, { readonly version: string; readonly etag: string }>();

  /** @param dataDir objects lie in `<dataDir>/s3`, which is made if it is missing. Throws `DataFolderError`. */
  constructor(dataDir: string) {
    this.root = path.resolve(dataDir, 's3');
    this.archive = new VersionArchive(this.root);
    const temporary = path.join(this.root, '.tmp');
    try {
      mkdirSync(temporary, { recursive: true });
      removeLeftovers(temporary);
    } catch (cause) {
      const reason = (cause as Error).message;
      throw new DataFolderError(`The data folder ${this.root} cannot be used (${reason}): pass another --data`, {
        cause,
      });
    }
  }

  createBucket(bucket: string): void {
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) {
      const rule = 'must have 3 to 63 lower-case letters, digits, dots or hyphens';
      throw new AwsError('InvalidBucketName', `A bucket name ${rule}; got '${bucket}'`);
    }
    mkdirSync(path.join(this.root, bucket), { recursive: true });
  }

  deleteBucket(bucket: string): void {
    const hasVersions = this.archive.isOn(bucket) && !this.archive.keys(bucket).next().done;
    if (hasVersions || readdirSync(this.requireBucket(bucket)).length > 0) {
      throw new AwsError('BucketNotEmpty', `The bucket ${bucket} is not empty`, 409);
    }
    this.archive.forget(bucket);
    rmdirSync(this.requireBucket(bucket));
  }

  buckets(): { readonly name: string; readonly created: Date }[] {
    return readdirSync(this.root)
      .filter((name) => !name.startsWith('.'))
      .map((name) => ({ name, created: statSync(path.join(this.root, name)).birthtime }));
  }

  /** Returns the folder of a bucket. Throws `NoSuchBucket`. */
  requireBucket(bucket: string): string {
    const folder = path.join(this.root, bucket);
    if (/^[a-z0-9][a-z0-9.-]+$/.test(bucket) && isFolder(folder)) return folder;
    throw new AwsError('NoSuchBucket', `The bucket ${bucket} does not exist`, 404);
  }

  /** Writes an object whole, or none of it. Throws `PreconditionFailed` when the object that is there does not meet the conditions. */
  async put(
    bucket: string,
    key: string,
    body: Buffer | AsyncIterable<string>,
    headers: ObjectHeaders = {},
    conditions: Conditions = {},
  ) {
    const target = this.pathOf(bucket, key);
    const temporary = path.join(this.root, '.tmp', randomUUID());
    try {
      await writeFile(temporary, body);
      // From here to the rename nothing else in this process can run: the condition still holds when it is acted on.
      this.check(bucket, key, conditions);
      const versionId = this.#become(bucket, key, temporary, headers);
      const head = this.#headOf(key, target, statSync(target), Buffer.isBuffer(body) ? body : undefined);
      return { ...head, versionId };
    } finally {
      rmSync(temporary, { force: true });
    }
  }

  /** Path of a file that isn't there yet, for `takeFile` to make an object of. */
  temporaryFile(): string {
    return path.join(this.root, '.tmp', randomUUID());
  }

  /** Makes a finished temporary file an object. */
  takeFile(bucket: string, key: string, file: string): void {
    this.#become(bucket, key, file, {});
  }

  discard(file: string): void {
    rmSync(file, { force: true });
  }

  /** Throws `PreconditionFailed` (412), or `NoSuchKey` when a match is asked of an object that is not there. */
  check(bucket: string, key: string, conditions: Conditions): void {
    const { ifMatch, ifNoneMatch } = conditions;
    if (ifMatch !== undefined || ifNoneMatch !== undefined) checkConditions(this.find(bucket, key), key, conditions);
  }

  /** Describes an object, or returns undefined when there is none. */
  find(bucket: string, key: string): ObjectHead | undefined {
    const file = this.pathOf(bucket, key);
    const stats = statSync(file, { throwIfNoEntry: false });
    return stats?.isFile() ? this.#headOf(key, file, stats) : undefined;
  }

  /** Describes an object. Throws `NoSuchKey`. */
  head(bucket: string, key: string): ObjectHead {
    const found = this.find(bucket, key);
    if (!found) throw noSuchKey(key);
    return found;
  }

  /** Reads an object, or the part of it that `rangeOf` picks. Throws `NoSuchKey`. */
  get(bucket: string, key: string, rangeOf: (size: number) => Range = wholeOf): StoredObject {
    const head = this.head(bucket, key);
    const range = rangeOf(head.size);
    return { head, range, body: readRange(this.pathOf(bucket, key), range) };
  }

  /** The id of the version that is there; nothing where the bucket keeps none. */
  versionOf(bucket: string, key: string): string | undefined {
    if (!this.archive.isOn(bucket)) return undefined;
    return this.#current(bucket, key)?.versionId ?? 'null';
  }

  /** An old version or the latest. Throws `NoSuchVersion`, and 405 for a marker. */
  version(bucket: string, key: string, versionId: string, rangeOf: (size: number) => Range = wholeOf) {
    const found = this.#version(bucket, key, versionId);
    if (found.isMarker) throw new AwsError('MethodNotAllowed', `The version ${versionId} marks a deletion`, 405);
    const head = { ...this.#headOf(key, found.file, statSync(found.file)), versionId };
    const range = rangeOf(head.size);
    return { head, range, body: readRange(found.file, range), headers: this.archive.headersOf(found) };
  }

  /** All versions of a key, newest first, with what is there without one. */
  versions(bucket: string, key: string): ListedVersion[] {
    const kept = this.#acknowledged(bucket, key).map(({ versionId, isMarker, file }) => ({
      ...this.#headOf(key, file, statSync(file)),
      versionId,
      isMarker,
    }));
    const now = this.find(bucket, key);
    const isAdopted = now !== undefined && this.#current(bucket, key) === undefined;
    const all = isAdopted ? [{ ...now, versionId: 'null', isMarker: false }, ...kept] : kept;
    return all.map((version, index) => ({ ...version, isLatest: index === 0 }));
  }

  /** Keys of objects and of versions under a prefix, in order. */
  keysOfVersions(bucket: string, prefix = ''): string[] {
    const kept = this.archive.isOn(bucket) ? this.archive.keys(bucket, prefix) : [];
    return [...new Set([...this.keys(bucket, prefix), ...kept])].sort(compareKeys);
  }

  /** Deletes a version for good; the one before the latest is then the latest. One that is not there is deleted already. */
  deleteVersion(bucket: string, key: string, versionId: string): Deletion {
    this.#adopt(bucket, key);
    const all = this.#acknowledged(bucket, key);
    const index = all.findIndex((version) => version.versionId === versionId);
    const [found, before] = [all[index], all[index + 1]];
    if (found === undefined) return { versionId };
    if (index === 0) this.#remove(bucket, key);
    this.archive.remove(bucket, found);
    if (index === 0 && before !== undefined && !before.isMarker) {
      const temporary = this.temporaryFile();
      linkSync(before.file, temporary);
      this.#keepHeaders(bucket, key, this.archive.headersOf(before));
      place(temporary, this.pathOf(bucket, key), key);
    }
    return { versionId, isMarker: found.isMarker };
  }

  headersOf(bucket: string, key: string): ObjectHeaders {
    try {
      return JSON.parse(readFileSync(this.#headersFile(bucket, key), 'utf8'));
    } catch {
      return {};
    }
  }

  /**
   * Deletes an object and the folders that it leaves empty; an object that is not there is deleted already. Where the
   * bucket keeps versions, all stay, with a marker as the latest.
   */
  delete(bucket: string, key: string): Deletion {
    const isKept = this.archive.isOn(bucket);
    if (isKept) this.#adopt(bucket, key);
    const versionId = isKept ? this.archive.mark(bucket, key) : undefined;
    this.#remove(bucket, key);
    return { versionId, isMarker: isKept };
  }

  #remove(bucket: string, key: string): void {
    const file = this.pathOf(bucket, key);
    if (statSync(file, { throwIfNoEntry: false })?.isFile()) rmSync(file, { force: true });
    rmSync(this.#headersFile(bucket, key), { force: true });
    this.#etags.delete(file);
    removeEmptyFolders(path.dirname(file), this.requireBucket(bucket));
  }

  /** The keys under a prefix that come after `after`, in order. */
  keys(bucket: string, prefix = '', after = ''): Generator<string> {
    return walkKeys(this.requireBucket(bucket), prefix, after);
  }

  /** Where an object's file lies, or would lie. */
  pathOf(bucket: string, key: string): string {
    return path.join(this.requireBucket(bucket), fileOfKey(key));
  }

  /** Makes a finished file the object, and its newest version. Returns the version's id. */
  #become(bucket: string, key: string, file: string, headers: ObjectHeaders): string | undefined {
    const target = this.pathOf(bucket, key);
    const isKept = this.archive.isOn(bucket);
    if (isKept) this.#adopt(bucket, key);
    const versionId = isKept ? this.archive.add(bucket, key, file, headers) : undefined;
    this.#keepHeaders(bucket, key, headers);
    place(file, target, key);
    return versionId;
  }

  /** Keeps what is there without being a version. */
  #adopt(bucket: string, key: string): void {
    const file = this.pathOf(bucket, key);
    const isThere = statSync(file, { throwIfNoEntry: false })?.isFile();
    if (isThere && !this.#current(bucket, key)) this.archive.adopt(bucket, key, file, this.headersOf(bucket, key));
  }

  /** The version whose file the object's is. */
  #current(bucket: string, key: string): KeptVersion | undefined {
    const inode = statSync(this.pathOf(bucket, key), { throwIfNoEntry: false })?.ino;
    if (inode === undefined) return undefined;
    for (const version of this.archive.of(bucket, key)) if (version.inode === inode) return version;
    return undefined;
  }

  /** Versions from the latest on: what a killed process has noted and not done is not among them. */
  #acknowledged(bucket: string, key: string): KeptVersion[] {
    if (!this.archive.isOn(bucket)) return [];
    const all = [...this.archive.of(bucket, key)];
    const isThere = statSync(this.pathOf(bucket, key), { throwIfNoEntry: false })?.isFile() ?? false;
    const current = isThere ? this.#current(bucket, key)?.versionId : undefined;
    const latest = all.findIndex(({ versionId, isMarker }) => (isThere ? versionId === current : isMarker));
    return latest < 0 ? (isThere ? all : []) : all.slice(latest);
  }

  #version(bucket: string, key: string, versionId: string): KeptVersion {
    this.requireBucket(bucket);
    if (this.archive.isOn(bucket)) this.#adopt(bucket, key);
    const found = this.#acknowledged(bucket, key).find((version) => version.versionId === versionId);
    if (found) return found;
    throw new AwsError('NoSuchVersion', `The key ${key} has no version ${versionId}`, 404);
  }

  #headersFile(bucket: string, key: string): string {
    return path.join(this.root, '.headers', bucket, `${createHash('sha256').update(key).digest('hex')}.json`);
  }

  /** Kept beside the buckets, and only when they say more than the default. */
  #keepHeaders(bucket: string, key: string, headers: ObjectHeaders): void {
    const file = this.#headersFile(bucket, key);
    rmSync(file, { force: true });
    const { 'content-type': type = defaultType, ...others } = headers;
    if (type === defaultType && Object.keys(others).length === 0) return;
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(headers));
  }

  #headOf(key: string, file: string, stats: Stats, content?: Buffer): ObjectHead {
    const version = `${stats.ino} ${stats.mtimeMs} ${stats.size}`;
    const known = this.#etags.get(file);
    const etag = !content && known?.version === version ? known.etag : `"${content ? md5(content) : md5OfFile(file)}"`;
    this.#etags.set(file, { version, etag });
    return { key, size: stats.size, modified: stats.mtime, etag };
  }
}

const defaultType = 'application/octet-stream';

/** Throws `PreconditionFailed` (412), or `NoSuchKey` when a match is asked of an object that is not there. */
export function checkConditions(
  found: ObjectHead | undefined,
  key: string,
  { ifMatch, ifNoneMatch }: Conditions,
): void {
  if (ifMatch !== undefined && !found) throw noSuchKey(key);
  const fails = (ifMatch !== undefined && !matches(ifMatch, found)) || (ifNoneMatch && matches(ifNoneMatch, found));
  if (!fails) return;
  const condition = ifMatch === undefined ? 'If-None-Match' : 'If-Match';
  throw new AwsError('PreconditionFailed', `The condition ${condition} does not hold for ${key}`, 412);
}

function noSuchKey(key: string): AwsError {
  return new AwsError('NoSuchKey', `The key ${key} does not exist`, 404);
}

function matches(condition: string, found: ObjectHead | undefined): boolean {
  if (!found) return false;
  return condition
    .split(',')
    .some((one) => one.trim() === '*' || one.replaceAll('"', '').trim() === found.etag.replaceAll('"', ''));
}

function md5(content: Buffer): string {
  return createHash('md5').update(content).digest('hex');
}
