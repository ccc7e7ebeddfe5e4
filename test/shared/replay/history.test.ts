import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventDelivery } from '../../../shared/profile/delivery.ts';
import { inStreamOrder, withoutTail } from '../../../shared/replay/history.ts';
import { Histories, readLine, writeLine } from '../../../shared/replay/history-lines.ts';
import { blockOf, headBytes, readBlock, writeRun } from '../../../shared/replay/run-file.ts';
import { ARRIVAL, aCleanEvent } from '../../fixtures/events.ts';
import { aDelivery } from '../../fixtures/profiles.ts';

const places = fc.array(
  fc.record({ shard: fc.nat(2), at: fc.nat(30), index: fc.nat(1), arrivedAt: fc.nat(50).map((ms) => ARRIVAL + ms) }),
  { maxLength: 25 },
);
const event = aCleanEvent();
const deliveriesOf = (list: readonly { shard: number; at: number; index: number; arrivedAt: number }[]) =>
  list.map(({ shard, at, index, arrivedAt }) =>
    aDelivery({ shardId: `shard-${shard}`, sequenceNumber: String(1_000 + at), index, arrivedAt, event }),
  );
const placeOf = ({ shardId, sequenceNumber, index }: EventDelivery) => `${shardId} ${sequenceNumber} ${index}`;

describe('the history of a key', () => {
  it('has each place once, in the order of each shard', () => {
    fc.assert(
      fc.property(places, (list) => {
        const deliveries = deliveriesOf(list);
        const history = inStreamOrder(deliveries).map(placeOf);
        expect([...history].sort()).toEqual([...new Set(deliveries.map(placeOf))].sort());
        for (const shard of ['shard-0', 'shard-1', 'shard-2']) {
          const ofShard = history.filter((place) => place.startsWith(shard));
          expect(ofShard).toEqual([...ofShard].sort());
        }
      }),
    );
  });

  it('reads a shard to its end before the one that followed it', () => {
    const [one, two, three] = deliveriesOf([
      { shard: 1, at: 1, index: 0, arrivedAt: ARRIVAL + 5 },
      { shard: 0, at: 9, index: 0, arrivedAt: ARRIVAL },
      { shard: 1, at: 2, index: 0, arrivedAt: ARRIVAL + 6 },
    ]) as [EventDelivery, EventDelivery, EventDelivery];
    expect(inStreamOrder([three, one, two])).toEqual([two, one, three]);
  });

  it('leaves to live updates what came since and is not applied, and nothing else', () => {
    const history = deliveriesOf([
      { shard: 0, at: 1, index: 0, arrivedAt: ARRIVAL },
      { shard: 0, at: 2, index: 0, arrivedAt: ARRIVAL + 10 },
      { shard: 0, at: 3, index: 0, arrivedAt: ARRIVAL + 11 },
    ]);
    const applied = [{ shardId: 'shard-0', sequenceNumber: '1002', index: 0 }];
    expect(withoutTail(history, applied, ARRIVAL + 5)).toEqual(history.slice(0, 2));
    expect(withoutTail(history, [], ARRIVAL + 5)).toEqual(history.slice(0, 1));
    expect(withoutTail(history, [], ARRIVAL + 50)).toEqual(history);
  });
});

describe('lines of history', () => {
  it('are read back as they were written, whatever the key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), fc.boolean(), (key, isAsked) => {
        const delivery = aDelivery({ event: aCleanEvent({ messageId: key }) });
        expect(readLine(writeLine({ key, isAsked }))).toEqual({ key, isAsked });
        const { delivery: read } = readLine(writeLine({ key, isAsked, delivery }));
        expect(read).toEqual(JSON.parse(JSON.stringify(delivery)));
        const histories = new Histories();
        histories.add(writeLine({ key, isAsked: true }) + writeLine({ key, isAsked: false, delivery }));
        expect([...histories.asked]).toEqual([key]);
        expect(histories.of(key)).toEqual([read]);
      }),
    );
  });

  it('are found in their bucket', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.array(
            fc.string().map((text) => `${text}\n`),
            { maxLength: 3 },
          ),
          { minLength: 1 },
        ),
        (buckets) => {
          const run = writeRun(buckets);
          const head = run.subarray(0, headBytes(buckets.length));
          for (const [bucket, lines] of buckets.entries()) {
            const { start, length } = blockOf(head, bucket);
            expect(length === 0 ? '' : readBlock(run.subarray(start, start + length))).toBe(lines.join(''));
          }
        },
      ),
    );
  });
});
