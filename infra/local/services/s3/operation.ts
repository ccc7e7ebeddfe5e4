import type { AwsCall } from '../../gateway/types.ts';

/** Where an S3 request points, path style, decoded. */
export interface S3Target {
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
}

export function targetOf(url: string): S3Target {
  const [pathname = '/', search = ''] = url.split('?', 2);
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(pathname) ?? [];
  return { bucket: decodeURIComponent(bucket), key: decodeURIComponent(key), query: new URLSearchParams(search) };
}

/** Names the operation by method, depth of path and sub-resource; what isn't served here is `Unknown`. */
export function s3OperationOf({ method, url, headers }: Pick<AwsCall, 'method' | 'url' | 'headers'>): string {
  const { bucket, key, query } = targetOf(url);
  if (bucket === '') return method === 'GET' ? 'ListBuckets' : 'Unknown';
  if (key === '') return bucketOperation(method, query);
  if (['uploads', 'uploadId', 'tagging', 'acl', 'retention', 'legal-hold'].some((name) => query.has(name))) {
    return 'Unknown';
  }
  if (method === 'PUT') return headers['x-amz-copy-source'] === undefined ? 'PutObject' : 'CopyObject';
  const operations: Record<string, string> = { GET: 'GetObject', HEAD: 'HeadObject', DELETE: 'DeleteObject' };
  return operations[method] ?? 'Unknown';
}

function bucketOperation(method: string, query: URLSearchParams): string {
  if (method === 'GET') {
    if (query.get('list-type') === '2') return 'ListObjectsV2';
    if (query.has('versions')) return 'ListObjectVersions';
    if (query.has('versioning')) return 'GetBucketVersioning';
    if (query.has('lifecycle')) return 'GetBucketLifecycleConfiguration';
    return query.has('location') ? 'GetBucketLocation' : 'Unknown';
  }
  if (method === 'PUT' && query.has('versioning')) return 'PutBucketVersioning';
  if (method === 'PUT' && query.has('lifecycle')) return 'PutBucketLifecycleConfiguration';
  if (method === 'POST') return query.has('delete') ? 'DeleteObjects' : 'Unknown';
  const isSubResource = [...query.keys()].some((name) => name !== 'x-id');
  const operations: Record<string, string> = { PUT: 'CreateBucket', HEAD: 'HeadBucket', DELETE: 'DeleteBucket' };
  return (!isSubResource && operations[method]) || 'Unknown';
}
