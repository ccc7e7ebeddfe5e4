import { KinesisClient, PutRecordCommand } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Headwater, startHeadwater } from './headwater.ts';

let headwater: Headwater;
let kinesis: KinesisClient;

beforeAll(async () => {
  headwater = await startHeadwater();
  kinesis = new KinesisClient({
    endpoint: headwater.runtime.gateway.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'HWTOOL', secretAccessKey: 'local' },
    requestHandler: new NodeHttpHandler(),
  });
});

afterAll(() => headwater?.stop());

const put = (data: unknown) =>
  kinesis.send(
    new PutRecordCommand({
      StreamName: headwater.runtime.outputs.StreamName,
      PartitionKey: 'row-1',
      Data: data instanceof Uint8Array ? data : Buffer.from(JSON.stringify(data)),
    }),
  );

test('what other systems write to the stream gets the same treatment as events from HTTP', async () => {
  const row = (event: string, ip: string) => ({ type: 'track', userId: 'row-1', event, context: { ip } });
  await put(row('Completed Order', '203.0.113.77'));
  await put([row('Ticket Opened', '203.0.113.77'), { type: 'track', userId: 'row-1' }]);
  await put(Uint8Array.of(0xff, 0xfe, 0x00));
  await put({ sensor: 7 });
  await headwater.settled();

  expect(await headwater.query(`SELECT event, source_id, ip FROM events ORDER BY event`)).toEqual([
    { event: 'Order Completed', source_id: 'stream', ip: '203.0.113.0' },
    { event: 'Ticket Opened', source_id: 'stream', ip: '203.0.113.0' },
  ]);
  expect(await headwater.query('SELECT reason, payload_encoding FROM failed_events ORDER BY reason')).toEqual([
    { reason: 'missing_event_name', payload_encoding: 'json' },
    { reason: 'record_invalid', payload_encoding: 'json' },
    { reason: 'record_unreadable', payload_encoding: 'base64' },
  ]);
  expect(await headwater.profile('row-1')).toMatchObject({ computed: { eventCount: 2, orders: { count: 1 } } });
});

test('an event without a messageId counts once however often its record is read', async () => {
  await headwater.runtime.rewind();
  await headwater.settled();
  expect(await headwater.profile('row-1')).toMatchObject({ computed: { eventCount: 2 } });
  expect(await headwater.query('SELECT count(*) AS n FROM events')).toEqual([{ n: '2' }]);
});
