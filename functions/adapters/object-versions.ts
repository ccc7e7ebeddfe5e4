import { hash } from 'node:crypto';
import { s3Error } from './s3.ts';
import { unescapeXml } from './s3-read.ts';
import { type SignedHttpOptions, signedHttp } from './signed-http.ts';

/** A version of an object, or the mark that it was deleted. */
export interface ObjectVersion {
  readonly key: string;
  readonly versionId: string;
  /** Whether a plain read answers it, or that it is deleted. */
  readonly isLatest: boolean;
  readonly isDeleteMarker: boolean;
  /** Milliseconds since 1970. */
  readonly modifiedAt: number;
}

/** What a versioned bucket keeps of objects that were overwritten or deleted. Throws `ServiceError`. */
export interface ObjectVersions {
  /** A page of the versions below a prefix in the order of their keys, and where the next page begins. */
  list(prefix: string, from?: VersionsFrom): Promise<VersionsPage>;
  /** Deletes versions for good; those that are not there are deleted already. */
  remove(versions: readonly Pick<ObjectVersion, 'key' | 'versionId'>[]): Promise<void>;
}

export interface VersionsFrom {
  readonly key: string;
  readonly versionId: string;
}

export interface VersionsPage {
  readonly versions: readonly ObjectVersion[];
  readonly next?: VersionsFrom;
}

const VERSIONS_A_DELETE = 1_000;

export function createObjectVersions(bucket: string, options: SignedHttpOptions = {}): ObjectVersions {
  const send = signedHttp('s3', { timeoutMs: 60_000, ...options });
  return {
    list: (prefix, from) => {
      const query = {
        versions: '',
        prefix,
        ...(from && { 'key-marker': from.key, 'version-id-marker': from.versionId }),
      };
      return send({ method: 'GET', path: `/${bucket}`, query }, (answer) => {
        if (answer.status >= 300) throw s3Error(answer, `a listing of the versions of ${prefix}`);
        return pageOf(answer.body.toString());
      });
    },
    remove: async (versions) => {
      for (let at = 0; at < versions.length; at += VERSIONS_A_DELETE) {
        const objects = versions
          .slice(at, at + VERSIONS_A_DELETE)
          .map(
            ({ key, versionId }) => `<Object><Key>${escapeXml(key)}</Key><VersionId>${versionId}</VersionId></Object>`,
          );
        const body = Buffer.from(
          `<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Quiet>true</Quiet>${objects.join('')}</Delete>`,
        );
        const headers = { 'content-type': 'application/xml', 'content-md5': hash('md5', body, 'base64') };
        await send({ method: 'POST', path: `/${bucket}`, query: { delete: '' }, headers, body }, (answer) => {
          const what = `a deletion of ${objects.length} versions`;
          if (answer.status >= 300) throw s3Error(answer, what);
          // A deletion answers 200 also when some of it was refused.
          if (answer.body.includes('<Error>')) throw s3Error({ ...answer, status: 500 }, what);
        });
      }
    },
  };
}

function pageOf(text: string): VersionsPage {
  const versions: ObjectVersion[] = [];
  for (const [, kind, entry = ''] of text.matchAll(/<(Version|DeleteMarker)>(.*?)<\/\1>/gs)) {
    const part = (name: string) => unescapeXml(new RegExp(`<${name}>([^<]*)<`).exec(entry)?.[1] ?? '');
    versions.push({
      key: part('Key'),
      versionId: part('VersionId'),
      isLatest: part('IsLatest') === 'true',
      isDeleteMarker: kind === 'DeleteMarker',
      modifiedAt: Date.parse(part('LastModified')),
    });
  }
  const marker = (name: string) => new RegExp(`<${name}>([^<]*)<`).exec(text)?.[1];
  const key = marker('NextKeyMarker');
  if (key === undefined) return { versions };
  return { versions, next: { key: unescapeXml(key), versionId: unescapeXml(marker('NextVersionIdMarker') ?? '') } };
}

const escapeXml = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
