import { type Change, keyOf, type Original, type QueueStore } from './queue-store.ts';

const windowMs = 5 * 60_000;
const bucketMs = 60_000;

/** The messages of the last five minutes by their deduplication ids, whether they are still there or not. */
export interface Deduplication {
  /** The messages that were sent within the window, by those of the ids that they were sent with. */
  find(ids: readonly string[], now: number): Promise<[id: string, original: Original][]>;
  record(id: string, original: Original): Change;
}

/** Ids lie in buckets of a minute, so that what is older than the window goes in one stroke. */
export function createDeduplication(store: QueueStore, queue: string): Deduplication {
  const bucketOf = (time: number) => Math.floor(time / bucketMs);
  const keyIn = (bucket: number, id = '') => `${keyOf('original', queue, bucket)}!${id}`;
  let oldest = 0;
  return {
    find: async (ids, now) => {
      const first = bucketOf(now - windowMs);
      if (first > oldest) await store.clear(keyIn(0), keyIn(first));
      oldest = first;
      const buckets = Array.from({ length: bucketOf(now) - first + 1 }, (_, index) => first + index);
      const found = await store.find<'original'>(ids.flatMap((id) => buckets.map((bucket) => keyIn(bucket, id))));
      return found.flatMap((original, index) =>
        original && original.sentAt > now - windowMs ? [[ids[Math.floor(index / buckets.length)] ?? '', original]] : [],
      );
    },
    record: (id, original) => ({ type: 'put', key: keyIn(bucketOf(original.sentAt), id), value: original }),
  };
}
