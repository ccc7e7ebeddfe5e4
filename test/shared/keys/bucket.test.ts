import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bucketAt, chunkOf, takeChunk } from '../../../shared/keys/bucket.ts';

const limit = { perSecond: 100, burst: 300 };

test.each([
  [1, 1],
  [9, 1],
  [20, 2],
  [1_000, 100],
])('a limit of %i is taken %i at once', (perSecond, chunk) => {
  expect(chunkOf({ perSecond, burst: perSecond })).toBe(chunk);
});

test('begins with the requests of one second', () => {
  expect(bucketAt(undefined, limit, 7)).toEqual({ second: 7, left: 100 });
});

test('adds those of each second up to the burst', () => {
  expect(bucketAt({ second: 7, left: 50 }, limit, 8)).toEqual({ second: 8, left: 150 });
  expect(bucketAt({ second: 7, left: 50 }, limit, 600)).toEqual({ second: 600, left: 300 });
});

test('hands out nothing anew when a clock is behind', () => {
  expect(bucketAt({ second: 7, left: 0 }, limit, 6)).toEqual({ second: 7, left: 0 });
});

test('begins anew after a clock that was far ahead', () => {
  expect(bucketAt({ second: 900, left: 0 }, limit, 7)).toEqual({ second: 7, left: 100 });
});

test('a smaller limit holds at once', () => {
  expect(bucketAt({ second: 7, left: 300 }, { perSecond: 2, burst: 2 }, 7)).toEqual({ second: 7, left: 2 });
});

test('gives the rest when that is less than a chunk, then nothing', () => {
  const first = takeChunk({ second: 7, left: 4 }, limit);
  expect(first).toEqual({ taken: 4, rest: { second: 7, left: 0 } });
  expect(takeChunk(first.rest, limit).taken).toBe(0);
});

test('over any seconds in a row gives at most the burst and the requests of the seconds after the first', () => {
  const takes = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 40 })), { maxLength: 30 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 100 }), takes, (perSecond, more, steps) => {
      const limits = { perSecond, burst: perSecond + more };
      let bucket = bucketAt(undefined, limits, 1_000);
      let second = 1_000;
      const given = new Map<number, number>();
      for (const [later, times] of steps) {
        second += later;
        for (let time = 0; time < times; time += 1) {
          const { taken, rest } = takeChunk(bucketAt(bucket, limits, second), limits);
          bucket = rest;
          given.set(second, (given.get(second) ?? 0) + taken);
        }
      }
      for (let from = 1_000; from <= second; from += 1) {
        let sum = 0;
        for (let to = from; to <= second; to += 1) {
          sum += given.get(to) ?? 0;
          expect(sum).toBeLessThanOrEqual(limits.burst + (to - from) * perSecond);
        }
      }
    }),
  );
});
