import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { expect, test } from 'vitest';
import type { RuntimeOptions } from '../../../../infra/local/runtime.ts';
import type { TemplateResource } from '../../../../infra/local/template/types.ts';
import type { Trouble } from '../../../../infra/local/trouble.ts';
import { aStack } from './stacks.ts';
import { start, type TestRuntime } from './test-runtime.ts';

const echoName = 'Headwater-test-Echo';
const quick: Partial<RuntimeOptions> = { asyncRetryMs: [10, 20] };

async function invoke({ gateway }: TestRuntime, event: unknown, options: object = {}) {
  const credentials = { accessKeyId: 'HWTOOL', secretAccessKey: 'x' };
  const client = new LambdaClient({ endpoint: gateway.url, region: 'us-east-1', credentials, maxAttempts: 1 });
  const Payload = typeof event === 'string' ? event : JSON.stringify(event);
  try {
    const answer = await client.send(new InvokeCommand({ FunctionName: echoName, Payload, ...options }));
    const text = Buffer.from(answer.Payload ?? []).toString();
    return { ...answer, payload: text && JSON.parse(text) };
  } finally {
    client.destroy();
  }
}

/** Lines that the function `Echo` has logged. */
function logged({ functions }: TestRuntime): string[] {
  return readFileSync(functions.get('Echo')?.logFile ?? '', 'utf8').split('\n');
}

const times = (runtime: TestRuntime, line: string) => logged(runtime).filter((one) => one === line).length;

function aSchedule(input: object, properties: object = {}): TemplateResource {
  return {
    Type: 'AWS::Scheduler::Schedule',
    Properties: {
      ScheduleExpression: 'rate(1 minute)',
      ScheduleExpressionTimezone: 'Etc/UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
      State: 'ENABLED',
      Target: {
        Arn: { 'Fn::GetAtt': ['Echo', 'Arn'] },
        RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Input: JSON.stringify(input),
        RetryPolicy: { MaximumRetryAttempts: 0 },
      },
      ...properties,
    },
  };
}

const noRetries: TemplateResource = {
  Type: 'AWS::Lambda::EventInvokeConfig',
  Properties: {
    FunctionName: { Ref: 'Echo' },
    Qualifier: '$LATEST',
    MaximumRetryAttempts: 0,
    MaximumEventAgeInSeconds: 60,
  },
};

test.each([
  ['its name', echoName],
  ['its name and version', `${echoName}:$LATEST`],
  ['its ARN', `arn:aws:lambda:us-east-1:000000000000:function:${echoName}`],
])('lets an SDK invoke a function by %s', async (_name, FunctionName) => {
  await using runtime = await start();

  const answer = await invoke(runtime, { hello: 'world' }, { FunctionName });

  expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST', payload: { calls: 1, size: 17 } });
  expect(answer.FunctionError).toBeUndefined();
});

test("gives the caller a function's error", async () => {
  await using runtime = await start();

  expect(await invoke(runtime, { throw: 'too far' })).toMatchObject({
    StatusCode: 200,
    FunctionError: 'Unhandled',
    payload: { errorType: 'RangeError', errorMessage: 'too far' },
  });
});

test('invokes asynchronously, and answers before the function is done', async () => {
  await using runtime = await start();
  const from = performance.now();

  const answer = await invoke(runtime, { sleepMs: 10_000, log: 'slow' }, { InvocationType: 'Event' });

  expect(answer).toMatchObject({ StatusCode: 202, payload: '' });
  expect(performance.now() - from).toBeLessThan(8000);
  await expect.poll(() => times(runtime, 'slow')).toBe(1);
});

test('tries an asynchronous invocation three times', async () => {
  await using runtime = await start(aStack(), quick);

  await invoke(runtime, { log: 'attempt', throw: 'always' }, { InvocationType: 'Event' });

  await expect.poll(() => times(runtime, 'attempt')).toBe(3);
  await sleep(300);
  expect(times(runtime, 'attempt')).toBe(3);
});

test('tries an asynchronous invocation as often as the template says', async () => {
  await using runtime = await start(aStack({ Once: noRetries }), quick);

  await invoke(runtime, { log: 'attempt', throw: 'always' }, { InvocationType: 'Event' });

  await expect.poll(() => times(runtime, 'attempt')).toBe(1);
  await sleep(300);
  expect(times(runtime, 'attempt')).toBe(1);
});

