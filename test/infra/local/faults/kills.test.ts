import { expect, test } from 'vitest';
import { type Killed, killing, sentencesOf } from '../../../../infra/local/faults/kills.ts';
import type { AwsCall } from '../../../../infra/local/gateway/types.ts';
import { jsonAnswer } from '../../../../infra/local/services/errors.ts';

const call: AwsCall = {
  service: 'dynamodb',
  operation: 'PutItem',
  caller: 'Updater',
  method: 'POST',
  url: '/',
  headers: { host: 'here' },
  body: Buffer.from('{}'),
};

/** Makes calls one after another; answers the kills, and how many calls were done. */
async function live(calls: readonly AwsCall[], isOn = () => true): Promise<{ kills: Killed[]; done: number }> {
  const kills: Killed[] = [];
  const station = killing({ seed: 'a', every: 100, isOn, kill: () => 1, onKill: (kill) => kills.push(kill) });
  let done = 0;
  for (const each of calls) {
    await station(each, async () => {
      done += 1;
      return jsonAnswer({});
    });
  }
  return { kills, done };
}

const by = (caller: string, count: number): AwsCall[] => Array.from({ length: count }, () => ({ ...call, caller }));

test('a function dies at one of its calls, now before it is done and now after', async () => {
  const { kills, done } = await live(by('Updater', 4_000));
  const before = kills.filter(({ when }) => when === 'before a call').length;
  expect(kills.length).toBeGreaterThan(30);
  expect(kills.length).toBeLessThan(55);
  expect(before).toBeGreaterThan(0);
  expect(before).toBeLessThan(kills.length);
  expect(4_000 - done).toBe(before);
});

test('a function that makes few calls dies as well', async () => {
  expect((await live(by('Sealer', 30))).kills.length).toBe(1);
});

test('a function dies at the same calls, whatever others do meanwhile', async () => {
  const alone = await live(by('Updater', 500));
  const others = by('Updater', 500).flatMap((each) => [...by('Writer', 3), each]);
  const among = await live(others);
  expect(among.kills.filter(({ caller }) => caller === 'Updater')).toEqual(alone.kills);
  const [first] = alone.kills;
  expect(first).toMatchObject({ nth: sentencesOf('a', 'Updater', 100).next().value.at });
});

test('nobody is killed in calm times or while reading, and tools and pollers never', async () => {
  expect((await live(by('Updater', 500), () => false)).kills).toEqual([]);
  expect((await live(by('Updater', 500).map((each) => ({ ...each, operation: 'GetItem' })))).kills).toEqual([]);
  expect((await live(by('tool', 500))).kills).toEqual([]);
  expect((await live(by('Updater', 500).map((each) => ({ ...each, headers: {} })))).kills).toEqual([]);
});
