import { createDecipheriv } from 'node:crypto';
import { createRequire } from 'node:module';
import type { Need } from '../need.ts';
import { namedOrArn } from './arn.ts';
import { textField } from './body.ts';
import type { NeedsOf, ServiceNeeds } from './needs-of.ts';

const streamArn = (name: string) => namedOrArn(name, 'kinesis', 'stream/');
const need = (action: string, resource: string): Need => ({ action: `kinesis:${action}`, resource });

const onStream =
  (action: string): NeedsOf =>
  ({ body }) => {
    const stream = textField(body, 'StreamARN') ?? textField(body, 'StreamName');
    return stream === undefined ? [] : [need(action, streamArn(stream))];
  };

/** A read names its stream in the iterator. */
const onIterator =
  (action: string): NeedsOf =>
  ({ body }) => {
    const stream = textField(body, 'StreamARN') ?? streamOf(textField(body, 'ShardIterator') ?? '');
    return stream === undefined ? [] : [need(action, streamArn(stream))];
  };

interface IteratorKey {
  readonly ITERATOR_PWD_KEY: Buffer;
  readonly ITERATOR_PWD_IV: Buffer;
}

let key: IteratorKey | undefined;

/** An iterator of the local Kinesis: eight bytes, then encrypted `<time>/<stream>/<shard>/<number>/...`. */
function streamOf(iterator: string): string | undefined {
  key ??= createRequire(import.meta.url)('kinesalite/db') as IteratorKey;
  try {
    const decipher = createDecipheriv('aes-256-cbc', key.ITERATOR_PWD_KEY, key.ITERATOR_PWD_IV);
    const encrypted = Buffer.from(iterator, 'base64').subarray(8);
    return Buffer.concat([decipher.update(encrypted), decipher.final()])
      .toString()
      .split('/')[1];
  } catch {
    return undefined;
  }
}

const streamOperations = [
  'AddTagsToStream',
  'CreateStream',
  'DecreaseStreamRetentionPeriod',
  'DeleteStream',
  'DescribeStream',
  'DescribeStreamSummary',
  'GetShardIterator',
  'IncreaseStreamRetentionPeriod',
  'ListShards',
  'ListTagsForStream',
  'MergeShards',
  'PutRecord',
  'PutRecords',
  'RemoveTagsFromStream',
  'SplitShard',
];

export const kinesisNeeds: ServiceNeeds = {
  operations: {
    ...Object.fromEntries(streamOperations.map((name) => [name, onStream(name)])),
    GetRecords: onIterator('GetRecords'),
    ListStreams: () => [need('ListStreams', '*')],
  },
};
