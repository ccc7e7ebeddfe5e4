import { expect, test } from 'vitest';
import { gathering } from '../../../functions/adapters/gathering.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('does together what is asked for together, and each thing once', async () => {
  const calls: string[][] = [];
  const one = gathering<string>(async (things) => void calls.push([...things]));
  await Promise.all([one('a'), one('b')]);
  await Promise.all([one('c'), turn().then(() => one('d'))]);
  expect(calls).toEqual([['a', 'b'], ['c'], ['d']]);
});

test('fails everybody who waits for what failed, and nobody else', async () => {
  let failures = 1;
  const one = gathering<string>(async () => {
    if (failures-- > 0) throw new Error('no');
  });
  const settled = await Promise.allSettled([one('a'), one('b')]);
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await one('c');
});

test('gathers what is asked for while as many as may be are under way', async () => {
  const calls: string[][] = [];
  const ends: (() => void)[] = [];
  const one = gathering<string>((things) => {
    calls.push([...things]);
    return new Promise((resolve) => ends.push(resolve));
  });
  const all = [];
  for (const thing of ['a', 'b', 'c', 'd', 'e']) {
    all.push(one(thing));
    await turn();
  }
  expect(calls).toEqual([['a'], ['b']]);
  ends.shift()?.();
  await turn();
  expect(calls).toEqual([['a'], ['b'], ['c', 'd', 'e']]);
  for (const end of ends) end();
  await Promise.all(all);
});
