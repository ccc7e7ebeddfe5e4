import type { AwsCall } from '../../gateway/types.ts';
import { payloadOf } from '../../services/s3/aws-chunked.ts';
import { type S3Target, targetOf } from '../../services/s3/operation.ts';
import { elementTexts } from '../../services/xml.ts';
import type { Context, Need } from '../need.ts';
import type { NeedsOf, ServiceNeeds } from './needs-of.ts';

const bucketArn = ({ bucket }: Pick<S3Target, 'bucket'>) => `arn:aws:s3:::${bucket}`;
const objectArn = ({ bucket, key }: Pick<S3Target, 'bucket' | 'key'>) => `arn:aws:s3:::${bucket}/${key}`;
const need = (action: string, resource: string, context: Context = {}): Need => ({
  action: `s3:${action}`,
  resource,
  context,
});

const onBucket =
  (action: string): NeedsOf =>
  ({ url }) => [need(action, bucketArn(targetOf(url)))];

/** A listing says what it lists; policies may allow some prefixes only. */
const onListing =
  (action: string): NeedsOf =>
  ({ url }) => {
    const target = targetOf(url);
    const given = ['prefix', 'delimiter', 'max-keys'].flatMap((name) => {
      const value = target.query.get(name);
      return value === null ? [] : [[`s3:${name}`, value] as const];
    });
    return [need(action, bucketArn(target), Object.fromEntries(given))];
  };

const onObject =
  (action: string): NeedsOf =>
  ({ url }) => [need(action, objectArn(targetOf(url)))];

/** An old version is another action than the latest. */
const onVersion =
  (action: string): NeedsOf =>
  ({ url }) => {
    const target = targetOf(url);
    return [need(target.query.has('versionId') ? `${action}Version` : action, objectArn(target))];
  };

const onPut: NeedsOf = ({ url, headers }) => {
  const resource = objectArn(targetOf(url));
  return [
    need('PutObject', resource),
    ...(headers['x-amz-tagging'] === undefined ? [] : [need('PutObjectTagging', resource)]),
    ...(headers['x-amz-acl'] === undefined ? [] : [need('PutObjectAcl', resource)]),
  ];
};

const onCopy: NeedsOf = (call) => {
  const source = targetOf(`/${call.headers['x-amz-copy-source']?.replace(/^\//, '') ?? ''}`);
  const action = source.query.has('versionId') ? 'GetObjectVersion' : 'GetObject';
  return [need(action, objectArn(source)), ...onPut(call)];
};

const onEachDeleted: NeedsOf = (call) => {
  const { bucket } = targetOf(call.url);
  const objects = elementsOf(payloadOf(call).toString(), 'Object');
  return objects.flatMap((object) => {
    const action = object.includes('<VersionId>') ? 'DeleteObjectVersion' : 'DeleteObject';
    return elementTexts(object, 'Key').map((key) => need(action, objectArn({ bucket, key })));
  });
};

const elementsOf = (document: string, name: string): string[] =>
  document.match(new RegExp(`<${name}>.*?</${name}>`, 'gs')) ?? [];

const reads = new Set(['GetObject', 'HeadObject']);

export const s3Needs: ServiceNeeds = {
  operations: {
    ListBuckets: () => [need('ListAllMyBuckets', '*')],
    CreateBucket: onBucket('CreateBucket'),
    DeleteBucket: onBucket('DeleteBucket'),
    HeadBucket: onBucket('ListBucket'),
    GetBucketLocation: onBucket('GetBucketLocation'),
    GetBucketVersioning: onBucket('GetBucketVersioning'),
    PutBucketVersioning: onBucket('PutBucketVersioning'),
    GetBucketLifecycleConfiguration: onBucket('GetLifecycleConfiguration'),
    PutBucketLifecycleConfiguration: onBucket('PutLifecycleConfiguration'),
    ListObjectsV2: onListing('ListBucket'),
    ListObjectVersions: onListing('ListBucketVersions'),
    ListMultipartUploads: onBucket('ListBucketMultipartUploads'),
    GetObject: onVersion('GetObject'),
    HeadObject: onVersion('GetObject'),
    PutObject: onPut,
    CopyObject: onCopy,
    DeleteObject: onVersion('DeleteObject'),
    DeleteObjects: onEachDeleted,
    CreateMultipartUpload: onPut,
    UploadPart: onObject('PutObject'),
    UploadPartCopy: onCopy,
    CompleteMultipartUpload: onObject('PutObject'),
    AbortMultipartUpload: onObject('AbortMultipartUpload'),
    ListParts: onObject('ListMultipartUploadParts'),
  },
  /** Who may not list a bucket is not told that an object is missing. */
  after: (call: AwsCall, { status }) =>
    status === 404 && reads.has(call.operation) ? [need('ListBucket', bucketArn(targetOf(call.url)))] : [],
};
