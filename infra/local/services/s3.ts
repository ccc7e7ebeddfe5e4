import type { AwsAnswer, AwsCall, LocalService } from '../gateway/types.ts';
import { AwsError } from './errors.ts';
import { payloadOf } from './s3/aws-chunked.ts';
import type { Range } from './s3/files.ts';
import { readLifecycle, writeLifecycle } from './s3/lifecycle.ts';
import { listObjects } from './s3/list.ts';
import { listVersions } from './s3/list-versions.ts';
import { checkConditions, type ObjectHead, type ObjectHeaders, ObjectStore } from './s3/object-store.ts';
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
  ListObjectVersions: (store, target) => document('ListVersionsResult', listVersions(store, target)),
  GetBucketVersioning: (store, { bucket }) => {
    store.requireBucket(bucket);
    return document('VersioningConfiguration', { Status: store.archive.isOn(bucket) ? 'Enabled' : undefined });
  },
  PutBucketVersioning: (store, { bucket }, call) => {
    store.requireBucket(bucket);
    const [status] = elementTexts(payloadOf(call).toString(), 'Status');
    if (status !== 'Enabled') {
      throw new AwsError('NotImplemented', `Versioning can only be Enabled here, not ${status}`, 501);
    }
    store.archive.turnOn(bucket);
    return empty(200);
  },
  GetBucketLifecycleConfiguration: (store, { bucket }) => {
    const rules = readLifecycle(store, bucket);
    if (rules) return { status: 200, headers: { 'content-type': 'application/xml' }, body: rules };
    throw new AwsError('NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist', 404);
  },
  PutBucketLifecycleConfiguration: (store, { bucket }, call) => {
    writeLifecycle(store, bucket, payloadOf(call), Date.now());
    return empty(200);
  },
  PutObject: async (store, { bucket, key }, call) => {
    const head = await store.put(bucket, key, payloadOf(call), keptHeaders(call), conditionsOf(call));
    return empty(200, { etag: head.etag, ...versionHeader(head.versionId) });
  },
  CopyObject: async (store, { bucket, key }, call) => {
    const from = targetOf(`/${call.headers['x-amz-copy-source']?.replace(/^\//, '')}`);
    const replaces = call.headers['x-amz-metadata-directive'] === 'REPLACE';
    const source = read(store, from);
    const headers = replaces ? keptHeaders(call) : source.headers;
    const head = await store.put(bucket, key, source.body, headers, conditionsOf(call));
    const copied = document('CopyObjectResult', { ETag: head.etag, LastModified: head.modified.toISOString() });
    return { ...copied, headers: { ...copied.headers, ...versionHeader(head.versionId) } };
  },
  GetObject: (store, target, call) => {
    const { head, body, range, headers: kept } = read(store, target, (size) => rangeOf(call.headers.range, size));
    const unmet = readCondition(head, call);
    if (unmet) return unmet;
    const headers = describe(head, kept);
    if (call.headers.range === undefined) return { status: 200, headers, body };
    const contentRange = `bytes ${range.start}-${range.end - 1}/${head.size}`;
    return { status: 206, headers: { ...headers, 'content-range': contentRange }, body };
  },
  HeadObject: (store, target, call) => {
    const { head, headers } = read(store, target, () => ({ start: 0, end: 0 }));
    return readCondition(head, call) ?? empty(200, { ...describe(head, headers), 'content-length': `${head.size}` });
  },
  DeleteObject: (store, { bucket, key, query }, call) => {
    if (store.find(bucket, key)) store.check(bucket, key, conditionsOf(call));
    const { versionId, isMarker } = remove(store, bucket, key, query.get('versionId') ?? undefined);
    return empty(204, { ...versionHeader(versionId), ...(isMarker && { 'x-amz-delete-marker': 'true' }) });
  },
  DeleteObjects: (store, { bucket }, call) => {
    const request = payloadOf(call).toString();
    store.requireBucket(bucket);
    const Deleted = [...request.matchAll(/<Object>(.*?)<\/Object>/gs)].map(([, object = '']) => {
      const [Key = ''] = elementTexts(object, 'Key');
      const [asked] = elementTexts(object, 'VersionId');
      const { versionId, isMarker = false } = remove(store, bucket, Key, asked);
      const marked = { DeleteMarker: true, DeleteMarkerVersionId: versionId };
      return { Key, VersionId: asked, ...(isMarker && marked) };
    });
    const isQuiet = elementTexts(request, 'Quiet')[0] === 'true';
    return document('DeleteResult', { Deleted: isQuiet ? [] : Deleted });
  },
};

/** The latest version, or the one that is asked for, with what is stored with it. */
function read(store: ObjectStore, { bucket, key, query }: S3Target, rangeOf?: (size: number) => Range) {
  const versionId = query.get('versionId');
  if (versionId !== null) return store.version(bucket, key, versionId, rangeOf);
  const { head, ...content } = store.get(bucket, key, rangeOf);
  const described = { ...head, versionId: store.versionOf(bucket, key) };
  return { head: described, ...content, headers: store.headersOf(bucket, key) };
}

const remove = (store: ObjectStore, bucket: string, key: string, versionId: string | undefined) =>
  versionId === undefined ? store.delete(bucket, key) : store.deleteVersion(bucket, key, versionId);

const versionHeader = (versionId: string | undefined): Record<string, string> =>
  versionId === undefined ? {} : { 'x-amz-version-id': versionId };

function document(root: string, content: Parameters<typeof xml>[1]): AwsAnswer {
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: xml(root, content) };
}

function empty(status: number, headers: Readonly<Record<string, string>> = {}): AwsAnswer {
  return { status, headers, body: Buffer.alloc(0) };
}

function conditionsOf({ headers }: AwsCall) {
  return { ifMatch: headers['if-match'], ifNoneMatch: headers['if-none-match'] };
}

/** The answer to a read whose condition does not hold. Throws `PreconditionFailed`. */
function readCondition(head: ObjectHead, call: AwsCall): AwsAnswer | undefined {
  try {
    checkConditions(head, head.key, conditionsOf(call));
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
    ...versionHeader(head.versionId),
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
