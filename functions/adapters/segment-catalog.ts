import { constants, zstdCompressSync } from 'node:zlib';
import type { CatalogBody } from '../../shared/segments/catalog-body.ts';
import { type DynamoDb, isConditionFailed, type PutItemInput, secondsOf } from './dynamodb.ts';
import {
  bodyKey,
  type CatalogHead,
  createSegmentCatalogReader,
  HEAD,
  type SegmentCatalogReader,
} from './segment-catalog-reader.ts';

export interface SegmentCatalog extends SegmentCatalogReader {
  /**
   * Makes `body` the catalog if `after` still is; answers its revision, undefined when another save came first.
   * `after.builtIns` is kept with it. Throws `CatalogTooLargeError`.
   */
  save(after: CatalogHead, body: CatalogBody): Promise<number | undefined>;
  /** Has bodies expire that were superseded long before `head`, and those whose save was cut off. */
  prune(head: CatalogHead): Promise<void>;
}

/** A catalog larger than a DynamoDB item. */
export class CatalogTooLargeError extends Error {
  override readonly name = 'CatalogTooLargeError';
  readonly bytes: number;

  constructor(bytes: number) {
    super(`The catalog of segments takes ${bytes} bytes compressed, and has room for ${MAX_BODY_BYTES}.`);
    this.bytes = bytes;
  }
}

/** DynamoDB's limit of an item is 400 KB. */
const MAX_BODY_BYTES = 390_000;
/** Superseded bodies that are kept, for whoever reads one at this moment or wants to know what was. */
const KEPT_BODIES = 20;
/** How long a body lives on after that; milliseconds. */
const LIFE_MS = 86_400_000;
/** Bodies of cut-off saves that one save steps over. */
const MAX_ORPHANS = 20;

const params = { [constants.ZSTD_c_compressionLevel]: 6 };

/**
 * The catalog of segments in the table of segments: bodies that never change, and a head that names the one that holds.
 *
 * A save writes the body, then moves the head if it is still where the save began. Cut off in between, it leaves a body
 * that no head names: the next save steps over its number, and `prune` has it expire.
 */
export function createSegmentCatalog(dynamoDb: DynamoDb, table: string, clock: () => number): SegmentCatalog {
  const reader = createSegmentCatalogReader(dynamoDb, table);

  /** Whether the item was written: it is not when its condition fails. */
  const put = async (input: Omit<PutItemInput, 'TableName'>): Promise<boolean> => {
    try {
      await dynamoDb('PutItem', { ...input, TableName: table });
      return true;
    } catch (error) {
      if (isConditionFailed(error)) return false;
      throw error;
    }
  };

  /** Writes a body under the first free number after a revision; no other save has that number. */
  const putBody = async (after: number, body: Buffer): Promise<number | undefined> => {
    for (let revision = after + 1; revision <= after + MAX_ORPHANS; revision += 1) {
      const Item = { ...bodyKey(revision), body: { B: body.toString('base64') } };
      if (await put({ Item, ConditionExpression: 'attribute_not_exists(pk)' })) return revision;
    }
    return undefined;
  };

  return {
    ...reader,
    async save(after, body) {
      const bytes = zstdCompressSync(Buffer.from(JSON.stringify(body)), { params });
      if (bytes.length > MAX_BODY_BYTES) throw new CatalogTooLargeError(bytes.length);
      const revision = await putBody(after.revision, bytes);
      if (revision === undefined) return undefined;
      const isMoved = await put({
        Item: { ...HEAD, revision: { N: String(revision) }, builtIns: { S: after.builtIns } },
        ConditionExpression: after.revision === 0 ? 'attribute_not_exists(pk)' : 'revision = :after',
        ...(after.revision > 0 && { ExpressionAttributeValues: { ':after': { N: String(after.revision) } } }),
      });
      // The head names our own number: the move had succeeded, its answer was lost.
      return isMoved || (await reader.readHead()).revision === revision ? revision : undefined;
    },
    async prune({ revision }) {
      const { Items = [] } = await dynamoDb('Query', {
        TableName: table,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
        FilterExpression: 'attribute_not_exists(expiresAt)',
        ProjectionExpression: 'pk, sk',
        ExpressionAttributeValues: {
          ':pk': HEAD.pk,
          ':first': bodyKey(0).sk,
          ':last': bodyKey(Math.max(0, revision - KEPT_BODIES)).sk,
        },
      });
      const expiresAt = secondsOf(clock() + LIFE_MS);
      for (const { pk, sk } of Items) {
        if (!pk || !sk) continue;
        await dynamoDb('UpdateItem', {
          TableName: table,
          Key: { pk, sk },
          UpdateExpression: 'SET expiresAt = :expiresAt',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeValues: { ':expiresAt': expiresAt },
        });
      }
    },
  };
}