test('keeps an accepted asynchronous invocation over a restart, until it is done', async () => {
  const first = await start();
  await invoke(first, { log: 'begun', sleepMs: 5000 }, { InvocationType: 'Event' });
  await expect.poll(() => times(first, 'begun')).toBe(1);
  await first.stop();

  const second = await start(aStack(), { dataDir: first.dataDir });
  await expect.poll(() => times(second, 'begun')).toBe(2);
  await expect.poll(() => readdirSync(join(first.dataDir, 'state', 'async-invocations'))).toEqual([]);
  await second.stop();

  await using third = await start(aStack(), { dataDir: first.dataDir });
  await sleep(500);
  expect(times(third, 'begun')).toBe(2);
});

test.each<[string, unknown, object, object]>([
  ['a function that there is not', {}, { FunctionName: 'none' }, { name: 'ResourceNotFoundException', status: 404 }],
  ['a version that there is not', {}, { Qualifier: '7' }, { name: 'ResourceNotFoundException', status: 404 }],
  ['an event that is no JSON', '{', {}, { name: 'InvalidRequestContentException', status: 400 }],
  [
    'an asynchronous event over 1 MB',
    { text: 'x'.repeat(1024 * 1024) },
    { InvocationType: 'Event' },
    { name: 'RequestTooLargeException', status: 413 },
  ],
])('refuses to invoke %s', async (_name, event, options, { name, status }: { name?: string; status?: number }) => {
  await using runtime = await start();
  await expect(invoke(runtime, event, options)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: status } });
});

test('runs scheduled functions from the start on, and tells of their failures', async () => {
  const troubles: Trouble[] = [];
  const stack = aStack({
    Clock: aSchedule({ log: 'tick' }),
    Broken: aSchedule({ throw: 'no' }),
    Group: { Type: 'AWS::Scheduler::ScheduleGroup', Properties: { Name: 'clocks' } },
    Off: aSchedule({ log: 'never' }, { State: 'DISABLED', GroupName: { Ref: 'Group' } }),
    Once: noRetries,
  });
  await using runtime = await start(stack, { onTrouble: (trouble) => troubles.push(trouble) });

  await expect.poll(() => times(runtime, 'tick')).toBe(1);
  await expect.poll(() => troubles).toMatchObject([{ functionName: echoName, errorMessage: 'no' }]);
  expect(times(runtime, 'never')).toBe(0);
});

test('does not wait for a scheduled function when it stops, nor calls it a failure', async () => {
  const troubles: Trouble[] = [];
  const stack = aStack({ Clock: aSchedule({ log: 'tick', sleepMs: 19_000 }) });
  const runtime = await start(stack, { onTrouble: (trouble) => troubles.push(trouble) });
  await expect.poll(() => times(runtime, 'tick')).toBe(1);
  const from = performance.now();

  await runtime.stop();

  expect(performance.now() - from).toBeLessThan(10_000);
  expect(troubles).toEqual([]);
});

test.each([
  [
    'a schedule that it cannot read',
    aSchedule({}, { ScheduleExpression: 'at(2026-01-01T00:00:00)' }),
    'is neither rate',
  ],
  [
    'a target that is no function',
    aSchedule({}, { Target: { Arn: 'arn:aws:sqs:us-east-1:1:q', RoleArn: 'r' } }),
    'only Lambda functions are scheduled locally',
  ],
  [
    'a destination of asynchronous invocations',
    { ...noRetries, Properties: { ...noRetries.Properties, DestinationConfig: { OnFailure: { Destination: 'arn' } } } },
    'destinations of asynchronous invocations have no local part',
  ],
])('says what is wrong with %s', async (_name, resource, message) => {
  await expect(start(aStack({ Wrong: resource }))).rejects.toThrow(message);
});

test('ends sandboxes that nobody calls, and starts them again on demand', async () => {
  await using runtime = await start(aStack(), { idleMs: 200 });
  const echo = runtime.functions.get('Echo');
  await echo?.invoke({});
  const busy = runtime.memory();

  await expect.poll(() => echo?.pids()).toEqual([]);

  expect(runtime.memory()).toBeLessThan(busy - 10_000_000);
  expect(await echo?.invoke({})).toMatchObject({ ok: true, payload: { calls: 1 } });
});
