import { expect, test } from 'vitest';
import { type FaultKind, faultKinds, faultOf } from '../../../../infra/local/faults/fault.ts';

const calls = (service: string, operation: string, count: number) =>
  Array.from({ length: count }, (_, nth) => ({ caller: 'Updater', service, operation, nth }));

const kindsOf = (service: string, operation: string, rate = 1): Map<FaultKind | undefined, number> => {
  const counts = new Map<FaultKind | undefined, number>();
  for (const call of calls(service, operation, 2_000)) {
    const kind = faultOf({ seed: 'a', rate }, call)?.kind;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
};

test('the same seed lets the same calls fail in the same way, another seed others', () => {
  const all = (seed: string) => calls('dynamodb', 'PutItem', 300).map((call) => faultOf({ seed, rate: 0.1 }, call));
  expect(all('a')).toEqual(all('a'));
  expect(all('a')).not.toEqual(all('b'));
});

test('as many calls fail as the rate says', () => {
  const spared = kindsOf('dynamodb', 'PutItem', 0.1).get(undefined) ?? 0;
  expect(spared / 2_000).toBeGreaterThan(0.87);
  expect(spared / 2_000).toBeLessThan(0.93);
});

test('each kind happens; parts are left undone only where a service does parts, and only what changes something comes late', () => {
  const kinds = Object.keys(faultKinds).toSorted();
  expect([...kindsOf('kinesis', 'PutRecords').keys()].toSorted()).toEqual(kinds);
  expect([...kindsOf('dynamodb', 'PutItem').keys()].toSorted()).toEqual(kinds.filter((kind) => kind !== 'partial'));
  expect([...kindsOf('dynamodb', 'TransactWriteItems').keys()]).toContain('late');
  for (const read of ['Query', 'TransactGetItems']) {
    expect([...kindsOf('dynamodb', read).keys()]).not.toContain('late');
  }
});

test('a service throttles by its own codes', () => {
  const codes = (service: string, operation = 'Any') =>
    new Set(
      calls(service, operation, 500).flatMap((call) => {
        const fault = faultOf({ seed: 'a', rate: 1 }, call);
        const reason = fault?.kind === 'throttle' && fault.reason ? ` ${fault.reason.Code}` : '';
        return fault?.kind === 'throttle' ? `${fault.status} ${fault.code}${reason}` : [];
      }),
    );
  expect(codes('s3')).toEqual(new Set(['503 SlowDown']));
  expect(codes('lambda')).toEqual(new Set(['429 TooManyRequestsException']));
  expect(codes('dynamodb')).toContain('400 ProvisionedThroughputExceededException');
  expect([...codes('dynamodb', 'TransactWriteItems')]).toEqual(
    expect.arrayContaining([
      '400 ProvisionedThroughputExceededException',
      '400 TransactionCanceledException TransactionConflict',
      '400 TransactionCanceledException ThrottlingError',
    ]),
  );
  const ongoing = '400 TransactionConflictException';
  const meetIt = ['PutItem', 'BatchWriteItem', 'Query'].filter((each) => codes('dynamodb', each).has(ongoing));
  expect(meetIt).toEqual(['PutItem']);
});
