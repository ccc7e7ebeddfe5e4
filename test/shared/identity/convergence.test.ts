import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { IdentityNode } from '../../../schemas/identity.ts';
import type { Key } from '../../../schemas/stream/control.ts';
import { settleChaos, settleWorld, type WorldRecord } from './a-world.ts';
import { aliases, changes, links, splits, worldProps } from './arbitraries.ts';
import { forestOf, sorted } from './forest.ts';
import { shuffled } from './random.ts';
import { resolve } from './resolve.ts';

function expected(facts: Parameters<typeof resolve>[0], nodes: ReadonlyMap<Key, IdentityNode>) {
  const { parents, people } = resolve(facts, nodes.keys());
  const known = ([key]: [Key, unknown]) => nodes.has(key);
  return { parents: sorted([...parents].filter(known)), people: sorted([...people].filter(known)) };
}

const inputs = fc.tuple(links, splits, changes, fc.integer());

describe('whatever the order and the crashes', () => {
  test('each key hangs where the links say, and each home knows exactly the keys below it', () => {
    fc.assert(
      fc.property(inputs, worldProps, ([joined, split, changed, seed], props) => {
        const records: WorldRecord[] = shuffled([...joined, ...split, ...changed], seed);
        const { nodes } = settleWorld(records, props);
        expect(forestOf(nodes)).toEqual(expected([...joined, ...split], nodes));
      }),
      { numRuns: 3000 },
    );
  });

  test('rings of any length come to rest, cut at their earliest link, and open again when a later alias or a split opens them', () => {
    fc.assert(
      fc.property(aliases, splits, worldProps, fc.integer(), (joined, split, props, seed) => {
        const changed = joined.map(({ child }): WorldRecord => ({ kind: 'change', key: child }));
        const { nodes, published } = settleWorld(shuffled([...joined, ...split, ...changed], seed), props);
        expect(forestOf(nodes)).toEqual(expected([...joined, ...split], nodes));
        expect(published).toBeLessThan(150 * (joined.length + 1));
      }),
      { numRuns: 800 },
    );
  });

  test('the same holds where records overtake each other and old ones come again at any time', () => {
    fc.assert(
      fc.property(inputs, fc.integer(), fc.nat(60), ([joined, split, changed], seed, repeats) => {
        const { nodes } = settleChaos([...joined, ...split, ...changed], seed, repeats);
        expect(forestOf(nodes)).toEqual(expected([...joined, ...split], nodes));
      }),
      { numRuns: 3000 },
    );
  });
});
