import { chunksOf, KB } from '../gateway/billing-units.ts';
import type { BillLine } from './bill.ts';
import type { Sample } from './sample.ts';
import { EVENT_BYTES } from './sample-events.ts';

/**
 * The design that stands beside ours: each event is a request, a write of 1 KB to a table, and a record of Firehose, which
 * writes Parquet. Its function takes as long for an event as our collector for a request.
 */
export function naiveMonth(sample: Sample, events: number): BillLine[] {
  const collector = sample.usage.find(({ operation, unit }) => operation === 'PutRecords' && unit === 'kinesisBytesIn');
  const seconds = sample.usage.find(({ caller, unit }) => caller === collector?.caller && unit === 'lambdaGbSeconds');
  const logs = sample.usage.filter(
    ({ caller, unit }) => unit === 'logBytes' && (caller === collector?.caller || caller === 'HttpApi'),
  );
  const perRequest = (quantity: number) => quantity / sample.requests;
  const growth = 'event';
  return [
    { driver: 'API', unit: 'httpApiRequests', growth, quantity: events },
    { driver: 'Function', unit: 'lambdaRequests', growth, quantity: events },
    { driver: 'Function', unit: 'lambdaGbSeconds', growth, quantity: events * perRequest(seconds?.quantity ?? 0) },
    {
      driver: 'Function',
      unit: 'logBytes',
      growth,
      quantity: events * perRequest(logs.reduce((sum, { quantity }) => sum + quantity, 0)),
    },
    { driver: 'Table', unit: 'dynamodbWriteUnits', growth, quantity: events * chunksOf(EVENT_BYTES, KB) },
    { driver: 'Firehose', unit: 'firehoseBytes', growth, quantity: events * chunksOf(EVENT_BYTES, 5 * KB) * 5 * KB },
    { driver: 'Firehose', unit: 'firehoseConversionBytes', growth, quantity: events * EVENT_BYTES },
  ];
}
