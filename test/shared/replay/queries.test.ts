import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { cleanRaw } from '../../../shared/clean/clean-raw.ts';
import { failedSql, keysSql, rawSql } from '../../../shared/replay/queries.ts';
import { failedRowOf, rawRowOf } from '../../../shared/replay/result-rows.ts';
import { type ALake, aLake } from '../../fixtures/a-lake.ts';
import { ARRIVAL, anEnvelope, aRecord, aTrack } from '../../fixtures/events.ts';

const DAY = 86_400_000;
const day = { from: '2026-03-02', to: '2026-03-02' };
let lake: ALake;

beforeAll(async () => {
  lake = await aLake();
});
afterAll(() => lake[Symbol.asyncDispose]());
beforeEach(() => lake.clear());

it('asks for the messages of some days that did not fail, each as it was cleaned', async () => {
  const sent = { sentAt: '2026-03-02T09:59:59.500Z', ip: '203.0.113.77', userAgent: 'curl/8.0' };
  const messages = [aTrack({ messageId: 'm-1', properties: { name: 'Say "hi",\nAda' } }), { type: 'nothing' }];
  const record = aRecord(anEnvelope(messages, sent), { arrivedAt: ARRIVAL + 250 });
  await lake.land(record);
  await lake.land(aRecord(anEnvelope([aTrack()]), { arrivedAt: ARRIVAL + DAY }));
  const rows = (await lake.rows(rawSql(day))).map(rawRowOf);
  expect(rows).toMatchObject([
    {
      day: '2026-03-02',
      shardId: record.shardId,
      sequenceNumber: record.sequenceNumber,
      index: 0,
      messageId: 'm-1',
      receivedAt: ARRIVAL,
      arrivedAt: ARRIVAL + 250,
      sentAt: Date.parse(sent.sentAt),
      ip: '203.0.113.0',
      userAgent: 'curl/8.0',
    },
  ]);
  const item = cleanRaw(rows[0] as (typeof rows)[number]);
  expect(item?.outcome.ok && item.outcome.event.properties.name).toBe('Say "hi",\nAda');
});

it('asks for the keys of which something was counted in some days', async () => {
  await lake.land(
    aRecord(anEnvelope([aTrack({ userId: 'ann' }), aTrack({ userId: 'ann' }), aTrack({ userId: 'bob' })])),
  );
  await lake.land(aRecord(anEnvelope([aTrack({ userId: 'eve' })]), { arrivedAt: ARRIVAL + DAY }));
  expect((await lake.rows(keysSql(day))).flat().sort()).toEqual(['user:ann', 'user:bob']);
});

it('asks for failed events with what their records said, and whether they are events by now', async () => {
  const nobody = { type: 'track', event: 'Product Viewed' };
  const failing = aRecord(
    anEnvelope([{ ...nobody, messageId: 'm-1' }, nobody, { ...nobody, messageId: 'm-2' }, { type: 'nothing' }], {
      ip: '203.0.113.77',
      userAgent: 'curl/8.0',
    }),
  );
  await lake.land(failing, aRecord('{broken'));
  await lake.land(aRecord(anEnvelope([aTrack({ messageId: 'm-2' })]), { arrivedAt: ARRIVAL + 3 * DAY }));
  const rows = (await lake.rows(failedSql(day, undefined))).map(failedRowOf);
  expect(rows.map(({ reason, messageId, isKnown }) => [reason, messageId, isKnown])).toEqual([
    ['missing_ids', 'm-1', false],
    ['missing_ids', null, false],
    ['missing_ids', 'm-2', true],
    ['unknown_type', null, false],
    ['record_unreadable', null, false],
  ]);
  expect(rows[0]).toMatchObject({
    ip: '203.0.113.0',
    userAgent: 'curl/8.0',
    payloadEncoding: 'json',
    receivedAt: ARRIVAL,
  });
  expect(rows[4]).toMatchObject({ payload: '{broken', payloadEncoding: 'text', ip: undefined });
  expect(await lake.rows(failedSql(day, 'unknown_type'))).toHaveLength(1);
  expect(await lake.rows(failedSql({ from: '2026-03-03', to: '2026-03-09' }, undefined))).toEqual([]);
});
