import { expect, test } from 'vitest';
import { gbSecondsOf } from '../../../../infra/local/cost/function-time.ts';
import { meterInvocations } from '../../../../infra/local/cost/meter-invocations.ts';
import { billing } from '../../../../infra/local/gateway/billing.ts';
import type { FinishedInvocation } from '../../../../infra/local/lambda/function-pool.ts';
import { aStack } from '../runtime/stacks.ts';
import { start } from '../runtime/test-runtime.ts';

test('one request to a running stack is counted at every step of its way', async () => {
  const { station, book } = billing();
  const finished: FinishedInvocation[] = [];
  await using runtime = await start(aStack(), { stations: [station], onInvocation: (one) => finished.push(one) });
  expect(await runtime.send('one', 'two')).toBe(200);
  await runtime.drained();
  const specs = new Map(runtime.deployment.parts.functions.map((spec) => [spec.logicalId, spec]));
  const meter = meterInvocations({
    book,
    specOf: (logicalId) => specs.get(logicalId) ?? expect.fail(logicalId),
    hasPlatformLog: () => false,
    accessLogFormat: undefined,
    onDuration: () => {},
  });
  for (const invocation of finished) meter(invocation);
  const quantityOf = (unit: string) =>
    book.lines().reduce((sum, line) => (line.unit === unit && line.caller !== 'tool' ? sum + line.quantity : sum), 0);
  expect(quantityOf('httpApiRequests')).toBe(1);
  expect(quantityOf('kinesisPutUnits')).toBe(2);
  expect(quantityOf('kinesisBytesIn')).toBe(2 * 1024);
  expect(quantityOf('kinesisBytesOut')).toBe(2 * 1024);
  // The function behind the route, and the consumer once for each batch, which it stores by one PUT.
  expect(quantityOf('lambdaRequests')).toBe(1 + quantityOf('s3WriteRequests'));
});

test('work takes longer by the share of a core that the memory buys, waiting does not', () => {
  expect(gbSecondsOf({ work: 1000, answers: 0, rest: 0 }, 1769, 1)).toBeCloseTo(1769 / 1024, 9);
  expect(gbSecondsOf({ work: 500, answers: 0, rest: 0 }, 1769 / 2, 1)).toBeCloseTo(1769 / 2048, 9);
  expect(gbSecondsOf({ work: 1000, answers: 0, rest: 0 }, 1769, 2)).toBeCloseTo((2 * 1769) / 1024, 9);
  expect(gbSecondsOf({ work: 0, answers: 500, rest: 500 }, 1024, 2)).toBe(1);
});
