import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { S3ServiceException } from '@aws-sdk/client-s3';
import { refused, rules } from '../case.ts';
import type { Target } from '../target.ts';

const failed = ['PreconditionFailed', '412'];
const guide = 'AmazonS3/latest/userguide';
const api = (operation: string) => `AmazonS3/latest/API/API_${operation}.html`;

async function object({ s3, bucket, fresh }: Target, Body?: string | Uint8Array) {
  const at = { Bucket: await bucket(), Key: fresh() };
  const put = (body: string | Uint8Array, more: object = {}) => s3.putObject({ ...at, Body: body, ...more });
  const text = async (more: object = {}) => (await s3.getObject({ ...at, ...more })).Body?.transformToString();
  const ETag = Body === undefined ? undefined : (await put(Body)).ETag;
  return { at, put, text, ETag };
}

export const writes = rules('s3', 'conditional writes', `${guide}/conditional-writes.html`, {
  'If-None-Match lets one of many writers through': async (target) => {
    const { put } = await object(target);
    const results = await Promise.allSettled([1, 2, 3, 4].map((n) => put(`${n}`, { IfNoneMatch: '*' })));
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
    const names = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.name] : []));
    assert.ok(
      names.every((name) => [...failed, 'ConditionalRequestConflict'].includes(name)),
      names.join(),
    );
  },
  'If-None-Match leaves an object that is there as it is': async (target) => {
    const { put, text } = await object(target, 'first');
    await refused(put('second', { IfNoneMatch: '*' }), ...failed);
    assert.equal(await text(), 'first');
  },
  'If-Match overwrites the version that it names, and no other': async (target) => {
    const { put, text, ETag } = await object(target, 'one');
    await put('two', { IfMatch: ETag });
    await refused(put('three', { IfMatch: ETag }), ...failed);
    assert.equal(await text(), 'two');
  },
  'If-Match of an object that is not there is 404': async (target) => {
    const { put } = await object(target);
    const error = await refused<{ $metadata: { httpStatusCode: number } }>(put('x', { IfMatch: '"0"' }), 'NoSuchKey');
    assert.equal(error.$metadata.httpStatusCode, 404);
  },
  'a failed condition is status 412': async (target) => {
    const { put } = await object(target, 'x');
    const error = await refused<{ $metadata: { httpStatusCode: number } }>(put('y', { IfNoneMatch: '*' }), ...failed);
    assert.equal(error.$metadata.httpStatusCode, 412);
  },
  'a write lost on its way back shows its own ETag': async (target) => {
    const { at, put, ETag } = await object(target, 'mine');
    await refused(put('mine', { IfNoneMatch: '*' }), ...failed);
    assert.equal((await target.s3.headObject(at)).ETag, ETag);
  },
});

