import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Delivery, EventDelivery } from '../../../shared/profile/delivery.ts';
import { fold } from '../../../shared/profile/fold.ts';
import type { FoldedProfile } from '../../../shared/profile/folded-profile.ts';
import { limits } from '../../../shared/profile/limits.ts';
import { ARRIVAL, aCleanEvent } from '../../fixtures/events.ts';
import { aDelivery, aFoldContext } from '../../fixtures/profiles.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const KEY = 'user:user-1';

/** Folds batches one after the other, reading side pages back as the updater does. */
function foldAll(batches: readonly (readonly Delivery[])[]) {
  const pages = new Map<number, Uint8Array>();
  let stored: FoldedProfile | undefined;
  for (const batch of batches) {
    const numbers = stored?.ledger.pages.map(({ number }) => number) ?? [];
    const read = numbers.map((number) => pages.get(number) as Uint8Array);
    const { next, spilled } = fold(KEY, stored, batch, aFoldContext({ pages: read }));
    if (spilled) pages.set(spilled.number, spilled.ids);
    stored = next ?? stored;
  }
  return { count: stored?.profile?.eventCount ?? 0, stored, pages };
}

describe('folding a batch', () => {
  it('applies a record once, though it comes twice in the batch', () => {
    const delivery = aDelivery();
    expect(foldAll([[delivery, delivery]]).count).toBe(1);
  });

  it('counts a resent message once, in the same batch and in a later one', () => {
    const event = aCleanEvent({ messageId: 'm-1' });
    expect(foldAll([[aDelivery({ event }), aDelivery({ event })], [aDelivery({ event })]]).count).toBe(1);
  });

  it('counts a message that comes again after a day or more the same, however batches are cut', () => {
    const resends = fc.array(
      fc.record({ messageId: fc.constantFrom('m-1', 'm-2', 'm-3'), hours: fc.integer({ min: 0, max: 30 }) }),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(resends, fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }), (sends, cuts) => {
        let arrivedAt = ARRIVAL;
        const deliveries = sends.map(({ messageId, hours }) => {
          arrivedAt += hours * HOUR;
          return aDelivery({ arrivedAt, event: aCleanEvent({ messageId }) });
        });
        const batches: EventDelivery[][] = [];
        for (let at = 0, cut = 0; at < deliveries.length; cut += 1) {
          const size = cuts[cut % cuts.length] as number;
          batches.push(deliveries.slice(at, at + size));
          at += size;
        }
        expect(foldAll(batches).count).toBe(foldAll([deliveries]).count);
      }),
    );
  });

  it('tells messages of different sources apart', () => {
    const events = ['web', 'shop'].map((sourceId) => aCleanEvent({ messageId: 'm-1', sourceId }));
    expect(foldAll([events.map((event) => aDelivery({ event }))]).count).toBe(2);
  });

  it('applies the new events of a record that also repeats one', () => {
    const known = aDelivery();
    const record = aDelivery();
    const [repeat, fresh] = [
      { ...record, index: 0, event: known.event },
      { ...record, index: 1, event: aCleanEvent() },
    ];
    expect(foldAll([[known], [repeat, fresh]]).count).toBe(2);
  });

  it('goes on within a record of which the first events were applied', () => {
    const record = aDelivery();
    const part = [0, 1, 2].map((index) => ({ ...record, index, event: aCleanEvent() }));
    expect(foldAll([part.slice(0, 2), part]).count).toBe(3);
  });

  it('remembers a message for 24 hours of arrival, and counts it again after that', () => {
    const event = aCleanEvent({ messageId: 'm-1' });
    const first = aDelivery({ event, arrivedAt: ARRIVAL });
    const other = (arrivedAt: number) => aDelivery({ arrivedAt });
    const again = (arrivedAt: number) => aDelivery({ event, arrivedAt });
    expect(foldAll([[first], [other(ARRIVAL + DAY)], [again(ARRIVAL + DAY)]]).count).toBe(2);
    expect(foldAll([[first], [other(ARRIVAL + DAY + HOUR)], [again(ARRIVAL + DAY + HOUR)]]).count).toBe(3);
  });

  it('is not fooled by a producer that claims a time of receipt in the future', () => {
    const event = aCleanEvent({ messageId: 'm-1' });
    const claiming = aCleanEvent({ receivedAt: ARRIVAL + 900 * DAY });
    const stream = [event, claiming, event].map((next) => [aDelivery({ event: next })]);
    expect(foldAll(stream).count).toBe(2);
  });

  it('changes nothing when the whole stream is replayed, days later and across a reshard', () => {
    const shards = ['shardId-000000000000', 'shardId-000000000001'];
    const stream = Array.from({ length: 40 }, (_, n) =>
      aDelivery({ arrivedAt: ARRIVAL + n * 6 * HOUR, shardId: shards[n < 20 ? 0 : 1] as string }),
    );
    const once = foldAll([stream]).stored;
    const { next } = fold(KEY, structuredClone(once), stream, aFoldContext());
    expect(next).toBeUndefined();
    const again = foldAll([stream, stream.slice(3, 9), stream]).stored;
    expect(again?.profile).toEqual(once?.profile);
  });

  it('compares sequence numbers only within their shard, and as numbers', () => {
    const at = (shardId: string, sequenceNumber: string) => aDelivery({ shardId, sequenceNumber });
    expect(foldAll([[at('a', '9')], [at('a', '10')], [at('b', '1')], [at('a', '9')], [at('b', '1')]]).count).toBe(3);
  });

  it('notes the position of a repeat, so that it stays one when its message is forgotten', () => {
    const event = aCleanEvent({ messageId: 'm-1' });
    const [first, repeat] = [aDelivery({ event }), aDelivery({ event })];
    const { stored } = foldAll([[first], [repeat]]);
    expect(stored?.ledger.positions.at(-1)?.sequenceNumber).toBe(repeat.sequenceNumber);
  });
});

describe('message ids beyond what the item holds', () => {
  const batches = Array.from({ length: 12 }, (_, b) =>
    Array.from({ length: 150 }, (_, n) => aDelivery({ event: aCleanEvent({ messageId: `m-${b}-${n}` }) })),
  );
  const resent = batches.map((batch) => batch.map(({ event }) => aDelivery({ event })));

  it('go to pages, and still count once', () => {
    const { count, stored, pages } = foldAll([...batches, ...resent]);
    expect(pages.size).toBeGreaterThan(1);
    expect(stored?.ledger.ids.length).toBeLessThan(1_000 * 12);
    expect(count).toBe(12 * 150);
  });

  it('are on a page only once they were counted', () => {
    const { stored } = foldAll(batches.slice(0, 4));
    const spill = (batch: readonly Delivery[]) => fold(KEY, structuredClone(stored), batch, aFoldContext()).spilled;
    const [one, other] = [spill(batches[4] as EventDelivery[]), spill(batches[5] as EventDelivery[])];
    expect(one?.ids.length).toBeGreaterThan(limits.inlineMessageIds * 12);
    expect(other).toEqual(one);
  });

  it('are no longer read when the window has passed', () => {
    const later = aDelivery({ arrivedAt: ARRIVAL + 2 * DAY });
    expect(foldAll([...batches, [later]]).stored?.ledger).toMatchObject({ pages: [] });
    expect(foldAll(batches).stored?.ledger.pages.length).toBeGreaterThan(1);
  });
});
