import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  NotStoredError,
  type PutRecords,
  type StreamRecord,
  storeInOrder,
} from '../../../functions/adapters/store-in-order.ts';

const aRecord = (partitionKey: string, text = ''): StreamRecord => ({ partitionKey, data: Buffer.from(text) });
/** Time that passes only while somebody waits. */
function aTime({ oversleptBy = 0 } = {}) {
  let now = 0;
  const sleep = async (ms: number) => {
    now += ms + oversleptBy;
  };
  return { now: () => now, sleep, random: () => 0.5 };
}

const soon = () => Date.now() + 5000;

/** A stream that refuses what `refusal` says, and keeps the rest in the order of arrival. */
function aStream(refusal: (record: StreamRecord, call: number) => string | undefined) {
  const stored: StreamRecord[] = [];
  const calls: (readonly StreamRecord[])[] = [];
  const put: PutRecords = async (records) => {
    calls.push(records);
    return records.map((record) => {
      const code = refusal(record, calls.length);
      if (code === undefined) stored.push(record);
      return code;
    });
  };
  return { put, stored, calls };
}

test('stores every record', async () => {
  const { put, stored } = aStream(() => undefined);
  await storeInOrder(put, [aRecord('a'), aRecord('b')], soon());
  expect(stored.map(({ partitionKey }) => partitionKey)).toEqual(['a', 'b']);
});

test('resends exactly the records that were refused, by their position', async () => {
  const { put, stored, calls } = aStream(({ partitionKey }, call) =>
    call === 1 && ['b', 'd'].includes(partitionKey) ? 'InternalFailure' : undefined,
  );
  await storeInOrder(
    put,
    ['a', 'b', 'c', 'd'].map((key) => aRecord(key)),
    soon(),
  );
  expect(stored.map(({ partitionKey }) => partitionKey)).toEqual(['a', 'c', 'b', 'd']);
  expect(calls[1]?.map(({ partitionKey }) => partitionKey)).toEqual(['b', 'd']);
});

test('resends a call that threw', async () => {
  const { put, stored } = aStream(() => undefined);
  let isFirst = true;
  const flaky: PutRecords = async (records, signal) => {
    if (isFirst) {
      isFirst = false;
      throw Object.assign(new Error('reset'), { name: 'TimeoutError' });
    }
    return put(records, signal);
  };
  await storeInOrder(flaky, [aRecord('a')], soon());
  expect(stored).toHaveLength(1);
});

test('keeps the order of a key when the stream refuses its first record', async () => {
  const { put, stored } = aStream(({ data }, call) =>
    String(data) === '1' && call === 1 ? 'InternalFailure' : undefined,
  );
  await storeInOrder(put, [aRecord('a', '1'), aRecord('a', '2'), aRecord('a', '3')], soon());
  expect(stored.map(({ data }) => String(data))).toEqual(['1', '2', '3']);
});

test('stores each record once and in the order of its key, whatever is refused', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 }),
      fc.array(fc.boolean(), { maxLength: 40 }),
      async (keys, refusals) => {
        let asked = 0;
        const { put, stored } = aStream(() => (refusals[asked++] ? 'InternalFailure' : undefined));
        const records = keys.map((key, index) => aRecord(key, String(index)));
        await storeInOrder(put, records, soon());
        const ofKey = (key: string, list: readonly StreamRecord[]) =>
          list.filter(({ partitionKey }) => partitionKey === key).map(({ data }) => String(data));
        for (const key of ['a', 'b', 'c']) expect(ofKey(key, stored)).toEqual(ofKey(key, records));
      },
    ),
    { numRuns: 25 },
  );
});

test('cuts calls at 500 records and at 5 MB', async () => {
  const { put, calls } = aStream(() => undefined);
  await storeInOrder(
    put,
    Array.from({ length: 1201 }, (_, index) => aRecord(`k${index}`)),
    soon(),
  );
  expect(calls.map(({ length }) => length)).toEqual([500, 500, 201]);

  const large = Array.from({ length: 12 }, (_, index) => aRecord(`k${index}`, 'x'.repeat(900_000)));
  await storeInOrder(put, large, soon());
  for (const call of calls.slice(3)) {
    expect(call.reduce((sum, { data }) => sum + data.byteLength, 0)).toBeLessThan(5 * 1024 * 1024);
  }
});

test.each([
  ['ProvisionedThroughputExceededException', true],
  ['InternalFailure', false],
])('gives up in time and says whether throttling was the reason: %s', async (code, throttled) => {
  const { put, stored } = aStream(({ partitionKey }) => (partitionKey === 'b' ? code : undefined));
  const time = aTime();
  const failure = await storeInOrder(put, [aRecord('a'), aRecord('b')], 300, time).catch((error) => error);
  expect(failure).toBeInstanceOf(NotStoredError);
  expect(failure).toMatchObject({ throttled, codes: [code] });
  expect(time.now()).toBeGreaterThan(100);
  expect(time.now()).toBeLessThan(300);
  expect(stored).toHaveLength(1);
});

test('tells the reason of the last whole attempt when a pause takes longer than asked for', async () => {
  const { put } = aStream(() => 'ProvisionedThroughputExceededException');
  const stored = storeInOrder(put, [aRecord('a')], 300, aTime({ oversleptBy: 400 }));
  await expect(stored).rejects.toMatchObject({ throttled: true });
});

test('does not send when there is no time left', async () => {
  const { put, calls } = aStream(() => undefined);
  await expect(storeInOrder(put, [aRecord('a')], Date.now() - 1)).rejects.toMatchObject({ codes: ['OutOfTime'] });
  expect(calls).toEqual([]);
});