export const reads = rules('s3', 'reads', api('GetObject'), {
  'what was put comes back byte by byte, with its type and metadata': async (target) => {
    const { at, put } = await object(target);
    const Body = Uint8Array.from({ length: 256 }, (_, index) => index);
    await put(Body, { ContentType: 'application/x-test', Metadata: { kind: 'bytes' } });
    const answer = await target.s3.getObject(at);
    assert.deepEqual(Buffer.from((await answer.Body?.transformToByteArray()) ?? []), Buffer.from(Body));
    assert.deepEqual([answer.ContentType, answer.Metadata], ['application/x-test', { kind: 'bytes' }]);
  },
  'the ETag of an object that was put whole is its MD5': async (target) => {
    const { at, ETag } = await object(target, 'hello');
    assert.equal(ETag, `"${createHash('md5').update('hello').digest('hex')}"`);
    assert.equal((await target.s3.headObject(at)).ETag, ETag);
  },
  'a range gives its bytes, status 206 and where they lie': async (target) => {
    const { at } = await object(target, '0123456789');
    for (const [Range, part, where] of [
      ['bytes=2-4', '234', 'bytes 2-4/10'],
      ['bytes=7-', '789', 'bytes 7-9/10'],
      ['bytes=-3', '789', 'bytes 7-9/10'],
      ['bytes=8-99', '89', 'bytes 8-9/10'],
    ] as const) {
      const answer = await target.s3.getObject({ ...at, Range });
      const got = [await answer.Body?.transformToString(), answer.ContentRange, answer.$metadata.httpStatusCode];
      assert.deepEqual(got, [part, where, 206], Range);
    }
  },
  'a range beyond the end is 416': async (target) => {
    const { at } = await object(target, '0123456789');
    await refused(target.s3.getObject({ ...at, Range: 'bytes=10-12' }), 'InvalidRange');
  },
  'an object that is not there is NoSuchKey, and 404 without a body for HEAD': async (target) => {
    const { at } = await object(target);
    await refused(target.s3.getObject(at), 'NoSuchKey');
    await refused(target.s3.headObject(at), 'NotFound');
  },
  'a bucket that is not there is NoSuchBucket': async ({ s3, fresh }) => {
    await refused(s3.getObject({ Bucket: fresh(), Key: 'x' }), 'NoSuchBucket');
    await refused(s3.listObjectsV2({ Bucket: fresh() }), 'NoSuchBucket');
  },
  'a read by If-None-Match of what is there is 304': async (target) => {
    const { at, ETag } = await object(target, 'x');
    const read = target.s3.getObject({ ...at, IfNoneMatch: ETag });
    await assert.rejects(read, (error: S3ServiceException) => error.$metadata.httpStatusCode === 304);
  },
  'a read by If-Match of another version is 412': async (target) => {
    const { at } = await object(target, 'x');
    await refused(target.s3.getObject({ ...at, IfMatch: '"0"' }), ...failed);
  },
  'an object may be empty': async (target) => {
    const { at, text } = await object(target, '');
    assert.equal(await text(), '');
    assert.equal((await target.s3.headObject(at)).ContentLength, 0);
  },
  'a reader sees the old object or the new one, whole': async (target) => {
    const { put, text } = await object(target, 'a'.repeat(200_000));
    const writing = (async () => {
      for (let n = 0; n < 6; n += 1) await put((n % 2 === 0 ? 'b' : 'a').repeat(200_000));
    })();
    for (let n = 0; n < 6; n += 1) {
      const seen = (await text()) ?? '';
      assert.ok(seen === seen[0]?.repeat(200_000), `a reader saw a mixture of ${seen.length} bytes`);
    }
    await writing;
  },
  'a copy has the bytes and metadata of its source': async (target) => {
    const { at, put } = await object(target);
    await put('x', { Metadata: { kind: 'source' } });
    const copy = { Bucket: at.Bucket, Key: target.fresh() };
    await target.s3.copyObject({ ...copy, CopySource: `${at.Bucket}/${at.Key}` });
    const answer = await target.s3.getObject(copy);
    assert.deepEqual([await answer.Body?.transformToString(), answer.Metadata], ['x', { kind: 'source' }]);
  },
  'a delete of what is not there succeeds': async (target) => {
    const { at } = await object(target);
    assert.equal((await target.s3.deleteObject(at)).$metadata.httpStatusCode, 204);
  },
  'many are deleted at once, those that are not there, too': async (target) => {
    const { at } = await object(target, 'x');
    const Objects = [{ Key: at.Key }, { Key: target.fresh() }];
    const { Deleted, Errors } = await target.s3.deleteObjects({ Bucket: at.Bucket, Delete: { Objects } });
    assert.deepEqual([Deleted?.length, Errors ?? []], [2, []]);
    await refused(target.s3.getObject(at), 'NoSuchKey');
  },
});

async function folder({ s3, bucket, fresh }: Target, ...names: string[]) {
  const Bucket = await bucket();
  const Prefix = `${fresh()}/`;
  for (const name of names) await s3.putObject({ Bucket, Key: `${Prefix}${name}`, Body: name });
  const list = (more: object = {}) => s3.listObjectsV2({ Bucket, Prefix, ...more });
  const keys = async (more: object = {}) =>
    ((await list(more)).Contents ?? []).map(({ Key }) => Key?.slice(Prefix.length));
  return { Bucket, Prefix, list, keys };
}

const odd = ['a b', 'a+b', 'a%2Fb', 'ä/ž', 'a&<b>', "it's", 'a=b?c#d', 'day=2026-01-02/x', '🐎', 'a\\b', '(a)*~!'];

