import { expect, test } from 'vitest';
import { putRecordsTo } from '../../../functions/adapters/kinesis.ts';
import { receivedRecords } from '../../../functions/adapters/kinesis-batch.ts';
import { givenUpRecords } from '../../../shared/replay/set-aside.ts';

/** Puts a record, and tells how it would come to a consumer. */
async function throughTheStream(data: string) {
  const stored: string[] = [];
  const kinesis = async (_: string, { Records }: { Records: { Data: string }[] }) => {
    stored.push(...Records.map(({ Data }) => Data));
    return { Records: Records.map(() => ({ SequenceNumber: '1' })) };
  };
  const put = putRecordsTo('events', kinesis as never);
  await put([{ partitionKey: 'ada', data: Buffer.from(data) }], AbortSignal.timeout(1_000));
  const [record = ''] = stored;
  const Records = [
    {
      eventID: 'shardId-000000000000:1',
      kinesis: { data: record, sequenceNumber: '1', partitionKey: 'ada', approximateArrivalTimestamp: 1 },
    },
  ];
  return { stored: Buffer.from(record, 'base64'), event: { Records } };
}

const events = JSON.stringify({
  v: 1,
  kind: 'events',
  events: [{ type: 'track', properties: { text: 'a'.repeat(5_000) } }],
});
const transitions = JSON.stringify({ v: 1, kind: 'transitions', items: ['a'.repeat(5_000)] });

test('events lie compressed on the stream, and consumers have them as they were', async () => {
  const { stored, event } = await throughTheStream(events);
  expect(stored.length).toBeLessThan(500);
  expect(receivedRecords(event as never).map(({ data }) => String(data))).toEqual([events]);
});

test('so have those who bring back a batch that was set aside', async () => {
  const { event } = await throughTheStream(events);
  const batch = JSON.stringify({ payload: JSON.stringify(event) });
  expect(givenUpRecords(batch).map(({ data }) => String(data))).toEqual([events]);
});

test('what a mapping filters by what it says lies as text', async () => {
  const { stored, event } = await throughTheStream(transitions);
  expect(String(stored)).toBe(transitions);
  expect(receivedRecords(event as never).map(({ data }) => String(data))).toEqual([transitions]);
});
