import { expect, test } from 'vitest';
import { callLog } from '../../../../infra/local/gateway/call-log.ts';
import type { AwsCall } from '../../../../infra/local/gateway/types.ts';

const aCall = (operation: string): AwsCall => ({
  service: 'dynamodb',
  operation,
  caller: 'Updater',
  method: 'POST',
  url: '/',
  headers: {},
  body: Buffer.from('{"Key":{"id":{"S":"user:ada@example.com"}}}'),
});
const answer = { status: 200, headers: {}, body: Buffer.from('{}') };

function logOf(...operations: string[]): string[] {
  const lines: string[] = [];
  const file = { file: 'calls', write: (chunk: Buffer | string) => void lines.push(String(chunk)), close: () => {} };
  const log = callLog(file, () => new Date('2026-01-02T03:04:05.678Z'));
  for (const operation of operations) log(aCall(operation), answer);
  return lines;
}

test('writes who called what and how it ended, and nothing of what was said', () => {
  expect(logOf('GetItem')).toEqual([
    '{"time":"2026-01-02T03:04:05.678Z","caller":"Updater","service":"dynamodb","operation":"GetItem","status":200,"bytesIn":43,"bytesOut":2}\n',
  ]);
});

test('leaves out the polls of a stream', () => {
  expect(logOf('GetRecords', 'PutItem', 'GetRecords')).toHaveLength(1);
});
