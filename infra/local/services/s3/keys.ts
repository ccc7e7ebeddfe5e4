import path from 'node:path';
import { AwsError } from '../errors.ts';

/**
 * The relative path of an object's file: the key itself, except that segments which a file system would
 * understand otherwise (`..`, an empty one, a NUL) are written with `%`, so that no key leaves its bucket.
 */
export function fileOfKey(key: string): string {
  const segments = key.split('/').map(encodeSegment);
  const tooLong = segments.find((segment) => Buffer.byteLength(segment) > 255);
  if (key === '' || Buffer.byteLength(key) > 1024 || tooLong !== undefined) {
    const rule = 'between 1 and 1024 bytes long and, locally, without a segment of more than 255 bytes';
    throw new AwsError('KeyTooLongError', `A key must be ${rule}; got '${key.slice(0, 60)}...'`);
  }
  return segments.join(path.sep);
}

/** The key segment that a file or folder name stands for. */
export function segmentOfName(name: string): string {
  return name === '%' ? '' : name.replaceAll('%2E', '.').replaceAll('%00', '\0').replaceAll('%25', '%');
}

function encodeSegment(segment: string): string {
  if (segment === '') return '%';
  if (segment === '.' || segment === '..') return segment.replaceAll('.', '%2E');
  return segment.replaceAll('%', '%25').replaceAll('\0', '%00');
}
