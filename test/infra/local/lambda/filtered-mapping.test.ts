import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { type Bench, startBench } from './mappings.ts';

const filters = ['{"data":{"kind":["transitions"]}}'];
const wanted = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => JSON.stringify({ kind: 'transitions', index: from + index }));
const others = (count: number) =>
  Array.from({ length: count }, (_, index) => JSON.stringify({ kind: 'events', index }));

/** Up to where the only shard is settled, as it is on disk. */
function settledIn({ dataDir }: Bench): string | undefined {
  const file = path.join(dataDir, 'state', 'UpdatesMapping.json');
  return JSON.parse(readFileSync(file, 'utf8')).shards['shardId-000000000000']?.after;
}

test('gives the function only the records that fit, in order', async () => {
  await using bench = await startBench();
  const mapping = await bench.start({ filters });
  const [first, second] = [wanted(13), wanted(4, 13)];

  await bench.put(...others(40), ...first, 'no JSON at all', ...others(3), ...second, ...others(2));
  await mapping.drained();

  expect(bench.invocations.flat()).toEqual([...first, ...second]);
  for (const batch of bench.invocations) expect(batch.length).toBeLessThanOrEqual(10);
});

test('invokes nothing for records that do not fit, and reads them once', async () => {
  await using bench = await startBench();
  const first = await bench.start({ filters });
  const last = (await bench.put(...others(400))).at(-1);
  await first.drained();
  await first.stop();

  expect(bench.invocations).toEqual([]);
  expect(settledIn(bench)).toBe(last);
  const before = bytesRead(bench);
  await (await bench.start({ filters })).drained();
  expect(bytesRead(bench) - before).toBeLessThan(2000);
});

const bytesRead = ({ gateway }: Bench) =>
  gateway.counts().find(({ operation }) => operation === 'GetRecords')?.bytesOut ?? 0;

test('settles what it passed over after the last record together with that record', async () => {
  await using bench = await startBench();
  const mapping = await bench.start({ filters });
  const last = (await bench.put(...others(2), ...wanted(1), ...others(5))).at(-1);

  await mapping.drained();

  expect(settledIn(bench)).toBe(last);
});

test('settles nothing that lies behind a record that fails', async () => {
  await using bench = await startBench();
  let failing = true;
  bench.answer(({ Records }) => {
    const itemIdentifier = Records[0]?.kinesis.sequenceNumber;
    return { ok: true, payload: { batchItemFailures: failing ? [{ itemIdentifier }] : [] } };
  });
  const [passed, , last] = await bench.put(...others(1), ...wanted(1), ...others(1));
  const first = await bench.start({ filters, maximumRetries: -1 });
  await expect.poll(() => bench.invocations.length).toBeGreaterThan(2);
  await first.stop();
  expect([undefined, passed]).toContain(settledIn(bench));

  failing = false;
  bench.invocations.length = 0;
  await (await bench.start({ filters })).drained();

  expect(bench.invocations).toEqual([wanted(1)]);
  expect(settledIn(bench)).toBe(last);
});

test('goes on where it was when a record that fits follows many that do not', async () => {
  await using bench = await startBench();
  const mapping = await bench.start({ filters });
  for (let round = 0; round < 5; round += 1) {
    await bench.put(...others(20), ...wanted(1, round));
    await mapping.drained();
  }
  await mapping.stop();
  bench.invocations.length = 0;

  await (await bench.start({ filters })).drained();

  expect(bench.invocations).toEqual([]);
});

test('holds matching records for the batching window while others pass', async () => {
  await using bench = await startBench();
  await bench.start({ filters, windowSeconds: 1 });
  await bench.put(...wanted(1));
  await bench.put(...others(5));
  await bench.put(...wanted(1, 1));

  await expect.poll(() => bench.invocations).toEqual([wanted(2)]);
});
