import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { KinesisStreamEvent, KinesisStreamHandler } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { landedTables } from '../../../schemas/lake/tables.ts';
import { openPrivacy } from '../../../schemas/privacy-settings.ts';
import type { AuditEntry } from '../../../schemas/stream/audit.ts';
import { cleanRaw } from '../../../shared/clean/clean-raw.ts';
import type { ReceivedRecord } from '../../../shared/clean/cleaned-record.ts';
import { ARRIVAL, anEnvelope, anIdentify, anOrder, aRecord, aTrack } from '../../fixtures/events.ts';
import { aTransition } from '../../fixtures/transitions.ts';
import { aBucket, anEmptyTable, type Bucket, refused, stored } from '../adapters/a-bucket.ts';
import { aContext } from '../http-event.ts';

/** What was put, by path. */
const objects = new Map<string, Buffer>();
const lines: string[] = [];
let bucket: Bucket;
let handler: KinesisStreamHandler;
let folder: string;
let duckdb: DuckDBConnection;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headwater-lake-'));
  duckdb = await (await DuckDBInstance.create()).connect();
});
afterAll(() => {
  duckdb.closeSync();
  rmSync(folder, { recursive: true });
});

beforeEach(async () => {
  bucket = await aBucket();
  bucket.answerTable(anEmptyTable);
  bucket.answer((response, request) => {
    objects.set(request.path, request.body);
    stored(response, request);
  });
  objects.clear();
  lines.length = 0;
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  vi.stubEnv('LAKE_BUCKET', 'lake');
  vi.stubEnv('PRIVACY_TABLE', 'privacy');
  vi.stubEnv('PRIVACY_SETTINGS', JSON.stringify(openPrivacy));
  vi.stubEnv('IDENTITY_RULES', JSON.stringify({ externalTraits: ['email'], blockedIds: [] }));
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ENDPOINT_URL', bucket.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'HWLakeWriter');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  vi.resetModules();
  ({ handler } = await import('../../../functions/lake-writer/handler.ts'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await bucket[Symbol.asyncDispose]();
});

const anInvocation = (records: readonly ReceivedRecord[]): KinesisStreamEvent => ({
  Records: records.map(({ data, shardId, sequenceNumber, arrivedAt }) => ({
    awsRegion: 'us-east-1',
    eventID: `${shardId}:${sequenceNumber}`,
    eventName: 'aws:kinesis:record',
    eventSource: 'aws:kinesis',
    eventSourceARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/events',
    eventVersion: '1.0',
    invokeIdentityArn: 'arn:aws:iam::000000000000:role/lake-writer',
    kinesis: {
      approximateArrivalTimestamp: arrivedAt / 1000,
      data: Buffer.from(data).toString('base64'),
      kinesisSchemaVersion: '1.0',
      partitionKey: 'key',
      sequenceNumber,
    },
  })),
});

const joined = { profileKey: 'anonymous:a', parentKey: 'user:ada', moves: 1, time: ARRIVAL, why: 'identify' };
const anotherTry = {
  id: 'replay-1',
  reason: 'missing_ids',
  sourceId: 'local',
  messageId: 'bad',
  shardId: 'shardId-000000000000',
  sequenceNumber: '49590338271490256608559692538361571095921575989136588800',
  index: 2,
  isRecord: false,
};
const spent = {
  date: '2026-03-01',
  channel: 'paid',
  currency: 'EUR',
  cost: 1,
  importId: 'i',
  row: 1,
  importedAt: ARRIVAL,
};
const alert = {
  id: 'conversion-falls:2026-03-02',
  rule: 'conversion-falls',
  raisedAt: ARRIVAL,
  date: '2026-03-02',
  metric: 'conversion',
  value: 0.01,
  detail: 'It fell.',
};
const answered = {
  id: 'rec-1',
  key: 'user:ada',
  placement: 'home',
  variant: 'model',
  model: '20260301T000000Z-abcd',
  items: [
    { itemId: 'tent', score: 0.5, reason: 'popular' },
    { itemId: 'stove', score: 0.25, reason: 'viewed with Tent' },
  ],
  requestedAt: ARRIVAL,
};
const entry: AuditEntry = {
  id: 'entry-1',
  at: Date.parse('2026-03-02T10:00:00Z'),
  actor: 'local',
  actorType: 'key',
  action: 'segment.create',
  targetType: 'segment',
  target: 'tent-lovers',
  outcome: 'done',
};
/** Records that leave a row in every table. */
const everyTable = () => [
  aRecord(anEnvelope([aTrack(), {}])),
  aRecord(anEnvelope([aTrack()], { replay: anotherTry })),
  aRecord({ v: 1, kind: 'transitions', items: [aTransition()] }),
  aRecord({ v: 1, kind: 'identities', items: [joined] }),
  aRecord({ v: 1, kind: 'spend', items: [spent] }),
  aRecord({ v: 1, kind: 'alerts', items: [alert] }),
  aRecord({ v: 1, kind: 'recommendations', items: [answered] }),
  aRecord({ v: 1, kind: 'audit', items: [entry] }),
];
const aBarrier = (id: string) => aRecord({ v: 1, kind: 'barrier', id });
const keysOf = (prefix: string) => [...objects.keys()].filter((key) => key.startsWith(`/lake/${prefix}`)).sort();

const invoke = async (...records: ReceivedRecord[]) => handler(anInvocation(records), aContext(), () => {});

const sql = async (query: string) => (await duckdb.runAndReadAll(query)).getRowObjectsJson();

/** Name of a file with the one object of a table. */
function fileOf(table: string): string {
  const [key, body] = [...objects].find(([name]) => name.startsWith(`/lake/${table}/`)) ?? [];
  if (!key || !body) throw new Error(`There is no object of ${table} among ${[...objects.keys()].join(', ')}.`);
  const file = join(folder, `${table}.parquet`);
  writeFileSync(file, body);
  return `'${file}'`;
}

const duckdbType = {
  string: 'VARCHAR',
  int: 'INTEGER',
  bigint: 'BIGINT',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
  timestamp: 'TIMESTAMP',
};

test.each(landedTables.map((table) => [table.name, table] as const))(
  '%s has exactly its columns, each of its type',
  async (name, table) => {
    await invoke(...everyTable());
    const described = await sql(`DESCRIBE SELECT * FROM ${fileOf(name)}`);
    expect(described.map((row) => [row.column_name, row.column_type])).toEqual(
      table.columns.map((column) => [column.name, { ...duckdbType, 'decimal(18,4)': 'DECIMAL(18,4)' }[column.type]]),
    );
  },
);

test('DuckDB reads money, times, numbers, truth and text as they were', async () => {
  const text = 'Zelt „Größe L“ 🏕 \\ "x"';
  await invoke(
    aRecord(
      anEnvelope([
        anOrder({
          messageId: 'm-1',
          properties: { order_id: 'o', total: 1234567.8901, tax: 0.0001, currency: 'EUR', coupon: text, step: 3 },
        }),
        aTrack({ messageId: 'm-2', properties: { product_id: 'p', price: -5, quantity: 1.5, currency: 'EUR' } }),
      ]),
    ),
  );
  const rows = await sql(`SELECT * FROM ${fileOf('events_landed')} ORDER BY message_id`);
  expect(rows).toMatchObject([
    { message_id: 'm-1', total: '1234567.8901', tax: '0.0001', coupon: text, is_bot: false, price: null },
    { message_id: 'm-2', price: '-5.0000', quantity: 1.5, total: null, event_time: '2026-03-02 09:59:58' },
  ]);
  expect(await sql(`SELECT sum(total) AS total FROM ${fileOf('events_landed')}`)).toEqual([{ total: '1234567.8901' }]);
});

test('an answer of recommendations is a row, its items with their ranks; somebody unnamed has no key', async () => {
  await invoke(
    aRecord({ v: 1, kind: 'recommendations', items: [answered, { ...answered, id: 'rec-2', key: null, model: null }] }),
  );
  const rows = await sql(`SELECT * FROM ${fileOf('recommendations_landed')} ORDER BY recommendation_id`);
  expect(rows).toMatchObject([
    { recommendation_id: 'rec-1', profile_key: 'user:ada', placement: 'home', model_version: answered.model },
    { recommendation_id: 'rec-2', profile_key: null, variant: 'model', model_version: null, category: null },
  ]);
  expect(JSON.parse(String(rows[0]?.items))).toEqual([
    { item_id: 'tent', rank: 1, score: 0.5, reason: 'popular' },
    { item_id: 'stove', rank: 2, score: 0.25, reason: 'viewed with Tent' },
  ]);
});

test('writes one object for each table, named after the first record of the batch', async () => {
  const records = [
    aRecord(anEnvelope([aTrack(), {}])),
    aRecord(anEnvelope([anIdentify()]), { arrivedAt: ARRIVAL + 86_400_000 }),
  ];
  expect(await invoke(...records)).toEqual({ batchItemFailures: [] });
  const name = `day%3D2026-03-02/shardId-000000000000-${records[0]?.sequenceNumber}.parquet`;
  expect([...objects.keys()].sort()).toEqual([
    `/lake/events_landed/${name}`,
    `/lake/failed_events_landed/${name}`,
    `/lake/raw_landed/${name}`,
  ]);
  expect(await sql(`SELECT count(*)::int AS n FROM ${fileOf('events_landed')}`)).toEqual([{ n: 2 }]);
});

test('writes no object for a table without rows', async () => {
  await invoke(aRecord(anEnvelope([aTrack()])));
  expect([...objects.keys()].filter((key) => key.includes('failed_events'))).toEqual([]);
});

test('a repeated batch overwrites itself, byte for byte', async () => {
  const records = [aRecord(anEnvelope([aTrack(), anOrder()])), aRecord(anEnvelope([{ type: 'nope' }]))];
  await invoke(...records);
  const before = new Map(objects);
  await invoke(...records);
  expect(objects).toEqual(before);
});

test('lands records that nobody can read as failed events, beside their good neighbours', async () => {
  const deep = '['.repeat(50_000) + ']'.repeat(50_000);
  const records = [
    aRecord('{"broken'),
    aRecord(Uint8Array.of(0xff, 0xfe)),
    aRecord(anEnvelope([aTrack({ messageId: 'good' })])),
    aRecord(
      `{"v":1,"kind":"events","events":[${deep},{"type":"track","userId":"u","event":"E","properties":{"a":${deep}}}]}`,
    ),
  ];
  expect(await invoke(...records)).toEqual({ batchItemFailures: [] });
  expect(await sql(`SELECT message_id FROM ${fileOf('events_landed')}`)).toEqual([{ message_id: 'good' }]);
  const reasons = await sql(`SELECT reason FROM ${fileOf('failed_events_landed')} ORDER BY reason`);
  expect(reasons.map(({ reason }) => reason)).toEqual([
    'not_an_object',
    'record_unreadable',
    'record_unreadable',
    'too_deep',
  ]);
  expect(await sql(`SELECT count(*)::int AS n FROM ${fileOf('raw_landed')}`)).toEqual([{ n: 5 }]);
});

test.each(landedTables.map(({ name }) => name))(
  'reports the batch from its first record when %s cannot be stored, so that all of it comes again',
  async (table) => {
    const records = [...everyTable(), aBarrier('b-1')];
    bucket.answer((response, request) => {
      objects.set(request.path, request.body);
      (request.path.startsWith(`/lake/${table}/`) ? refused(403, 'AccessDenied') : stored)(response, request);
    });
    expect(await invoke(...records)).toEqual({ batchItemFailures: [{ itemIdentifier: records[0]?.sequenceNumber }] });
    expect(JSON.parse(lines.join())).toMatchObject({
      level: 'ERROR',
      code: 'lake_not_stored',
      records: records.length,
      error: 'AccessDenied',
    });
    expect(keysOf('barriers/')).toEqual([]);
  },
);

test('waits for every write before it answers', async () => {
  let pending = 0;
  bucket.answer(async (response, request) => {
    pending += 1;
    const isRaw = request.path.startsWith('/lake/raw');
    await new Promise((resolve) => setTimeout(resolve, isRaw ? 0 : 50));
    pending -= 1;
    (isRaw ? refused(403, 'AccessDenied') : stored)(response, request);
  });
  await invoke(aRecord(anEnvelope([aTrack(), {}])));
  expect(pending).toBe(0);
});

test('holds a batch of 6 MB in bounded memory', async () => {
  const payload = JSON.stringify(
    anEnvelope(Array.from({ length: 25 }, () => anOrder({ context: { page: { title: 'x'.repeat(500) } } }))),
  );
  const records = Array.from({ length: Math.floor(4_500_000 / payload.length) }, () => aRecord(payload));
  const before = process.memoryUsage().rss;
  expect(await invoke(...records)).toEqual({ batchItemFailures: [] });
  expect(process.memoryUsage().rss - before).toBeLessThan(300_000_000);
});

test('marks a barrier once all before it has landed', async () => {
  const order: string[] = [];
  bucket.answer(async (response, request) => {
    await new Promise((resolve) => setTimeout(resolve, request.path.includes('raw_landed') ? 40 : 0));
    order.push(request.path);
    stored(response, request);
  });
  await invoke(aRecord(anEnvelope([aTrack()])), aBarrier('b-1'), aBarrier('b-2'));
  expect(order.slice(-2).sort()).toEqual([
    '/lake/barriers/b-1/shardId-000000000000',
    '/lake/barriers/b-2/shardId-000000000000',
  ]);
  expect(order).toHaveLength(4);
});

test('marks a barrier of a batch that brings nothing else', async () => {
  expect(await invoke(aBarrier('b-1'))).toEqual({ batchItemFailures: [] });
  expect([...objects.keys()]).toEqual(['/lake/barriers/b-1/shardId-000000000000']);
});

test('reports the batch when a barrier cannot be marked', async () => {
  const records = [aRecord(anEnvelope([aTrack()])), aBarrier('b-1')];
  bucket.answer((response, request) =>
    (request.path.startsWith('/lake/barriers/') ? refused(403, 'AccessDenied') : stored)(response, request),
  );
  expect(await invoke(...records)).toEqual({ batchItemFailures: [{ itemIdentifier: records[0]?.sequenceNumber }] });
});

test('lands nothing of ticks and backfills', async () => {
  await invoke(
    aRecord({ v: 1, kind: 'tick', at: 1, keys: ['user:ada'] }),
    aRecord({ v: 1, kind: 'backfill', job: 'j', segments: [], items: [] }),
  );
  expect([...objects.keys()]).toEqual([]);
});

const CANARY = 'canary-7f3a';
const saying = (analytics: boolean) => ({ consent: { categoryPreferences: { analytics } } });
/** Every value of every file that was put, as text. */
async function everythingStored(): Promise<string> {
  let at = 0;
  const tables = [...objects].filter(([key]) => key.endsWith('.parquet'));
  const texts = tables.map(async ([, body]) => {
    at += 1;
    const file = join(folder, `all-${at}.parquet`);
    writeFileSync(file, body);
    return JSON.stringify(await sql(`SELECT * FROM '${file}'`));
  });
  return (await Promise.all(texts)).join('\n');
}

test('of an event without consent only source, time and place are stored', async () => {
  const envelope = { ip: '203.0.113.0', userAgent: CANARY, requestId: CANARY, sentAt: '2026-03-02T09:59:59.000Z' };
  const message = {
    messageId: CANARY,
    userId: CANARY,
    anonymousId: CANARY,
    properties: { [CANARY]: CANARY },
    context: { ...saying(false), page: { url: `https://x.org/${CANARY}` } },
  };
  await invoke(
    aRecord(anEnvelope([{ ...aTrack(message), event: undefined }], envelope)),
    aRecord(anEnvelope([aTrack({ ...message, messageId: 'm-1', userId: 'ada', anonymousId: undefined })], envelope)),
    aRecord(anEnvelope([aTrack({ ...message, userId: 'ada', anonymousId: undefined })], envelope)),
  );
  expect(await everythingStored()).not.toContain(CANARY);
  const raw = await sql(`SELECT * FROM ${fileOf('raw_landed')} ORDER BY message_id NULLS FIRST`);
  const refused = {
    message_id: null,
    payload: null,
    ip: null,
    user_agent: null,
    sent_at: null,
    request_id: null,
    source_id: 'local',
  };
  expect(raw).toMatchObject([
    { ...refused, failed_reason: 'no_consent' },
    { ...refused, failed_reason: 'no_consent' },
    { message_id: 'm-1', ip: null, user_agent: null, sent_at: null, failed_reason: null },
  ]);
  expect(await sql(`SELECT * FROM ${fileOf('failed_events_landed')}`)).toMatchObject(
    Array(2).fill({
      reason: 'no_consent',
      path: '',
      detail: '',
      message_id: null,
      payload: null,
      payload_encoding: null,
    }),
  );
  expect(await sql(`SELECT event, user_id, message_id, ip FROM ${fileOf('events_landed')}`)).toEqual([
    { event: 'Segment Consent Preference Updated', user_id: 'ada', message_id: 'm-1', ip: null },
  ]);
});

test('a choice that was kept is read from the lake as the event that it became', async () => {
  await invoke(
    aRecord(anEnvelope([aTrack({ messageId: 'm-1', context: saying(false) })], { sentAt: '2026-03-02T09:00:00.000Z' })),
  );
  const [raw] = await sql(`SELECT * FROM ${fileOf('raw_landed')}`);
  const [event] = await sql(`SELECT * FROM ${fileOf('events_landed')}`);
  const again = cleanRaw({
    sourceId: 'local',
    receivedAt: ARRIVAL,
    sentAt: undefined,
    ip: undefined,
    userAgent: undefined,
    shardId: 's',
    sequenceNumber: '1',
    index: 0,
    payload: String(raw?.payload),
  });
  expect(again?.outcome).toMatchObject({ ok: true, event: { messageId: 'm-1', context: saying(false) } });
  const eventTime = again?.outcome.ok === true ? again.outcome.event.eventTime : 0;
  expect(event?.event_time).toBe(new Date(eventTime).toISOString().slice(0, 19).replace('T', ' '));
});

test('lands nothing while the register does not answer; the batch comes again', async () => {
  bucket.answerTable(refused(400, 'ValidationException'));
  const record = aRecord(anEnvelope([aTrack()]));
  expect(await invoke(record, aBarrier('b-1'))).toEqual({
    batchItemFailures: [{ itemIdentifier: record.sequenceNumber }],
  });
  expect(objects.size).toBe(0);
});

test('answers an empty invocation', async () => {
  expect(await invoke()).toEqual({ batchItemFailures: [] });
});
