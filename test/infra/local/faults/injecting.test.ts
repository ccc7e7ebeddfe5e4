import { expect, test } from 'vitest';
import { type FaultKind, faultOf } from '../../../../infra/local/faults/fault.ts';
import { type InjectedFault, injecting } from '../../../../infra/local/faults/injecting.ts';
import type { AwsAnswer, AwsCall, LocalService } from '../../../../infra/local/gateway/types.ts';
import { AwsError, jsonAnswer } from '../../../../infra/local/services/errors.ts';
import { startLocalAws } from '../services/local-aws.ts';

const call = (over: Partial<AwsCall> = {}): AwsCall => ({
  service: 'dynamodb',
  operation: 'PutItem',
  caller: 'Updater',
  method: 'POST',
  url: '/',
  headers: { host: '127.0.0.1' },
  body: Buffer.from('{}'),
  ...over,
});

/** A seed by which the first PutItem of the updater meets a fault of the kind. */
function seedFor(kind: FaultKind): string {
  const place = { caller: 'Updater', service: 'dynamodb', operation: 'PutItem', nth: 0 };
  for (let seed = 0; ; seed += 1) {
    const fault = faultOf({ seed: `${seed}`, rate: 1 }, place);
    if (fault?.kind === kind && !('ms' in fault && fault.ms > 1_000)) return `${seed}`;
  }
}

/** Makes one call that meets a fault, and tells whether the service did it and what was answered. */
async function meet(kind: FaultKind): Promise<{ done: number; answer: AwsAnswer; faults: InjectedFault[] }> {
  const faults: InjectedFault[] = [];
  let done = 0;
  const onFault = (fault: InjectedFault) => void faults.push(fault);
  const station = injecting({ seed: seedFor(kind), rate: 1, isOn: () => true, onFault });
  const answer = await station(call(), async () => {
    done += 1;
    return jsonAnswer({ ok: true });
  });
  return { done, answer, faults };
}

test.each([
  ['throttle', 0, { status: 400 }],
  ['error', 0, { status: expect.toSatisfy((status: number) => status >= 500) }],
  ['errorAfter', 1, { status: expect.toSatisfy((status: number) => status >= 500) }],
  ['timeout', 0, { hangsUp: true }],
  ['lostAnswer', 1, { hangsUp: true, status: 200 }],
  ['slow', 1, { status: 200 }],
] as const)('a %s leaves the call done %i times', async (kind, times, answered) => {
  const { done, answer, faults } = await meet(kind);
  expect(done).toBe(times);
  expect(answer).toMatchObject(answered);
  expect(faults).toEqual([{ caller: 'Updater', service: 'dynamodb', operation: 'PutItem', nth: 0, kind }]);
});

test('a transaction that meets another is cancelled as DynamoDB cancels it', async () => {
  const of = { caller: 'Updater', service: 'dynamodb', operation: 'TransactWriteItems', nth: 0 };
  const isConflict = (seed: number) => {
    const fault = faultOf({ seed: `${seed}`, rate: 1 }, of);
    return fault?.kind === 'throttle' && fault.reason?.Code === 'TransactionConflict';
  };
  let seed = 0;
  while (!isConflict(seed)) seed += 1;
  const station = injecting({ seed: `${seed}`, rate: 1, isOn: () => true, onFault: () => undefined });
  const body = Buffer.from(JSON.stringify({ TransactItems: [{ Put: {} }, { Delete: {} }] }));
  const answer = await station(call({ operation: of.operation, body }), async () => jsonAnswer({ done: true }));
  expect([answer.status, JSON.parse(answer.body.toString())]).toEqual([
    400,
    {
      __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
      CancellationReasons: [
        { Code: 'None' },
        { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' },
      ],
      Message:
        'Transaction cancelled, please refer cancellation reasons for specific reasons [None, TransactionConflict]',
    },
  ]);
});

test('what comes late is done after its caller was hung up on', async () => {
  const late: Promise<unknown>[] = [];
  let done = 0;
  const station = injecting({
    seed: seedFor('late'),
    rate: 1,
    isOn: () => true,
    onFault: () => undefined,
    onLate: (work) => late.push(work),
  });
  const answer = await station(call(), async () => {
    done += 1;
    return jsonAnswer({});
  });
  expect([answer.hangsUp, done]).toEqual([true, 0]);
  await Promise.all(late);
  expect(done).toBe(1);
});

test('tools, what pollers need to start, and calm times are spared, and not counted', async () => {
  const faults: number[] = [];
  let isOn = false;
  const station = injecting({ seed: 'a', rate: 1, isOn: () => isOn, onFault: ({ nth }) => faults.push(nth) });
  const next = async () => jsonAnswer({});
  await station(call(), next);
  isOn = true;
  await station(call({ caller: 'tool' }), next);
  await station(call({ service: 'kinesis', operation: 'ListShards', headers: {} }), next);
  expect(faults).toEqual([]);
  await station(call(), next);
  expect(faults).toEqual([0]);
});

test('a function meets the same faults at the same calls, whatever others do meanwhile', async () => {
  const met = async (calls: readonly AwsCall[]) => {
    const faults: InjectedFault[] = [];
    const station = injecting({ seed: 'a', rate: 0.3, isOn: () => true, onFault: (fault) => void faults.push(fault) });
    await Promise.all(calls.map((one) => station(one, async () => jsonAnswer({}))));
    return faults.filter(({ caller }) => caller === 'Updater');
  };
  const own = Array.from({ length: 60 }, () => call());
  const alone = await met(own);
  const among = await met(own.flatMap((one) => [call({ caller: 'Writer' }), call({ operation: 'Query' }), one]));
  expect(alone.length).toBeGreaterThan(5);
  expect(among.filter(({ operation }) => operation === 'PutItem')).toEqual(alone);
});

test('whoever is hung up on gets no answer, over HTTP and in process', async () => {
  const service: LocalService = { name: 'echo', close: async () => {}, handle: async () => jsonAnswer({ ok: true }) };
  const lose = async (): Promise<AwsAnswer> => ({ ...jsonAnswer({ ok: true }), hangsUp: true });
  await using aws = await startLocalAws([() => service], { stations: [lose] });
  const headers = {
    authorization: 'AWS4-HMAC-SHA256 Credential=HWTOOL/20260102/us-east-1/echo/aws4_request',
    'x-amz-target': 'Echo.Say',
  };

  await expect(fetch(aws.gateway.url, { method: 'POST', headers, body: '{}' })).rejects.toThrow('fetch failed');
  await expect(aws.gateway.invoke('A', 'echo', 'Say', {})).rejects.toThrow(AwsError);
});