export const listings = rules('s3', 'listings', api('ListObjectsV2'), {
  'keys come in order of their UTF-8 bytes': async (target) => {
    const { keys } = await folder(target, 'b', 'ä', 'A', 'a-b', 'a/b', '🐎', '\uff5e');
    assert.deepEqual(await keys(), ['A', 'a-b', 'a/b', 'b', 'ä', '\uff5e', '🐎']);
  },
  'pages of any size give every key once': async (target) => {
    const names = ['1', '2', '3/a', '3/b', '4'];
    const { list, Prefix } = await folder(target, ...names);
    for (const MaxKeys of [1, 2, 5, 6]) {
      const seen: (string | undefined)[] = [];
      let ContinuationToken: string | undefined;
      do {
        const page = await list({ MaxKeys, ...(ContinuationToken && { ContinuationToken }) });
        assert.ok((page.KeyCount ?? 0) <= MaxKeys);
        assert.equal(page.IsTruncated, page.NextContinuationToken !== undefined);
        seen.push(...(page.Contents ?? []).map(({ Key }) => Key?.slice(Prefix.length)));
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken);
      assert.deepEqual(seen, names);
    }
  },
  'a delimiter folds keys into common prefixes, which count as one': async (target) => {
    const { list, Prefix } = await folder(target, 'day=1/a', 'day=1/b', 'day=2/a', 'readme');
    const { CommonPrefixes, Contents, KeyCount } = await list({ Delimiter: '/' });
    assert.deepEqual(
      CommonPrefixes?.map((each) => each.Prefix),
      [`${Prefix}day=1/`, `${Prefix}day=2/`],
    );
    assert.deepEqual([Contents?.map(({ Key }) => Key), KeyCount], [[`${Prefix}readme`], 3]);
  },
  'StartAfter begins after a key, whether it is there or not': async (target) => {
    const { keys, Prefix } = await folder(target, 'a', 'c', 'd');
    assert.deepEqual(await keys({ StartAfter: `${Prefix}b` }), ['c', 'd']);
    assert.deepEqual(await keys({ StartAfter: `${Prefix}c` }), ['d']);
  },
  'a prefix may end within a name': async (target) => {
    const { Bucket, Prefix } = await folder(target, 'ab', 'abc', 'b');
    const { Contents } = await target.s3.listObjectsV2({ Bucket, Prefix: `${Prefix}ab` });
    assert.equal(Contents?.length, 2);
  },
  'an entry has size, time and ETag': async (target) => {
    const { list } = await folder(target, 'abc');
    const [{ Size, ETag, LastModified } = {}] = (await list()).Contents ?? [];
    assert.deepEqual([Size, ETag], [3, `"${createHash('md5').update('abc').digest('hex')}"`]);
    assert.ok(LastModified && Math.abs(LastModified.getTime() - Date.now()) < 600_000);
  },
  'nothing below a prefix is an empty page': async (target) => {
    const { list } = await folder(target);
    const { Contents, KeyCount, IsTruncated } = await list();
    assert.deepEqual([Contents, KeyCount, IsTruncated], [undefined, 0, false]);
  },
  'a listing shows a write and a delete at once': async (target) => {
    const { Bucket, Prefix, keys } = await folder(target, 'a');
    assert.deepEqual(await keys(), ['a']);
    await target.s3.deleteObject({ Bucket, Key: `${Prefix}a` });
    assert.deepEqual(await keys(), []);
  },
});

export const keys = rules('s3', 'keys', `${guide}/object-keys.html`, {
  'a key may hold any character': async (target) => {
    const { Bucket, Prefix, keys: listed } = await folder(target, ...odd);
    for (const name of odd) {
      const { Body } = await target.s3.getObject({ Bucket, Key: `${Prefix}${name}` });
      assert.equal(await Body?.transformToString(), name);
    }
    const byBytes = odd.toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
    assert.deepEqual(await listed(), byBytes);
  },
  'a key may be the beginning of another, up to its slash': async (target) => {
    const { keys: listed } = await folder(target, 'a/b', 'a');
    assert.deepEqual(await listed(), ['a', 'a/b']);
  },
  'keys differ by case': async (target) => {
    const { keys: listed } = await folder(target, 'Key', 'key', 'KEY');
    assert.deepEqual(await listed(), ['KEY', 'Key', 'key']);
  },
  'a key of more than 1,024 bytes is refused': async ({ s3, bucket }) => {
    const Key = 'long/'.repeat(205);
    await refused(s3.putObject({ Bucket: await bucket(), Key, Body: 'x' }), 'KeyTooLongError');
  },
});
