import { AwsError } from '../errors.ts';
import type { ObjectStore } from './object-store.ts';
import type { S3Target } from './operation.ts';

/** The content of a ListObjectsV2 answer: keys in order, folded at the delimiter, a page at a time. */
export function listObjects(store: ObjectStore, { bucket, query }: S3Target) {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') || undefined;
  const maxKeys = Math.min(Number(query.get('max-keys') ?? 1000), 1000);
  const token = query.get('continuation-token') ?? undefined;
  const startAfter = query.get('start-after') ?? undefined;
  const encode = query.get('encoding-type') === 'url' ? encodeURIComponent : (text: string) => text;
  if (!(maxKeys >= 0)) throw new AwsError('InvalidArgument', `max-keys must be a number; got ${query.get('max-keys')}`);

  const after = token === undefined ? (startAfter ?? '') : Buffer.from(token, 'base64url').toString();
  const page = pageOf(store.keys(bucket, prefix, after), { prefix, delimiter, maxKeys, after });
  return {
    Name: bucket,
    Prefix: encode(prefix),
    Delimiter: delimiter && encode(delimiter),
    MaxKeys: maxKeys,
    KeyCount: page.keys.length + page.commonPrefixes.length,
    IsTruncated: page.next !== undefined,
    ContinuationToken: token,
    NextContinuationToken: page.next && Buffer.from(page.next).toString('base64url'),
    StartAfter: startAfter && encode(startAfter),
    EncodingType: query.get('encoding-type') ?? undefined,
    Contents: page.keys.flatMap((key) => {
      const head = store.find(bucket, key);
      if (!head) return [];
      const LastModified = head.modified.toISOString();
      return [{ Key: encode(key), LastModified, ETag: head.etag, Size: head.size, StorageClass: 'STANDARD' }];
    }),
    CommonPrefixes: page.commonPrefixes.map((common) => ({ Prefix: encode(common) })),
  };
}

interface PageOptions {
  readonly prefix: string;
  readonly delimiter: string | undefined;
  readonly maxKeys: number;
  readonly after: string;
}

/** `next` is the last thing of the page; when that is a common prefix, all keys under it are behind us. */
function pageOf(keys: Iterable<string>, { prefix, delimiter, maxKeys, after }: PageOptions) {
  const page = { keys: [] as string[], commonPrefixes: [] as string[], next: undefined as string | undefined };
  let last = after;
  let count = 0;
  for (const key of keys) {
    const end = delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length);
    const common = delimiter !== undefined && end >= 0 ? key.slice(0, end + delimiter.length) : undefined;
    if (common !== undefined && common === last) continue;
    if (count >= maxKeys) {
      if (maxKeys > 0) page.next = last;
      break;
    }
    if (common === undefined) page.keys.push(key);
    else page.commonPrefixes.push(common);
    last = common ?? key;
    count += 1;
  }
  return page;
}
