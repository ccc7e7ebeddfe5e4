import assert from 'node:assert/strict';
import { refused, rules } from '../case.ts';
import type { Target } from '../target.ts';

async function versioned({ s3, versioned: bucket, fresh }: Target) {
  const at = { Bucket: await bucket(), Key: fresh() };
  const put = async (Body: string) => (await s3.putObject({ ...at, Body })).VersionId ?? '';
  const text = async (VersionId?: string) =>
    (await s3.getObject({ ...at, ...(VersionId && { VersionId }) })).Body?.transformToString();
  const list = async () => {
    const { Versions = [], DeleteMarkers = [] } = await s3.listObjectVersions({ Bucket: at.Bucket, Prefix: at.Key });
    return { versions: Versions.map(({ VersionId }) => VersionId), all: Versions, markers: DeleteMarkers };
  };
  return { at, put, text, list };
}

export const versions = rules('s3', 'versions', 'AmazonS3/latest/userguide/versioning-workflows.html', {
  'a bucket tells that it keeps versions': async ({ s3, versioned: bucket }) => {
    assert.equal((await s3.getBucketVersioning({ Bucket: await bucket() })).Status, 'Enabled');
  },
  'each put is a version, and the latest is read': async (target) => {
    const { put, text } = await versioned(target);
    const [one, two] = [await put('1'), await put('2')];
    assert.ok(one && two && one !== two);
    assert.equal(await text(), '2');
    assert.deepEqual([await text(one), await text(two)], ['1', '2']);
  },
  'a listing has all versions, the latest first': async (target) => {
    const { put, list } = await versioned(target);
    const [one, two, three] = [await put('1'), await put('2'), await put('3')];
    const { versions: listed, all } = await list();
    assert.deepEqual(listed, [three, two, one]);
    assert.deepEqual(
      all.map(({ IsLatest }) => IsLatest),
      [true, false, false],
    );
    assert.ok(all.every(({ LastModified, Size }) => LastModified && Size === 1));
  },
  'a delete leaves a marker, and every version': async (target) => {
    const { at, put, text, list } = await versioned(target);
    const one = await put('1');
    const { DeleteMarker, VersionId } = await target.s3.deleteObject(at);
    assert.ok(DeleteMarker && VersionId);
    await refused(target.s3.getObject(at), 'NoSuchKey');
    assert.equal(await text(one), '1');
    const { versions: listed, markers } = await list();
    assert.deepEqual(listed, [one]);
    assert.deepEqual(
      markers.map((marker) => [marker.VersionId, marker.IsLatest]),
      [[VersionId, true]],
    );
  },
  'a deleted object is not listed among objects': async (target) => {
    const { at, put } = await versioned(target);
    await put('1');
    await target.s3.deleteObject(at);
    assert.equal((await target.s3.listObjectsV2({ Bucket: at.Bucket, Prefix: at.Key })).KeyCount, 0);
  },
  'an object is back when its marker is deleted': async (target) => {
    const { at, put, text } = await versioned(target);
    await put('1');
    const { VersionId } = await target.s3.deleteObject(at);
    await target.s3.deleteObject({ ...at, VersionId });
    assert.equal(await text(), '1');
  },
  'a version that is deleted is gone, and the one before is the latest': async (target) => {
    const { at, put, text, list } = await versioned(target);
    const [one, two] = [await put('1'), await put('2')];
    await target.s3.deleteObject({ ...at, VersionId: two });
    assert.equal(await text(), '1');
    await refused(target.s3.getObject({ ...at, VersionId: two }), 'NoSuchVersion');
    assert.deepEqual((await list()).versions, [one]);
  },
  'an old version is deleted without touching the latest': async (target) => {
    const { at, put, text, list } = await versioned(target);
    const [one, two] = [await put('1'), await put('2')];
    await target.s3.deleteObject({ ...at, VersionId: one });
    assert.equal(await text(), '2');
    assert.deepEqual((await list()).versions, [two]);
  },
  'several versions are deleted at once': async (target) => {
    const { at, put, list } = await versioned(target);
    const Objects = [await put('1'), await put('2')].map((VersionId) => ({ Key: at.Key, VersionId }));
    await target.s3.deleteObjects({ Bucket: at.Bucket, Delete: { Objects } });
    const { versions: listed, markers } = await list();
    assert.deepEqual([listed, markers], [[], []]);
  },
  'If-None-Match succeeds where the latest is a marker': async (target) => {
    const { at, put, text } = await versioned(target);
    await put('1');
    await target.s3.deleteObject(at);
    await target.s3.putObject({ ...at, Body: '2', IfNoneMatch: '*' });
    assert.equal(await text(), '2');
  },
  'a copy of an old version onto its key makes it the latest': async (target) => {
    const { at, put, text } = await versioned(target);
    const one = await put('1');
    await put('2');
    await target.s3.copyObject({ ...at, CopySource: `${at.Bucket}/${at.Key}?versionId=${one}` });
    assert.equal(await text(), '1');
  },
  'pages of versions give every one once': async (target) => {
    const { s3 } = target;
    const { at, put } = await versioned(target);
    const all = [await put('1'), await put('2'), await put('3')].toReversed();
    const seen: (string | undefined)[] = [];
    let from: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
    for (;;) {
      const page = await s3.listObjectVersions({ Bucket: at.Bucket, Prefix: at.Key, MaxKeys: 2, ...from });
      seen.push(...(page.Versions ?? []).map(({ VersionId }) => VersionId));
      if (!page.IsTruncated) break;
      from = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    }
    assert.deepEqual(seen, all);
  },
  'a version that is none is refused': async (target) => {
    const { at, put } = await versioned(target);
    await put('1');
    const call = target.s3.getObject({
      ...at,
      VersionId: '3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY.MTRCxf3vjVBH40Nr8X8gdRQBpUMLUo',
    });
    await refused(call, 'NoSuchVersion', 'InvalidArgument');
  },
});

export const lifecycle = rules('s3', 'lifecycle', 'AmazonS3/latest/API/API_GetBucketLifecycleConfiguration.html', {
  'a bucket without rules says so': async ({ s3, bucket }) => {
    const call = s3.getBucketLifecycleConfiguration({ Bucket: await bucket() });
    await refused(call, 'NoSuchLifecycleConfiguration');
  },
});
