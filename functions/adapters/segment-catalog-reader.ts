import { zstdDecompressSync } from 'node:zlib';
import { builtInCatalog } from '../../shared/segments/built-in-catalog.ts';
import type { CatalogBody } from '../../shared/segments/catalog-body.ts';
import type { DynamoDb } from './dynamodb.ts';

/** Which revision of the catalog holds. */
export interface CatalogHead {
  /** 0 while nothing was ever saved: then the catalog is that of the built-in segments. */
  readonly revision: number;
  /** Hash of the built-in segments that the catalog has taken in. */
  readonly builtIns: string;
}

export interface Catalog extends CatalogHead {
  readonly body: CatalogBody;
}

export interface SegmentCatalogReader {
  /** As of the latest save. */
  readHead(): Promise<CatalogHead>;
  readRevision(): Promise<number>;
  /** What a revision holds; undefined when it was superseded so long ago that it is gone. */
  readBody(revision: number): Promise<CatalogBody | undefined>;
  /** Head and body that belong together. */
  read(): Promise<Catalog>;
}

const MAX_TEXT_BYTES = 50_000_000;
const MAX_READS = 5;

export const HEAD = { pk: { S: 'catalog' }, sk: { S: 'head' } };
export const bodyKey = (revision: number) => {
  return { pk: { S: 'catalog' }, sk: { S: `r${String(revision).padStart(10, '0')}` } };
};

/** The catalog of segments in the table of segments, for whoever does not change it. */
export function createSegmentCatalogReader(dynamoDb: DynamoDb, table: string): SegmentCatalogReader {
  const itemOf = async (Key: typeof HEAD) => {
    const { Item } = await dynamoDb('GetItem', { TableName: table, Key, ConsistentRead: true });
    return Item;
  };

  const readHead = async (): Promise<CatalogHead> => {
    const item = await itemOf(HEAD);
    return { revision: Number(item?.revision?.N ?? 0), builtIns: item?.builtIns?.S ?? builtInCatalog().hash };
  };

  const readBody = async (revision: number): Promise<CatalogBody | undefined> => {
    if (revision === 0) return builtInCatalog().body;
    const body = (await itemOf(bodyKey(revision)))?.body?.B;
    if (body === undefined) return undefined;
    return JSON.parse(zstdDecompressSync(Buffer.from(body, 'base64'), { maxOutputLength: MAX_TEXT_BYTES }).toString());
  };

  return {
    readHead,
    readRevision: async () => (await readHead()).revision,
    readBody,
    async read() {
      for (let reads = 0; reads < MAX_READS; reads += 1) {
        const head = await readHead();
        const body = await readBody(head.revision);
        if (body !== undefined) return { ...head, body };
      }
      throw new Error(`The body of the catalog was gone ${MAX_READS} times: has the table of segments been damaged?`);
    },
  };
}
