import type { AwsAnswer, AwsCall, LocalService } from '../gateway/types.ts';
import { AwsError } from './errors.ts';
import { payloadOf } from './s3/aws-chunked.ts';
import type { Range } from './s3/files.ts';
import { listObjects } from './s3/list.ts';
import { type ObjectHead, type ObjectHeaders, ObjectStore } from './s3/object-store.ts';
import { type S3Target, s3OperationOf, targetOf } from './s3/operation.ts';
import { elementTexts, xml } from './xml.ts';

/** S3 on plain files under `<dataDir>/s3`. */
export function createS3Service({ dataDir }: { readonly dataDir: string }): LocalService {
  const store = new ObjectStore(dataDir);
  return {
    name: 's3',
    operationOf: s3OperationOf,
    handle: async (call) => {
      const operation = operations[call.operation];
      if (!operation) {
        const what = `${call.method} ${call.url.split('?')[1] ?? ''}`.trim();
        throw new AwsError('NotImplemented', `The local S3 does not serve ${what} requests`, 501);
      }
      return operation(store, targetOf(call.url), call);
    },
    close: async () => {},
  };
}

type Operation = (store: ObjectStore, target: S3Target, call: AwsCall) => AwsAnswer | Promise<AwsAnswer>;

const operations: Readonly<Record<string, Operation>> = {
  ListBuckets: (store) => {
    const Bucket = store.buckets().map(({ name, created }) => ({ Name: name, CreationDate: created.toISOString() }));
    return document('ListAllMyBucketsResult', { Owner: { ID: '000000000000' }, Buckets: { Bucket } });
  },
  CreateBucket: (store, { bucket }) => {
    store.createBucket(bucket);
    return empty(200, { location: `/${bucket}` });
  },
  HeadBucket: (store, { bucket }) => {
    store.requireBucket(bucket);
    return empty(200, { 'x-amz-bucket-region': 'us-east-1' });
  },
  GetBucketLocation: (store, { bucket }) => {
    store.requireBucket(bucket);
    return document('LocationConstraint', {});
  },
  DeleteBucket: (store, { bucket }) => {
    store.deleteBucket(bucket);
    return empty(204);
  },
  ListObjectsV2: (store, target) => document('ListBucketResult', listObjects(store, target)),
  PutObject: async (store, { bucket, key }, call) => {
    const head = await store.put(bucket, key, payloadOf(call), keptHeaders(call), conditionsOf(call));
    return empty(200, { etag: head.etag });
  },
  CopyObject: async (store, { bucket, key }, call) => {
    const from = targetOf(`/${call.headers['x-amz-copy-source']?.replace(/^\//, '')}`);
    const replaces = call.headers['x-amz-metadata-directive'] === 'REPLACE';
    const headers = replaces ? keptHeaders(call) : store.headersOf(from.bucket, from.key);
    const source = store.get(from.bucket, from.key);
    const head = await store.put(bucket, key, source.body, headers, conditionsOf(call));
    return document('CopyObjectResult', { ETag: head.etag, LastModified: head.modified.toISOString() });
  },
  GetObject: (store, { bucket, key }, call) => {
    const { head, body, range } = store.get(bucket, key, (size) => rangeOf(call.headers.range, size));
    const unmet = readCondition(store, bucket, head, call);
    if (unmet) return unmet;
    const headers = describe(head, store.headersOf(bucket, key));
    if (call.headers.range === undefined) return { status: 200, headers, body };
    const contentRange = `bytes ${range.start}-${range.end - 1}/${head.size}`;
    return { status: 206, headers: { ...headers, 'content-range': contentRange }, body };
  },
  HeadObject: (store, { bucket, key }, call) => {
    const head = store.head(bucket, key);
    const unmet = readCondition(store, bucket, head, call);
    return unmet ?? empty(200, { ...describe(head, store.headersOf(bucket, key)), 'content-length': `${head.size}` });
  },
  DeleteObject: (store, { bucket, key }, call) => {
    if (store.find(bucket, key)) store.check(bucket, key, conditionsOf(call));
    store.delete(bucket, key);
    return empty(204);
  },
  DeleteObjects: (store, { bucket }, call) => {
    const request = payloadOf(call).toString();
    const keys = elementTexts(request, 'Key');
    for (const key of keys) store.delete(bucket, key);
    const isQuiet = elementTexts(request, 'Quiet')[0] === 'true';
    return document('DeleteResult', { Deleted: isQuiet ? [] : keys.map((Key) => ({ Key })) });
  },
};

function document(root: string, content: Parameters<typeof xml>[1]): AwsAnswer {
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: xml(root, content) };
}

function empty(status: number, headers: Readonly<Record<string, string>> = {}): AwsAnswer {
  return { status, headers, body: Buffer.alloc(0) };
}

function conditionsOf({ headers }: AwsCall) {
  return { ifMatch: headers['if-match'], ifNoneMatch: headers['if-none-match'] };
}

function readCondition(store: ObjectStore, bucket: string, head: ObjectHead, call: AwsCall): AwsAnswer | undefined {
  try {
    store.check(bucket, head.key, conditionsOf(call));
    return undefined;
  } catch (error) {
    if (call.headers['if-match'] !== undefined) throw error;
    return empty(304, { etag: head.etag });
  }
}

/** What is stored with an object: its type and user metadata. Checksums are accepted and not kept. */
function keptHeaders({ headers }: AwsCall): ObjectHeaders {
  const kept = /^(content-type|content-disposition|content-language|cache-control|expires|x-amz-meta-.+)$/;
  const encoding = headers['content-encoding']?.replace(/aws-chunked,?\s*/, '');
  const entries = Object.entries(headers).filter(([name]) => kept.test(name));
  return Object.fromEntries(encoding ? [...entries, ['content-encoding', encoding]] : entries);
}

function describe(head: ObjectHead, headers: ObjectHeaders): Record<string, string> {
  return {
    'content-type': 'application/octet-stream',
    ...headers,
    etag: head.etag,
    'last-modified': head.modified.toUTCString(),
    'accept-ranges': 'bytes',
  };
}

/** Reads `bytes=a-b`, `bytes=a-` or `bytes=-last`; anything else means the whole object, as in S3. */
function rangeOf(header: string | undefined, size: number): Range {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (from === '' && to === '') return { start: 0, end: size };
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size : Math.min(Number(to) + 1, size);
  if (start < end) return { start, end };
  throw new AwsError('InvalidRange', `The range ${header} lies outside of the object's ${size} bytes`, 416);
}
