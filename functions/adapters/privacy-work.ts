import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { DynamoDb } from './dynamodb.ts';
import { createHeldItem } from './held-item.ts';
import type { HeldStore } from './lease.ts';

/** The one pass that is worked on; undefined when there is none. */
export interface PrivacyWork<Pass> {
  readonly pass: Pass | undefined;
}

/** How far the requests of privacy are, in the table of the register; compressed, because people have many ids. */
export const createPrivacyWork = <Pass extends object>(
  dynamoDb: DynamoDb,
  table: string,
): HeldStore<PrivacyWork<Pass>> =>
  createHeldItem<PrivacyWork<Pass>>(
    dynamoDb,
    table,
    { id: { S: 'work' } },
    {
      read: ({ pass }) => ({
        pass:
          pass?.B === undefined ? undefined : JSON.parse(zstdDecompressSync(Buffer.from(pass.B, 'base64')).toString()),
      }),
      write: ({ pass }) =>
        pass === undefined ? {} : { pass: { B: zstdCompressSync(JSON.stringify(pass)).toString('base64') } },
    },
  );
