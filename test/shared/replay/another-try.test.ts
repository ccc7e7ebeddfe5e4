import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cleanRecord } from '../../../shared/clean/clean-record.ts';
import { type ALake, aLake } from '../../fixtures/a-lake.ts';
import { anEnvelope, aRecord, aTrack, type Message } from '../../fixtures/events.ts';

let lake: ALake;

beforeAll(async () => {
  lake = await aLake();
});
afterAll(() => lake[Symbol.asyncDispose]());
beforeEach(() => lake.clear());

const mark = {
  id: 'replay-1',
  reason: 'missing_ids',
  sourceId: 'local',
  messageId: null,
  index: 0,
  isRecord: false,
} as const;
const idsOf = async (view: string) => (await lake.rows(`SELECT message_id FROM ${view} ORDER BY 1`)).flat();

/** Another try of the first message of a record, with these messages in its place. */
function again(failed: ReturnType<typeof aRecord>, messages: readonly Message[], over: object = {}) {
  const { shardId, sequenceNumber } = failed;
  return aRecord(anEnvelope(messages, { replay: { ...mark, shardId, sequenceNumber, ...over } }));
}

describe('another try of a failed event', () => {
  it('moves it from the failed events to the events when it passes', async () => {
    const nobody = { type: 'track', messageId: 'm-1', event: 'Product Viewed' };
    const failed = aRecord(anEnvelope([nobody, { ...nobody, messageId: 'm-2' }]));
    await lake.land(failed);
    expect(await idsOf('failed_events')).toEqual(['m-1', 'm-2']);
    await lake.land(again(failed, [{ ...nobody, userId: 'ann' }], { messageId: 'm-1' }));
    expect(await idsOf('failed_events')).toEqual(['m-2']);
    expect(await idsOf('events')).toEqual(['m-1']);
    expect(await lake.objects('SELECT message_id, reason, replay_id FROM mended_events')).toEqual([
      { message_id: 'm-1', reason: 'missing_ids', replay_id: 'replay-1' },
    ]);
    expect(await lake.rows('SELECT failed_reason FROM raw ORDER BY sequence_number, record_index')).toEqual([
      ['missing_ids'],
      ['missing_ids'],
      [null],
    ]);
  });

  it('leaves it as it is when it fails once more, for whatever reason', async () => {
    const failed = aRecord(anEnvelope([{ type: 'track', event: 'Product Viewed' }]));
    await lake.land(failed);
    const before = await lake.rows('SELECT * FROM failed_events');
    await lake.land(again(failed, [{ type: 'track', event: 'Product Viewed' }]), again(failed, [{ type: 'nothing' }]));
    expect(await lake.rows('SELECT * FROM failed_events')).toEqual(before);
    expect(await lake.rows('SELECT 1 FROM raw')).toHaveLength(1);
    expect(await lake.rows('SELECT 1 FROM mended_events')).toEqual([]);
  });

  it('tells events without a messageId apart by their places, and names them after these', async () => {
    const nobody = { type: 'track', event: 'Product Viewed' };
    const failed = aRecord(anEnvelope([nobody, nobody]));
    await lake.land(failed);
    const mended = again(failed, [{ ...nobody, userId: 'ann' }], { index: 1 });
    await lake.land(mended, mended);
    expect(await lake.rows('SELECT record_index FROM failed_events')).toEqual([['0']]);
    expect(await idsOf('events')).toEqual([`${failed.shardId}-${failed.sequenceNumber}-1`]);
  });

  it('takes the messages of a record that can be read now for new ones, good and bad', async () => {
    const failed = aRecord('{not json');
    await lake.land(failed);
    const messages = [aTrack({ messageId: 'm-1' }), { type: 'nothing', messageId: 'm-2' }];
    await lake.land(again(failed, messages, { isRecord: true, reason: 'record_unreadable', sourceId: 'stream' }));
    expect(await idsOf('events')).toEqual(['m-1']);
    expect(await lake.rows('SELECT reason, message_id FROM failed_events')).toEqual([['unknown_type', 'm-2']]);
  });
});

it('takes nothing for the mark of a replay but what a replay writes', () => {
  for (const wrong of ['x', 1, null, {}, { ...mark, shardId: 's' }, { ...mark, shardId: 's', sequenceNumber: 5 }]) {
    const record = aRecord({ ...anEnvelope([aTrack()]), replay: wrong });
    expect(cleanRecord(record).replay).toBeUndefined();
  }
});
