import type { DeleteMarkerEntry, ObjectVersion, S3 } from '@aws-sdk/client-s3';
import { landedTables } from '../../../schemas/lake/tables.ts';

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
 *
 * Of files that an erasure wrote anew no version of then is left: the new one says since when it stands for the old, and is
 * taken for it. Of days that were sealed since, whose landed files an erasure took with all versions, the sealed rows land again.
 */
export async function restoreObjects(s3: S3, Bucket: string, time: Date): Promise<RestoredObjects> {
  const byKey = Map.groupBy(await versionsOf(s3, Bucket), ({ key }) => key);
  const wasThere = (version: Version) => version.since <= time.getTime();
  const source = ({ key, versionId }: Version) => `${Bucket}/${encodeURIComponent(key)}?versionId=${versionId}`;
  let [back, deleted] = [0, 0];
  for (const [Key, versions] of byKey) {
    const [latest, ...older] = versions.toSorted(
      (one, other) => Number(other.isLatest) - Number(one.isLatest) || other.since - one.since,
    );
    if (latest === undefined || wasThere(latest)) continue;
    const then = older.find(wasThere) ?? (await firstStandingFor(s3, Bucket, [latest, ...older], time));
    if (then === latest) continue;
    if (then !== undefined && !then.isMarker) {
      await s3.copyObject({ Bucket, Key, CopySource: source(then) });
      back += 1;
    } else if (!latest.isMarker) {
      const landed = landedOf(Key, time);
      if (landed !== undefined && !hasAny(byKey, landed.folder, wasThere)) {
        await s3.copyObject({ Bucket, Key: landed.key, CopySource: source(latest) });
        back += 1;
      }
      await s3.deleteObject({ Bucket, Key });
      deleted += 1;
    }
  }
  return { back, deleted };
}

/** The newest version that stands for one that was there at a time. */
async function firstStandingFor(
  s3: S3,
  Bucket: string,
  versions: readonly Version[],
  time: Date,
): Promise<Version | undefined> {
  for (const version of versions.filter(({ isMarker }) => !isMarker)) {
    const { Metadata } = await s3.headObject({ Bucket, Key: version.key, VersionId: version.versionId });
    if (Date.parse(Metadata?.since ?? '') <= time.getTime()) return version;
  }
  return undefined;
}

/** Where the rows of a sealed file lay before its day was sealed; undefined for days that began after a time, and other files. */
function landedOf(key: string, time: Date): { readonly folder: string; readonly key: string } | undefined {
  const [, relation = '', day = '', name = ''] = /^(\w+)_sealed\/day=(\d{4}-\d{2}-\d{2})\/([^/]+)$/.exec(key) ?? [];
  const table = landedTables.find((each) => each.name === `${relation}_landed`);
  if (table === undefined || day > time.toISOString().slice(0, 10)) return undefined;
  const folder = `${table.name}/day=${day}/`;
  return { folder, key: `${folder}sealed-${name}` };
}

const hasAny = (
  byKey: ReadonlyMap<string, readonly Version[]>,
  folder: string,
  is: (version: Version) => boolean,
): boolean => [...byKey].some(([key, versions]) => key.startsWith(folder) && versions.some(is));

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
