import type { ChildReport, IdentityNode, PartReport, Subtree } from '../../schemas/identity.ts';
import type { Key, PartRecord } from '../../schemas/stream/control.ts';
import { compareTexts, mayLink } from './keys.ts';
import { bestLink } from './links.ts';

interface Growing {
  readonly keys: Key[];
  readonly above: number[];
  readonly times: number[];
}

/**
 * A key and all below it, as its children have last reported.
 *
 * What a child says of this key, and of all that hangs below this key, is left out: it's an echo of what this key
 * itself has said, come back around a ring. So each piece of news is held only as far as it has come on a way without
 * loops, and vanishes with the first step of that way; no ring can keep alive what none of its keys has any more.
 */
export function subtreeOf(node: IdentityNode, key: Key): Subtree {
  const tree: Growing = { keys: [key], above: [-1], times: [bestLink(node.links, node.blocked)?.time ?? 0] };
  const seen = new Set([key]);
  const children = [...node.children].sort(([one], [other]) => compareTexts(one, other));
  for (const [, report] of children) graft(tree, seen, report);
  return tree;
}

/** The keys of a subtree alone; at a home, all keys of the person. */
export const keysOf = (node: IdentityNode, key: Key): readonly Key[] => subtreeOf(node, key).keys;

/** A key that two children claim is on its way from the one to the other, and counts once. */
function graft(tree: Growing, seen: Set<Key>, report: Subtree): void {
  const places = new Map<number, number>([[-1, 0]]);
  for (const [from, key] of report.keys.entries()) {
    const above = places.get(report.above[from] ?? -1);
    if (above === undefined || seen.has(key)) continue;
    seen.add(key);
    places.set(from, tree.keys.length);
    tree.keys.push(key);
    tree.above.push(above);
    tree.times.push(report.times[from] ?? 0);
  }
}

/** What a record reports, or undefined when its arrays don't describe a subtree of the child. */
export function reportOf(record: PartRecord): ChildReport | undefined {
  const { child, moves, changes, keys, above, times } = record as PartRecord & Partial<PartReport>;
  if (!isNumbers(above, keys.length) || !isNumbers(times, keys.length)) return undefined;
  for (const [place, key] of keys.entries()) {
    const parent = above[place] as number;
    const isWhole = place === 0 ? key === child && parent === -1 : hangs(key, keys[parent]) && parent < place;
    if (!isWhole) return undefined;
  }
  return { moves, changes, keys, above, times };
}

const hangs = (key: Key, parent: Key | undefined): boolean => parent !== undefined && mayLink(key, parent);

const isNumbers = (value: unknown, length: number): value is readonly number[] =>
  Array.isArray(value) && value.length === length && value.every((entry) => typeof entry === 'number');
