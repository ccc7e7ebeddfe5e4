import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReceivedRecord } from '../../../shared/clean/cleaned-record.ts';
import { anEnvelope, anIdentify, anOrder, aRecord, aTrack, type Message } from '../../fixtures/events.ts';
import { aKinesisEvent, anUpdater, type Fault, MemoryProfileStore } from '../../fixtures/profiles.ts';

const person = fc.constantFrom('ann', 'bob', 'eve');
const message: fc.Arbitrary<Message> = fc
  .record({
    make: fc.constantFrom(aTrack, anOrder, anIdentify),
    userId: person,
    // Few ids, so that messages are resent.
    messageId: fc.integer({ min: 0, max: 25 }).map((n) => `m-${n}`),
  })
  .map(({ make, userId, messageId }) => make({ userId, messageId: `${userId}-${messageId}` }));

/** A stream of one shard: envelopes of several events, also of several people, and poison between them. */
const stream = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.array(message, { minLength: 1, maxLength: 4 }) },
      { weight: 1, arbitrary: fc.constant('{not json') },
    ),
    {
      minLength: 1,
      maxLength: 14,
    },
  )
  .map((payloads) => payloads.map((payload) => aRecord(typeof payload === 'string' ? payload : anEnvelope(payload))));

const faults = fc.array(fc.constantFrom<Fault>('none', 'none', 'none', 'refused', 'answer_lost'), { maxLength: 30 });

/** Delivers the stream as a poller does: from the lowest failure again, in batches cut anew each time. */
async function deliver(records: readonly ReceivedRecord[], cuts: readonly number[], store: MemoryProfileStore) {
  const update = anUpdater(store);
  let from = 0;
  for (let invocation = 0; from < records.length; invocation += 1) {
    if (invocation > 500) throw new Error('The stream makes no progress.');
    const batch = records.slice(from, from + (cuts[invocation % cuts.length] ?? 1));
    const { batchItemFailures } = await update(aKinesisEvent(batch));
    const failed = batchItemFailures[0]?.itemIdentifier;
    from = failed === undefined ? from + batch.length : records.findIndex((r) => r.sequenceNumber === failed);
  }
}

const profilesOf = (store: MemoryProfileStore) =>
  new Map([...store.items.keys()].sort().map((key) => [key, store.profile(key)]));

describe('the profile updater', () => {
  it('ends where it would without faults, however batches are cut, writes fail and answers get lost', async () => {
    const run = fc.record({
      records: stream,
      cuts: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 5 }),
      faults,
      replayFrom: fc.nat({ max: 13 }),
    });
    await fc.assert(
      fc.asyncProperty(run, async ({ records, cuts, faults, replayFrom }) => {
        const expected = new MemoryProfileStore();
        await deliver(records, [records.length], expected);

        const store = new MemoryProfileStore();
        const left = [...faults];
        store.onWrite = () => left.shift() ?? 'none';
        await deliver(records, cuts, store);
        // A consumer that starts over, from some record and from the horizon.
        await deliver(records.slice(Math.min(replayFrom, records.length - 1)), cuts.toReversed(), store);
        await deliver(records, cuts, store);
        expect(profilesOf(store)).toEqual(profilesOf(expected));
      }),
      { numRuns: 300 },
    );
  });

  it('ends there, too, when it is killed between two writes', async () => {
    const run = fc.record({ records: stream, writes: fc.nat({ max: 8 }), cut: fc.integer({ min: 1, max: 14 }) });
    await fc.assert(
      fc.asyncProperty(run, async ({ records, writes, cut }) => {
        const expected = new MemoryProfileStore();
        await deliver(records, [records.length], expected);

        const store = new MemoryProfileStore();
        let done = 0;
        let isAlive = true;
        store.onWrite = () => {
          done += 1;
          isAlive &&= done <= writes;
          return isAlive ? 'none' : 'refused';
        };
        // Nobody hears what a killed sandbox answered: the whole batch comes again, cut anew.
        await anUpdater(store)(aKinesisEvent(records));
        store.onWrite = () => 'none';
        await deliver(records, [cut], store);
        expect(profilesOf(store)).toEqual(profilesOf(expected));
      }),
      { numRuns: 200 },
    );
  });
});
