import { AwsError } from '../errors.ts';
import type { ListedVersion, ObjectStore } from './object-store.ts';
import type { S3Target } from './operation.ts';
import { compareKeys } from './walk.ts';

/** The content of a ListObjectVersions answer: keys in order, each one's versions newest first, a page at a time. */
export function listVersions(store: ObjectStore, { bucket, query }: S3Target) {
  store.requireBucket(bucket);
  const prefix = query.get('prefix') ?? '';
  const maxKeys = Math.min(Number(query.get('max-keys') ?? 1000), 1000);
  if (!(maxKeys >= 0)) throw new AwsError('InvalidArgument', `max-keys must be a number; got ${query.get('max-keys')}`);
  if (query.has('delimiter')) throw new AwsError('NotImplemented', 'Versions are not folded at a delimiter here', 501);
  const keyMarker = query.get('key-marker') ?? '';
  const idMarker = query.get('version-id-marker') ?? '';
  const encode = query.get('encoding-type') === 'url' ? encodeURIComponent : (text: string) => text;

  const page: ListedVersion[] = [];
  let isTruncated = false;
  for (const version of versionsFrom(store, bucket, prefix, keyMarker, idMarker)) {
    isTruncated = page.length === maxKeys;
    if (isTruncated) break;
    page.push(version);
  }
  const last = isTruncated ? page.at(-1) : undefined;
  const about = ({ key, versionId, isLatest, modified }: ListedVersion) => ({
    Key: encode(key),
    VersionId: versionId,
    IsLatest: isLatest,
    LastModified: modified.toISOString(),
  });
  return {
    Name: bucket,
    Prefix: encode(prefix),
    KeyMarker: encode(keyMarker),
    VersionIdMarker: idMarker,
    MaxKeys: maxKeys,
    IsTruncated: isTruncated,
    NextKeyMarker: last && encode(last.key),
    NextVersionIdMarker: last?.versionId,
    EncodingType: query.get('encoding-type') ?? undefined,
    Version: page
      .filter(({ isMarker }) => !isMarker)
      .map((version) => ({ ...about(version), ETag: version.etag, Size: version.size, StorageClass: 'STANDARD' })),
    DeleteMarker: page.filter(({ isMarker }) => isMarker).map(about),
  };
}

/** Versions after a marker: one of a key goes on there, though it may be gone; a key alone goes on with the next key. */
function* versionsFrom(store: ObjectStore, bucket: string, prefix: string, keyMarker: string, idMarker: string) {
  for (const key of store.keysOfVersions(bucket, prefix)) {
    const order = compareKeys(key, keyMarker);
    if (order < 0 || (order === 0 && idMarker === '' && keyMarker !== '')) continue;
    const versions = store.versions(bucket, key);
    if (order > 0 || idMarker === '') yield* versions;
    else {
      const index = versions.findIndex(({ versionId }) => versionId === idMarker);
      yield* index >= 0 ? versions.slice(index + 1) : versions.filter(({ versionId }) => versionId < idMarker);
    }
  }
}
