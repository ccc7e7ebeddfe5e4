import { hash } from 'node:crypto';
import { pathOf, s3Error } from './s3.ts';
import { unescapeXml } from './s3-read.ts';
import { type SignedHttp, type SignedHttpOptions, signedHttp } from './signed-http.ts';

export interface LakeFile {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Changes with the content. */
  readonly etag: string;
  /** When it was written, in milliseconds since 1970. */
  readonly modifiedAt?: number;
}

/** The files of the lake's bucket. Every call may be repeated, and throws `ServiceError` or what the connection threw. */
export interface LakeFiles {
  /** All files whose keys begin with `prefix`, in the order of their keys. */
  list(prefix: string): Promise<LakeFile[]>;
  /** Names of the folders right below a prefix that ends in `/`, in order. */
  folders(prefix: string): Promise<string[]>;
  /** The whole file; undefined when there is none. */
  read(key: string): Promise<Buffer | undefined>;
  write(key: string, body: Uint8Array): Promise<void>;
  /** Deletes files; those that are not there are deleted already. */
  remove(keys: readonly string[]): Promise<void>;
}

/** A part of a sealed table takes some seconds. Jobs read thousands of files, and begin anew for one that they don't get. */
const defaults: SignedHttpOptions = { attempts: 6, timeoutMs: 60_000 };
const KEYS_A_DELETE = 1_000;

/** The bucket by S3's API. */
export function createLakeFiles(bucket: string, options: SignedHttpOptions = {}): LakeFiles {
  const send = signedHttp('s3', { ...defaults, ...options });
  return {
    list: async (prefix) => {
      const files: LakeFile[] = [];
      for await (const page of pages(send, bucket, { prefix })) {
        for (const [, entry = ''] of page.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
          const part = (name: string) => new RegExp(`<${name}>([^<]*)<`).exec(entry)?.[1] ?? '';
          files.push({
            key: unescapeXml(part('Key')),
            size: Number(part('Size')),
            etag: unescapeXml(part('ETag')),
            modifiedAt: Date.parse(part('LastModified')),
          });
        }
      }
      return files;
    },
    folders: async (prefix) => {
      const names: string[] = [];
      for await (const page of pages(send, bucket, { prefix, delimiter: '/' })) {
        for (const [, folder = ''] of page.matchAll(/<CommonPrefixes>\s*<Prefix>([^<]*)<\/Prefix>/g)) {
          names.push(unescapeXml(folder).slice(prefix.length, -1));
        }
      }
      return names;
    },
    read: (key) =>
      send({ method: 'GET', path: pathOf(bucket, key) }, (answer) => {
        if (answer.status < 300) return answer.body;
        const error = s3Error(answer, `a GET of ${key}`);
        if (error.name === 'NoSuchKey') return undefined;
        throw error;
      }),
    write: (key, body) => {
      const headers = { 'content-type': 'application/octet-stream' };
      return send({ method: 'PUT', path: pathOf(bucket, key), headers, body }, (answer) => {
        if (answer.status >= 300) throw s3Error(answer, `a PUT of ${key}`);
      });
    },
    remove: async (keys) => {
      for (let at = 0; at < keys.length; at += KEYS_A_DELETE) {
        await removeSome(send, bucket, keys.slice(at, at + KEYS_A_DELETE));
      }
    },
  };
}

async function* pages(
  send: SignedHttp,
  bucket: string,
  asked: Readonly<Record<string, string>>,
): AsyncGenerator<string> {
  let token: string | undefined;
  do {
    const query = { 'list-type': '2', ...asked, ...(token !== undefined && { 'continuation-token': token }) };
    const page = await send({ method: 'GET', path: `/${bucket}`, query }, (answer) => {
      if (answer.status >= 300) throw s3Error(answer, `a listing of ${asked.prefix}`);
      return answer.body.toString();
    });
    yield page;
    token = /<NextContinuationToken>([^<]*)</.exec(page)?.[1];
  } while (token !== undefined);
}

function removeSome(send: SignedHttp, bucket: string, keys: readonly string[]): Promise<void> {
  const objects = keys.map((key) => `<Object><Key>${escapeXml(key)}</Key></Object>`).join('');
  const body = Buffer.from(
    `<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Quiet>true</Quiet>${objects}</Delete>`,
  );
  const headers = { 'content-type': 'application/xml', 'content-md5': hash('md5', body, 'base64') };
  return send({ method: 'POST', path: `/${bucket}`, query: { delete: '' }, headers, body }, (answer) => {
    const what = `a deletion of ${keys.length} files from ${keys[0]} on`;
    if (answer.status >= 300) throw s3Error(answer, what);
    // A deletion answers 200 also when some of it was refused.
    if (answer.body.includes('<Error>')) throw s3Error({ ...answer, status: 500 }, what);
  });
}

const escapeXml = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
