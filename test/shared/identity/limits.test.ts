import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Key } from '../../../schemas/stream/control.ts';
import { limits } from '../../../shared/identity/limits.ts';
import { addBlock, addLink } from '../../../shared/identity/links.ts';
import { emptyNode, receive } from '../../../shared/identity/receive.ts';
import { settleWorld, type WorldRecord } from './a-world.ts';
import { aLinkOf, aReportOf, aSplitOf } from './arbitraries.ts';
import { peopleOf } from './forest.ts';
import { shuffled } from './random.ts';

const keysFrom = (kind: string, count: number): Key[] =>
  Array.from({ length: count }, (_, index) => `${kind}:${String(index).padStart(3, '0')}`);

test('a person takes so many keys, those of the earliest links, in whatever order they come', () => {
  const devices = keysFrom('anonymous', limits.keys + 15);
  const links = devices.map((device, index) => aLinkOf(device, 'user:ada', 1000 + index));
  for (let seed = 0; seed < 5; seed += 1) {
    const { nodes } = settleWorld(shuffled(links, seed), {
      seed,
      shards: 3,
      crashRate: 20,
      crashes: 20,
      resends: 4,
      homesKeepNews: false,
    });
    const people = peopleOf(nodes);
    expect(people.get('user:ada')).toEqual([...devices.slice(0, limits.keys - 1), 'user:ada']);
    expect(people.size).toBe(1 + 16);
  }
});

test('two people who are too large together stay apart, and a refused link does not come back', () => {
  const devices = [...keysFrom('anonymous', 60), ...keysFrom('email', 60)];
  const links = devices.map((device, index) => aLinkOf(device, index < 60 ? 'user:ada' : 'user:bob', index));
  const alias = aLinkOf('user:bob', 'user:ada', 500);
  const again = aLinkOf('user:bob', 'user:ada', 600);
  const props = { seed: 3, shards: 3, crashRate: 0, crashes: 0, resends: 0, homesKeepNews: false };

  const { nodes } = settleWorld([...links, alias, again], props);

  expect([...peopleOf(nodes)].map(([home, keys]) => [home, keys.length])).toEqual([
    ['user:ada', 61],
    ['user:bob', 61],
  ]);
  expect(nodes.get('user:bob')?.blocked).toMatchObject([{ parent: 'user:ada', reason: 'limit' }]);
});

test('whatever grows too large, every key is with one person, no person is too large, and it comes to rest', () => {
  const users = keysFrom('user', 6);
  const devices = [...keysFrom('anonymous', 120), ...keysFrom('email', 40)];
  const link = fc.oneof(
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...users), fc.constantFrom(...users)) },
    { weight: 30, arbitrary: fc.tuple(fc.constantFrom(...devices), fc.constantFrom(...users)) },
  );
  const records = fc.array(
    fc.tuple(link, fc.nat(500)).map(([[child, parent], time]): WorldRecord => aLinkOf(child, parent, time)),
    { minLength: 150, maxLength: 300 },
  );
  fc.assert(
    fc.property(records, fc.integer(), (links, seed) => {
      const { nodes } = settleWorld(links, {
        seed,
        shards: 3,
        crashRate: 5,
        crashes: 10,
        resends: 5,
        homesKeepNews: false,
      });
      const people = [...peopleOf(nodes).values()];
      expect(people.flat().sort()).toEqual([...nodes.keys()].sort());
      for (const keys of people) expect(keys.length).toBeLessThanOrEqual(limits.keys);
    }),
    { numRuns: 25 },
  );
});

test('a key remembers so many parents, the best by rank, in whatever order they come', () => {
  const users = keysFrom('user', limits.links + 10);
  const links = users.map((user, index) => ({ parent: user, ...aLinkOf('anonymous:x', user, 50 + index).link }));
  for (let seed = 0; seed < 5; seed += 1) {
    const kept = shuffled(links, seed).reduce(
      (known, link) => [...addLink(known, link, 'anonymous:x')],
      [] as typeof links,
    );
    expect(kept.map(({ parent }) => parent)).toEqual(users.slice(0, limits.links));
  }
});

test('a key remembers so many blocks, and forgets those of limits and the oldest first', () => {
  const blocks = keysFrom('user', limits.blocked + 5).map((parent, index) => {
    const { requestId, time } = aSplitOf('anonymous:x', parent, index);
    return { parent, requestId, time, reason: index < 3 ? ('split' as const) : ('limit' as const) };
  });
  for (let seed = 0; seed < 5; seed += 1) {
    const kept = shuffled(blocks, seed).reduce((known, block) => [...addBlock(known, block)], [] as typeof blocks);
    const times = kept.map(({ time }) => time).sort((one, other) => one - other);
    expect(times).toEqual(blocks.map(({ time }) => time).filter((time) => time < 3 || time >= 8));
  }
});

test('the children that left are forgotten in the order in which they left', () => {
  const devices = keysFrom('anonymous', limits.left + 3);
  let node = emptyNode;
  const [first] = devices as [Key];
  node = receive(node, 'user:ada', aReportOf('user:ada', first, { moves: 1 }), 0).node;
  for (const device of [...devices.slice(1), first]) {
    node = receive(node, 'user:ada', aReportOf('user:ada', device, { moves: 2, keys: [] }), 0).node;
  }
  expect([...node.children.keys()]).toEqual([...devices.slice(4), first]);
});
