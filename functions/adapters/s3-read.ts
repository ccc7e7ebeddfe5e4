import { pathOf, s3Error } from './s3.ts';
import { type SignedHttpOptions, signedHttp } from './signed-http.ts';

export interface ObjectPart {
  readonly bytes: Buffer;
  /** Bytes of the whole object. */
  readonly size: number;
}

export interface ObjectReader {
  /**
   * Up to `length` bytes of an object from byte `start` on; none from its end on.
   * Throws `ServiceError`, `NoSuchKey` for example.
   */
  readPart(bucket: string, key: string, start: number, length: number): Promise<ObjectPart>;
  /** The first `most` keys that begin with `prefix`, in order. Throws `ServiceError`. */
  listKeys(bucket: string, prefix: string, most?: number): Promise<string[]>;
}

const RANGE_NOT_SATISFIABLE = 416;

/** Reads from S3 without its client: see `signedHttp`. */
export function createObjectReader(options?: SignedHttpOptions): ObjectReader {
  const send = signedHttp('s3', options);
  return {
    readPart: (bucket, key, start, length) => {
      const headers = { range: `bytes=${start}-${start + length - 1}` };
      return send({ method: 'GET', path: pathOf(bucket, key), headers }, (answer) => {
        const size = sizeOf(answer.headers['content-range']);
        if (answer.status === RANGE_NOT_SATISFIABLE) return { bytes: Buffer.alloc(0), size: size ?? start };
        if (answer.status >= 300) throw s3Error(answer, `a GET of ${key}`);
        return { bytes: answer.body, size: size ?? answer.body.length };
      });
    },
    listKeys: async (bucket, prefix, most = Number.POSITIVE_INFINITY) => {
      const keys: string[] = [];
      let token: string | undefined;
      do {
        const size = Math.min(most - keys.length, 1000);
        const page = { 'list-type': '2', 'max-keys': String(size), prefix };
        const query = token === undefined ? page : { ...page, 'continuation-token': token };
        token = await send({ method: 'GET', path: `/${bucket}`, query }, (answer) => {
          if (answer.status >= 300) throw s3Error(answer, `a listing of ${prefix}`);
          const text = answer.body.toString();
          for (const [, key = ''] of text.matchAll(/<Key>([^<]*)<\/Key>/g)) keys.push(unescapeXml(key));
          return /<NextContinuationToken>([^<]*)</.exec(text)?.[1];
        });
      } while (token !== undefined && keys.length < most);
      return keys;
    },
  };
}

/** The size that `bytes 0-9/120` or `bytes *\/120` tells. */
function sizeOf(contentRange: string | undefined): number | undefined {
  const size = /\/(\d+)$/.exec(contentRange ?? '')?.[1];
  return size === undefined ? undefined : Number(size);
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Names and numbers of characters, as `&amp;` and `&#13;`. */
export const unescapeXml = (text: string): string =>
  text.replace(/&(?:#(x?)([0-9a-f]+)|(\w+));/gi, (same, hex, digits, name) =>
    digits ? String.fromCodePoint(Number.parseInt(digits, hex ? 16 : 10)) : (entities[name] ?? same),
  );
