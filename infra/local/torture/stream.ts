import { zstdDecompressSync } from 'node:zlib';
import type { AwsTool } from './aws-tool.ts';

/** What lies on the stream, read by itself: what consumers were given. */
export interface StreamTruth {
  /** Copies of each event, by message id. */
  readonly copies: ReadonlyMap<string, number>;
  /** `<shard><sequence number>` of records that hold no JSON. */
  readonly unreadable: ReadonlySet<string>;
}

interface Records {
  readonly Records: readonly { readonly Data: string; readonly SequenceNumber: string }[];
  readonly NextShardIterator?: string;
}

/** Reads every shard from its first record to its last. Nothing may be written meanwhile. */
export async function readStream(aws: AwsTool, StreamName: string): Promise<StreamTruth> {
  const copies = new Map<string, number>();
  const unreadable = new Set<string>();
  const { Shards } = await aws<{ Shards: { ShardId: string }[] }>('kinesis', 'ListShards', { StreamName });
  for (const { ShardId } of Shards) {
    const from = { StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' };
    let { ShardIterator } = await aws<{ ShardIterator?: string | undefined }>('kinesis', 'GetShardIterator', from);
    while (ShardIterator !== undefined) {
      const { Records, NextShardIterator } = await aws<Records>('kinesis', 'GetRecords', {
        ShardIterator,
        Limit: 1000,
      });
      for (const { Data, SequenceNumber } of Records) {
        const ids = messageIds(textOf(Buffer.from(Data, 'base64')));
        if (ids === undefined) unreadable.add(`${ShardId}${SequenceNumber}`);
        else for (const id of ids) copies.set(id, (copies.get(id) ?? 0) + 1);
      }
      ShardIterator = Records.length > 0 ? NextShardIterator : undefined;
    }
  }
  return { copies, unreadable };
}

/** Envelopes lie compressed there; a frame of zstd begins so. */
const textOf = (data: Buffer): string =>
  (data.length >= 4 && data.readUInt32LE(0) === 0xfd2fb528 ? zstdDecompressSync(data) : data).toString();

function messageIds(text: string): string[] | undefined {
  try {
    const { kind, events = [] } = JSON.parse(text) as { kind?: string; events?: { messageId?: string }[] };
    return kind === 'events' ? events.map(({ messageId }) => String(messageId)) : [];
  } catch {
    return undefined;
  }
}
