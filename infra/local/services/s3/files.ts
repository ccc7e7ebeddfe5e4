import { createHash } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { AwsError } from '../errors.ts';

/** A part of a file: from byte `start` to before byte `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export const wholeOf = (size: number): Range => ({ start: 0, end: size });

export function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Moves a finished file to its place, making the folders on the way. */
export function place(temporary: string, target: string, key: string): void {
  try {
    mkdirSync(path.dirname(target), { recursive: true });
    renameSync(temporary, target);
  } catch (cause) {
    if (!['EEXIST', 'ENOTDIR', 'EISDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
    const reason = 'the local store keeps objects as files, so that a key cannot be both an object and a folder';
    throw new AwsError('InvalidRequest', `Cannot store the key ${key}: ${reason}`);
  }
}

/** Reads a part of a file, in one go, so that no other call of this process can replace the file meanwhile. */
export function readRange(file: string, { start, end }: Range): Buffer {
  const handle = openSync(file, 'r');
  try {
    const buffer = Buffer.allocUnsafe(end - start);
    const length = readSync(handle, buffer, 0, buffer.length, start);
    return buffer.subarray(0, length);
  } finally {
    closeSync(handle);
  }
}

/** The MD5 of a file in hex, read in pieces, because a query's result may be larger than memory should hold. */
export function md5OfFile(file: string): string {
  const hash = createHash('md5');
  const piece = Buffer.allocUnsafe(256 * 1024);
  const handle = openSync(file, 'r');
  try {
    for (let length = readSync(handle, piece); length > 0; length = readSync(handle, piece)) {
      hash.update(piece.subarray(0, length));
    }
    return hash.digest('hex');
  } finally {
    closeSync(handle);
  }
}

/** Removes a folder and those above it, as far as they are empty, but not `root`. */
export function removeEmptyFolders(folder: string, root: string): void {
  try {
    for (let current = folder; current !== root; current = path.dirname(current)) rmdirSync(current);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw error;
  }
}

/** Removes files of writes that were cut off; another process may be at the younger ones. */
export function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const file = path.join(folder, name);
    const age = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > 3_600_000) rmSync(file, { recursive: true, force: true });
  }
}
