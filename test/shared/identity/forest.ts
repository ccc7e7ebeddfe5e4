import type { IdentityNode } from '../../../schemas/identity.ts';
import type { Key } from '../../../schemas/stream/control.ts';
import { compareTexts } from '../../../shared/identity/keys.ts';
import { keysOf } from '../../../shared/identity/subtree.ts';

type Nodes = ReadonlyMap<Key, IdentityNode>;

/** The keys that each home knows, sorted; `others` are keys with events and without a node. */
export function peopleOf(nodes: Nodes, others: readonly Key[] = []): Map<Key, readonly Key[]> {
  const homes = [...nodes].filter(([, { parent }]) => parent === undefined);
  const alone = others.filter((key) => !nodes.has(key));
  return new Map(
    sorted<readonly Key[]>([
      ...homes.map(([key, node]): [Key, Key[]] => [key, [...keysOf(node, key)].sort(compareTexts)]),
      ...alone.map((key): [Key, Key[]] => [key, [key]]),
    ]),
  );
}

/** Who hangs on whom, and which keys each home knows. */
export const forestOf = (nodes: Nodes) => ({
  parents: sorted([...nodes].map(([key, { parent }]) => [key, parent])),
  people: [...peopleOf(nodes)],
});

export const sorted = <Value>(entries: Iterable<[Key, Value]>): [Key, Value][] =>
  [...entries].sort(([one], [other]) => compareTexts(one, other));
