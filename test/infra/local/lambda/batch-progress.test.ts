import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Chunk,
  progressOf,
  type RetrySettings,
  verdictOf,
} from '../../../../infra/local/lambda/batch-progress.ts';
import { failure, type Outcome } from '../../../../infra/local/lambda/outcome.ts';

const numbers = ['10', '11', '12', '13'];
const answer = (payload: unknown): Outcome => ({ ok: true, payload });
const reported = (...ids: unknown[]) =>
  answer({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) });

test.each<[string, Outcome, ReturnType<typeof verdictOf>]>([
  ['no answer is success', answer(null), { kind: 'done' }],
  ['an empty object is success', answer({}), { kind: 'done' }],
  ['a null list is success', answer({ batchItemFailures: null }), { kind: 'done' }],
  ['an empty list is success', reported(), { kind: 'done' }],
  ['one id fails from there', reported('12'), { kind: 'failedAt', index: 2 }],
  ['of several ids the lowest counts', reported('13', '11', '12'), { kind: 'failedAt', index: 1 }],
  ['an empty id fails the batch', reported(''), { kind: 'failed' }],
  ['a null id fails the batch', reported(null), { kind: 'failed' }],
  ['a foreign id fails the batch', reported('12', '99'), { kind: 'failed' }],
  ['a bad key name fails the batch', answer({ batchItemFailures: [{ id: '12' }] }), { kind: 'failed' }],
  ['a list of the wrong type fails the batch', answer({ batchItemFailures: 'all' }), { kind: 'failed' }],
  ['text fails the batch', answer('fine'), { kind: 'failed' }],
  ['an error fails the batch', failure('Error', 'no'), { kind: 'failed' }],
])('%s', (_, outcome, verdict) => {
  expect(verdictOf(outcome, numbers, true)).toEqual(verdict);
});

test('reported failures do not count where the mapping does not ask for them', () => {
  expect(verdictOf(reported('11'), numbers, false)).toEqual({ kind: 'done' });
});

const records = [0, 1, 2, 3, 4];
const settings: RetrySettings = { bisect: false, maximumRetries: 2 };

test('a reported failure keeps what is before it and gives the rest all its retries', () => {
  const progress = progressOf({ records, retries: 2 }, { kind: 'failedAt', index: 3 }, settings);
  expect(progress).toEqual({ processed: 3, next: [{ records: [3, 4], retries: 0 }], discarded: [], retried: true });
});

test('a failure reported at the first record uses up a retry of the whole rest', () => {
  const bisecting = { ...settings, bisect: true };
  const progress = progressOf({ records, retries: 1 }, { kind: 'failedAt', index: 0 }, bisecting);
  expect(progress).toMatchObject({ processed: 0, next: [{ records, retries: 2 }] });
});

test('a function error halves the batch without using up a retry', () => {
  const progress = progressOf({ records, retries: 2 }, { kind: 'failed' }, { ...settings, bisect: true });
  expect(progress.next).toEqual([
    { records: [0, 1, 2], retries: 0 },
    { records: [3, 4], retries: 0 },
  ]);
  expect(progress.retried).toBe(false);
});

test('a single record is retried, not halved', () => {
  const progress = progressOf({ records: [7], retries: 0 }, { kind: 'failed' }, { ...settings, bisect: true });
  expect(progress.next).toEqual([{ records: [7], retries: 1 }]);
});

test('a batch whose retries are used up is discarded whole', () => {
  expect(progressOf({ records, retries: 2 }, { kind: 'failed' }, settings)).toMatchObject({
    next: [],
    discarded: records,
  });
});

test('retries without a limit never discard', () => {
  const progress = progressOf({ records, retries: 10_000 }, { kind: 'failed' }, { ...settings, maximumRetries: -1 });
  expect(progress).toMatchObject({ discarded: [], next: [{ retries: 10_001 }] });
});

/** Plays a batch against a handler that never takes some records, reporting them or throwing. */
function play(batch: readonly number[], poison: ReadonlySet<number>, retry: RetrySettings, reports: boolean) {
  const settled: number[] = [];
  const discarded: number[] = [];
  const invocations = new Map<number, number>();
  const chunks: Chunk<number>[] = [{ records: batch, retries: 0 }];
  for (let chunk = chunks.shift(); chunk; chunk = chunks.shift()) {
    for (const record of chunk.records) invocations.set(record, (invocations.get(record) ?? 0) + 1);
    const index = chunk.records.findIndex((record) => poison.has(record));
    const bad = reports ? ({ kind: 'failedAt', index } as const) : ({ kind: 'failed' } as const);
    const progress = progressOf(chunk, index === -1 ? { kind: 'done' } : bad, retry);
    settled.push(...chunk.records.slice(0, progress.processed), ...progress.discarded);
    discarded.push(...progress.discarded);
    chunks.unshift(...progress.next);
  }
  return { settled, discarded, invocations };
}

const plays = fc.record({
  batch: fc.integer({ min: 1, max: 60 }).map((size) => Array.from({ length: size }, (_, index) => index)),
  poison: fc.uniqueArray(fc.nat(59), { maxLength: 5 }).map((ids) => new Set(ids)),
  retry: fc.record({ bisect: fc.boolean(), maximumRetries: fc.nat(4) }),
  reports: fc.boolean(),
});

test('every record is settled once and in order, whatever fails', () => {
  fc.assert(
    fc.property(plays, ({ batch, poison, retry, reports }) => {
      expect(play(batch, poison, retry, reports).settled).toEqual(batch);
    }),
  );
});

test('with bisecting, an error discards the poison alone, after all its retries', () => {
  fc.assert(
    fc.property(plays, ({ batch, poison, retry }) => {
      const { discarded, invocations } = play(batch, poison, { ...retry, bisect: true }, false);
      expect(discarded).toEqual(batch.filter((record) => poison.has(record)));
      for (const record of discarded) expect(invocations.get(record)).toBeGreaterThan(retry.maximumRetries);
    }),
  );
});
