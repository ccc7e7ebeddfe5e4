import { afterAll, beforeAll, expect, test } from 'vitest';
import { allCases } from './all-cases.ts';
import { localDeviations } from './local-deviations.ts';
import { openLocalTarget } from './local-target.ts';
import { tryCase } from './run-cases.ts';
import type { Target } from './target.ts';

let target: Target;
beforeAll(async () => {
  target = await openLocalTarget();
});
afterAll(async () => {
  expect(await target?.close()).toEqual([]);
});

test.each(allCases.map((each) => [each.name, each] as const))('%s', async (name, each) => {
  const { result, reason } = await tryCase(each, target);

  expect({ result, reason }).toEqual(
    name in localDeviations ? { result: 'fails', reason: expect.any(String) } : { result: 'holds', reason: undefined },
  );
});

test('every deviation is one of a rule that is tried, and no rule is there twice', () => {
  const names = allCases.map(({ name }) => name);
  expect(Object.keys(localDeviations).filter((name) => !names.includes(name))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});
