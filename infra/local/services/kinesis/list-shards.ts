import { AwsError } from '../errors.ts';
import type { Run } from './corrections.ts';
import type { StoredShard } from './store.ts';

interface Input {
  readonly StreamName?: string;
  readonly NextToken?: string;
  readonly MaxResults?: number;
  readonly ExclusiveStartShardId?: string;
}

/** What a page ends with: the stream, and its last shard. */
interface Place {
  readonly stream: string;
  readonly after: string;
}

const usualPage = 1000;

/** Lists shards a page at a time; kinesalite knows no pages. */
export async function pageOfShards(run: Run, input: Input): Promise<object> {
  const { NextToken, MaxResults = usualPage } = input;
  if (NextToken !== undefined && input.StreamName !== undefined) {
    throw new AwsError('InvalidArgumentException', 'NextToken and StreamName cannot be provided together.');
  }
  const from = NextToken === undefined ? undefined : placeOf(NextToken);
  const StreamName = from?.stream ?? input.StreamName;
  const ExclusiveStartShardId = from?.after ?? input.ExclusiveStartShardId;
  const asked = { ...(StreamName && { StreamName }), ...(ExclusiveStartShardId && { ExclusiveStartShardId }) };
  const { Shards } = (await run(asked)) as { Shards: readonly StoredShard[] };
  const page = Shards.slice(0, MaxResults);
  const last = page.at(-1);
  if (last === undefined || page.length === Shards.length) return { Shards: page };
  const place: Place = { stream: StreamName ?? '', after: last.ShardId };
  return { Shards: page, NextToken: Buffer.from(JSON.stringify(place)).toString('base64') };
}

function placeOf(token: string): Place {
  try {
    const { stream, after } = JSON.parse(Buffer.from(token, 'base64').toString()) as Place;
    if (typeof stream === 'string' && typeof after === 'string') return { stream, after };
  } catch {
    // It is none, as below.
  }
  throw new AwsError('InvalidArgumentException', 'NextToken is invalid.');
}
