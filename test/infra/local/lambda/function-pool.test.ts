import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Outcome } from '../../../../infra/local/lambda/outcome.ts';
import { functionFolder, startPool } from './sandboxes.ts';

interface Echo {
  readonly calls: number;
  readonly pid: number;
  readonly env: Record<string, string>;
  readonly date: string;
  readonly context: Record<string, unknown>;
  readonly size: number;
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function payloadOf(outcome: Outcome): Echo {
  if (!outcome.ok) throw new Error(`${outcome.error.errorType}: ${outcome.error.errorMessage}`);
  return outcome.payload as Echo;
}

test('starts no process before the first invocation', async () => {
  await using pool = startPool();
  expect(pool.pids()).toEqual([]);
});

test("gives a function only the template's environment and what Lambda sets", async () => {
  process.env.HEADWATER_LEAK = 'the developer’s own';
  await using pool = startPool();

  const { env } = payloadOf(await pool.invoke({}));

  expect(env).toMatchObject({
    TABLE: 'profiles',
    AWS_ACCESS_KEY_ID: 'HWEchoA1B2',
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    AWS_LAMBDA_FUNCTION_NAME: 'stack-echo',
    _HANDLER: 'index.handler',
    TZ: ':UTC',
  });
  expect(env).not.toHaveProperty('HEADWATER_LEAK');
  expect(env).not.toHaveProperty('NODE_ENV');
  expect(env).not.toHaveProperty('USER');
});

test("hands the handler a context like Lambda's", async () => {
  await using pool = startPool({ timeoutSeconds: 5 });

  const { context } = payloadOf(await pool.invoke({}));

  expect(context).toMatchObject({
    functionName: 'stack-echo',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:stack-echo',
    memoryLimitInMB: '256',
    logGroupName: '/aws/lambda/stack-echo',
    awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(context.remaining).toBeGreaterThan(4000);
  expect(context.remaining).toBeLessThanOrEqual(5000);
});

test('names a trace for each invocation', async () => {
  await using pool = startPool();

  const first = payloadOf(await pool.invoke({})).env._X_AMZN_TRACE_ID;
  const second = payloadOf(await pool.invoke({})).env._X_AMZN_TRACE_ID;

  expect(first).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/);
  expect(second).not.toBe(first);
});

test('answers as JSON does, as Lambda passes it', async () => {
  await using pool = startPool();
  expect(payloadOf(await pool.invoke({})).date).toBe('1970-01-01T00:00:00.000Z');
});

test('keeps a sandbox warm between invocations', async () => {
  await using pool = startPool();

  const first = payloadOf(await pool.invoke({}));
  const second = payloadOf(await pool.invoke({}));

  expect([first.calls, second.calls]).toEqual([1, 2]);
  expect(second.pid).toBe(first.pid);
});

test('runs one invocation at a time in a sandbox, and as many sandboxes as the limit', async () => {
  await using pool = startPool();

  const outcomes = await Promise.all(Array.from({ length: 5 }, () => pool.invoke({ sleepMs: 100 })));

  const pids = outcomes.map((outcome) => payloadOf(outcome).pid);
  expect(new Set(pids).size).toBe(2);
  expect(pool.pids()).toHaveLength(2);
});

test('ends idle sandboxes, and starts one again on demand', async () => {
  await using pool = startPool({}, { idleMs: 300 });
  const outcomes = await Promise.all([pool.invoke({ sleepMs: 50 }), pool.invoke({ sleepMs: 50 })]);
  const pids = outcomes.map((outcome) => payloadOf(outcome).pid);

  await expect.poll(() => pool.pids()).toEqual([]);

  await expect.poll(() => pids.filter(isThere)).toEqual([]);
  expect(payloadOf(await pool.invoke({})).calls).toBe(1);
});

test('ends no sandbox that works, or is called before its time is up', async () => {
  await using pool = startPool({ timeoutSeconds: 30 }, { idleMs: 3000, limit: 1 });
  const first = await pool.invoke({});

  const slow = await pool.invoke({ sleepMs: 3200 });
  const queued = await Promise.all([pool.invoke({ sleepMs: 1600 }), pool.invoke({ sleepMs: 1600 })]);
  const later: Outcome[] = [];
  for (let round = 0; round < 8; round += 1) {
    await sleep(400);
    later.push(await pool.invoke({}));
  }

  const pids = [first, slow, ...queued, ...later].map((outcome) => payloadOf(outcome).pid);
  expect(new Set(pids).size).toBe(1);
});

test("reports a handler's error with type, message and trace", async () => {
  await using pool = startPool();

  const outcome = await pool.invoke({ throw: 'too far' });

  expect(outcome).toMatchObject({
    ok: false,
    error: { errorType: 'RangeError', errorMessage: 'too far', trace: expect.arrayContaining(['RangeError: too far']) },
  });
  expect(payloadOf(await pool.invoke({})).calls).toBe(2);
});

test.each([
  ['kills itself', { crash: true }, 'signal: killed'],
  ['exits', { exit: 7 }, 'exit status 7'],
])(
  'fails the invocation of a sandbox that %s, and serves the next one from a new sandbox',
  async (_, event, reason) => {
    await using pool = startPool();

    const outcome = await pool.invoke(event);

    expect(outcome).toMatchObject({ ok: false, error: { errorType: 'Runtime.ExitError' } });
    expect(!outcome.ok && outcome.error.errorMessage).toContain(reason);
    expect(payloadOf(await pool.invoke({})).calls).toBe(1);
  },
);

test('survives that somebody kills a busy sandbox and an idle one', async () => {
  await using pool = startPool();
  await pool.invoke({});
  const busy = pool.invoke({ sleepMs: 2000 });
  process.kill(pool.pids()[0] ?? 0, 'SIGKILL');
  expect((await busy).ok).toBe(false);

  await pool.invoke({});
  process.kill(pool.pids()[0] ?? 0, 'SIGKILL');
  await expect.poll(() => pool.pids()).toEqual([]);

  expect(payloadOf(await pool.invoke({})).calls).toBe(1);
});

test('fails an invocation whose promise was rejected with nobody to catch it', async () => {
  await using pool = startPool();
  const outcome = await pool.invoke({ rejectLater: 'lost' });
  expect(outcome).toMatchObject({
    error: { errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: 'lost' },
  });
});

test("kills a sandbox at the function's time-out and says so as Lambda does", async () => {
  await using pool = startPool({ timeoutSeconds: 3 });

  const outcome = await pool.invoke({ sleepMs: 60_000 });

  expect(outcome).toMatchObject({
    error: {
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringContaining('Task timed out after 3.00 seconds'),
    },
  });
  expect(payloadOf(await pool.invoke({})).calls).toBe(1);
});

test.each([
  ['a missing module', { handler: 'absent.handler' }, 'Runtime.ImportModuleError'],
  ['a missing export', { handler: 'index.absent' }, 'Runtime.HandlerNotFound'],
  ['code that throws while it loads', { codeFolder: functionFolder('broken') }, 'TypeError'],
])('fails every waiting invocation of %s', async (_, spec, errorType) => {
  await using pool = startPool(spec);

  const outcomes = await Promise.all(Array.from({ length: 5 }, () => pool.invoke({})));

  for (const outcome of outcomes) expect(outcome).toMatchObject({ ok: false, error: { errorType } });
});

test('carries events of several megabytes, and refuses an answer above six', async () => {
  await using pool = startPool();

  const large = await pool.invoke({ text: 'y'.repeat(5_900_000) });
  const tooLarge = await pool.invoke({ answerBytes: 6_300_000 });

  expect(payloadOf(large).size).toBeGreaterThan(5_900_000);
  expect(tooLarge).toMatchObject({ error: { errorType: 'Function.ResponseSizeTooLarge' } });
});

test("keeps a function's output in its log", async () => {
  await using pool = startPool();
  await pool.invoke({ log: 'hello from the handler' });
  await pool.invoke({ throw: 'too far' });
  const log = () => readFileSync(pool.logFile, 'utf8');
  await expect.poll(log).toContain('hello from the handler');
  await expect.poll(log).toContain('RangeError: too far');
});

test('stops within the grace time, refusing what waits and what comes', async () => {
  await using pool = startPool({}, { limit: 1 });
  await pool.invoke({});
  const quick = pool.invoke({ sleepMs: 100 });
  const waiting = pool.invoke({});

  const from = performance.now();
  await pool.stop(10_000);

  expect(performance.now() - from).toBeLessThan(8000);
  expect((await quick).ok).toBe(true);
  expect(await waiting).toMatchObject({ error: { errorType: 'Runtime.Stopped' } });
  expect((await pool.invoke({})).ok).toBe(false);
  expect(pool.pids()).toEqual([]);
});

test('kills what runs longer than the grace time', async () => {
  await using pool = startPool();
  await pool.invoke({});
  const slow = pool.invoke({ sleepMs: 2500 });

  await pool.stop(100);

  expect(await slow).toMatchObject({ error: { errorType: 'Runtime.Stopped' } });
});

test('waits for no invocation that is made again anyway', async () => {
  await using pool = startPool();
  await pool.invoke({});
  const repeatable = pool.invoke({ sleepMs: 15_000 }, { waitedFor: false });
  const from = performance.now();

  await pool.stop(15_000);

  expect(performance.now() - from).toBeLessThan(8000);
  expect(await repeatable).toMatchObject({ error: { errorType: 'Runtime.Stopped' } });
});
