import type { DeleteMarkerEntry, ObjectVersion, S3 } from '@aws-sdk/client-s3';

interface Version {
  readonly key: string;
  readonly versionId: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly isLatest: boolean;
  readonly isMarker: boolean;
}

export interface RestoredObjects {
  /** Keys whose version of then became the latest again. */
  readonly back: number;
  /** Keys that were not there then. */
  readonly deleted: number;
}

/**
 * Makes the objects of a bucket what they were at a time: copies the version of then over what came after it, and deletes
 * what was not there. What is done so is itself a version more: it can be taken back, and done again after a crash.
 */
export async function restoreObjects(s3: S3, Bucket: string, time: Date): Promise<RestoredObjects> {
  const byKey = Map.groupBy(await versionsOf(s3, Bucket), ({ key }) => key);
  let [back, deleted] = [0, 0];
  for (const [Key, versions] of byKey) {
    const [latest, ...older] = versions.toSorted(
      (one, other) => Number(other.isLatest) - Number(one.isLatest) || other.since - one.since,
    );
    if (latest === undefined || latest.since <= time.getTime()) continue;
    const then = older.find(({ since }) => since <= time.getTime());
    if (then !== undefined && !then.isMarker) {
      const source = `${Bucket}/${encodeURIComponent(Key)}?versionId=${then.versionId}`;
      await s3.copyObject({ Bucket, Key, CopySource: source });
      back += 1;
    } else if (!latest.isMarker) {
      await s3.deleteObject({ Bucket, Key });
      deleted += 1;
    }
  }
  return { back, deleted };
}

/** All versions, newest first of each key. */
async function versionsOf(s3: S3, Bucket: string): Promise<Version[]> {
  const all: Version[] = [];
  let from: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
  for (;;) {
    const page = await s3.listObjectVersions({ Bucket, ...from });
    const note = (isMarker: boolean) => (each: ObjectVersion | DeleteMarkerEntry) => {
      const since = each.LastModified?.getTime() ?? 0;
      const { Key: key = '', VersionId: versionId = '', IsLatest: isLatest = false } = each;
      all.push({ key, versionId, since, isLatest, isMarker });
    };
    page.Versions?.forEach(note(false));
    page.DeleteMarkers?.forEach(note(true));
    if (!page.IsTruncated) return all;
    from = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  }
}
