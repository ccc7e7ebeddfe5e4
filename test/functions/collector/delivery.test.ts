import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { HttpHandler } from '../../../functions/middleware/http.ts';
import { openPrivacy } from '../../../schemas/privacy-settings.ts';
import { aTrack } from '../../fixtures/events.ts';
import { aKinesis, type FakeKinesis, KinesisError } from '../a-kinesis.ts';
import { aContext, anHttpEvent, answerOf } from '../http-event.ts';
import { basic, WRITE_KEY } from './a-collector.ts';

let kinesis: FakeKinesis;
let handler: HttpHandler;

beforeAll(async () => {
  kinesis = await aKinesis();
});
afterAll(() => kinesis[Symbol.asyncDispose]());

beforeEach(async () => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.stubEnv('STREAM_NAME', 'events');
  vi.stubEnv('PRIVACY_SETTINGS', JSON.stringify(openPrivacy));
  vi.stubEnv('KEYS_TABLE', 'keys');
  vi.stubEnv('ALLOWANCES_TABLE', 'allowances');
  vi.stubEnv('METRICS_NAMESPACE', 'Headwater-test');
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ENDPOINT_URL_KINESIS', kinesis.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'HWCollector');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'a secret');
  const sha256 = createHash('sha256').update(WRITE_KEY).digest('hex');
  vi.stubEnv('WRITE_KEYS', JSON.stringify([{ id: 'local', sha256 }]));
  ({ handler } = await import('../../../functions/collector/handler.ts'));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** The stream: answers each record of events by `codeOf`, undefined for stored, and tells which events it holds; it stores all entries of the audit log. */
function aStream(codeOf: (partitionKey: string, call: number) => string | undefined) {
  const stored: string[] = [];
  let calls = 0;
  kinesis.answer = ({ Records }) => {
    const records = Records.map(({ PartitionKey, Data }) => ({ key: PartitionKey, ...recordOf(Data) }));
    if (records.some(({ kind }) => kind !== 'audit')) calls += 1;
    const results = records.map(({ key, kind, events }) => {
      const ErrorCode = kind === 'audit' ? undefined : codeOf(key, calls);
      if (ErrorCode === undefined) stored.push(...events.map(({ messageId }) => messageId));
      return ErrorCode === undefined
        ? { SequenceNumber: '1', ShardId: 'shardId-000000000000' }
        : { ErrorCode, ErrorMessage: 'refused' };
    });
    return { Records: results, FailedRecordCount: results.filter(({ ErrorCode }) => ErrorCode).length };
  };
  return stored;
}

function recordOf(data: string): { kind: string; events: readonly { messageId: string }[] } {
  const { kind = 'events', events = [] } = JSON.parse(Buffer.from(data, 'base64').toString('utf8'));
  return { kind, events };
}

const send = async (milliseconds = 10_000) => {
  const batch = ['a', 'b', 'c'].map((userId) => aTrack({ userId, messageId: `of-${userId}` }));
  const event = anHttpEvent('POST /v1/batch', { headers: basic(WRITE_KEY), body: JSON.stringify({ batch }) });
  return answerOf(await handler(event, aContext({ getRemainingTimeInMillis: () => milliseconds })));
};

test('answers 200 when every record is stored', async () => {
  const stored = aStream(() => undefined);
  expect((await send()).status).toBe(200);
  expect(stored).toEqual(['of-a', 'of-b', 'of-c']);
});

test('resends by position what the stream refused, and answers 200 only then', async () => {
  const stored = aStream((key, call) => (key === 'b' && call < 3 ? 'InternalFailure' : undefined));
  expect((await send()).status).toBe(200);
  expect(stored).toEqual(['of-a', 'of-c', 'of-b']);
});

test('resends when a call fails as a whole', async () => {
  const stored: string[] = [];
  let calls = 0;
  kinesis.answer = ({ Records }) => {
    calls += 1;
    if (calls === 1) return undefined;
    stored.push(...Records.map(({ PartitionKey }) => PartitionKey));
    return { Records: Records.map(() => ({ SequenceNumber: '1' })) };
  };
  expect((await send()).status).toBe(200);
  expect(stored).toEqual(['a', 'b', 'c']);
});

test.each<[string, string, number, string]>([
  ['throttles', 'ProvisionedThroughputExceededException', 429, 'too_many_requests'],
  ['fails', 'InternalFailure', 503, 'not_stored'],
])('answers with Retry-After when the stream %s for good', async (_, errorCode, status, code) => {
  aStream((key) => (key === 'b' ? errorCode : undefined));
  const answer = await send(1500);
  expect(answer).toMatchObject({ status, body: { code, status } });
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  expect(answer.headers['access-control-allow-origin']).toBe('*');
});

test.each([
  ['ProvisionedThroughputExceededException', 429],
  ['ResourceNotFoundException', 503],
  ['AccessDeniedException', 503],
])('answers with Retry-After when every call fails with %s', async (name, status) => {
  kinesis.answer = () => new KinesisError(name);
  const answer = await send(1500);
  expect(answer.status).toBe(status);
  expect(answer.headers['retry-after']).toBeDefined();
});

test('counts a record without a result as not stored', async () => {
  kinesis.answer = () => ({ Records: [] });
  expect((await send(700)).status).toBe(503);
});

test('answers before its own time is up, when the stream never answers', async () => {
  kinesis.answer = () => new Promise(() => undefined);
  const started = Date.now();
  expect((await send(1500)).status).toBe(503);
  // With more time it would go on for six seconds.
  expect(Date.now() - started).toBeLessThan(5500);
});
