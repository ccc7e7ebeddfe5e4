import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { createEventSourceMapping } from '../../../../functions/adapters/event-source-mapping.ts';
import type { Outcome } from '../../../../infra/local/lambda/outcome.ts';
import { createLambdaService } from '../../../../infra/local/services/lambda.ts';
import { startLocalAws } from '../services/local-aws.ts';
import { startBench } from './mappings.ts';

const ok: Outcome = { ok: true, payload: { batchItemFailures: [] } };

afterEach(() => vi.unstubAllEnvs());

test('leaves records on the stream while it is disabled, and goes on where it stopped', async () => {
  await using bench = await startBench();
  const mapping = await bench.start();
  await bench.put('k/1');
  await mapping.drained();
  mapping.enable(false);
  await expect.poll(() => mapping.state()).toBe('Disabled');
  await bench.put('k/2', 'k/3');
  await mapping.drained();
  await sleep(250);
  expect(bench.invocations).toEqual([['k/1']]);
  mapping.enable(true);
  expect(mapping.state()).toBe('Enabled');
  await expect.poll(() => bench.invocations.flat()).toEqual(['k/1', 'k/2', 'k/3']);
});

test('is being disabled until the running invocation has ended, which is not done twice', async () => {
  await using bench = await startBench();
  let finish: () => void = () => undefined;
  bench.answer(async () => {
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    return ok;
  });
  const mapping = await bench.start();
  await bench.put('k/1');
  await expect.poll(() => bench.invocations).toHaveLength(1);
  mapping.enable(false);
  await sleep(20);
  expect(mapping.state()).toBe('Disabling');
  mapping.enable(true);
  finish();
  bench.answer(() => ok);
  await expect.poll(() => mapping.state()).toBe('Enabled');
  await bench.put('k/2');
  await expect.poll(() => bench.invocations.flat()).toEqual(['k/1', 'k/2']);
});

test('is paused by the API of Lambda', async () => {
  const service = createLambdaService();
  await using aws = await startLocalAws([async () => service]);
  vi.stubEnv('AWS_ENDPOINT_URL', aws.gateway.url);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'HWTOOL');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  let state: 'Enabled' | 'Disabling' | 'Disabled' = 'Enabled';
  const mapping = {
    uuid: '11111111-2222-4333-8444-555555555555',
    functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:updater',
    eventSourceArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/events',
    state: () => state,
    enable: (isEnabled: boolean) => {
      state = isEnabled ? 'Enabled' : 'Disabling';
    },
  };
  service.serve({ find: () => undefined, invoke: async () => ok, accept: async () => undefined }, [mapping]);
  const updates = createEventSourceMapping(mapping.uuid);
  expect(await updates.state()).toBe('Enabled');
  await updates.enable(false);
  expect(await updates.state()).toBe('Disabling');
  // On its way it takes no other word, and whoever asks comes again.
  await updates.enable(true);
  expect(await updates.state()).toBe('Disabling');
  state = 'Disabled';
  await updates.enable(true);
  expect(await updates.state()).toBe('Enabled');
  await expect(createEventSourceMapping('another').state()).rejects.toThrow(/ResourceNotFoundException/);
});
