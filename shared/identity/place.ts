import type { IdentityLink, IdentityNode, Subtree } from '../../schemas/identity.ts';
import type { Key } from '../../schemas/stream/control.ts';
import { compareTexts, isUser } from './keys.ts';
import { bestLink } from './links.ts';
import { subtreeOf } from './subtree.ts';

/**
 * The link by which a key hangs on its parent, or undefined when the key is the home of its person.
 *
 * Depends on nothing but the node: on the best link, and on whether it closes a ring. Of a ring of aliases the earliest
 * link is left out (ties: the child that sorts first), so that the keys form a tree whose home is the child of that link.
 * As soon as any other link of the ring goes, the link counts again.
 */
export function placeOf(node: IdentityNode, key: Key): IdentityLink | undefined {
  const best = bestLink(node.links, node.blocked);
  if (best === undefined || !isUser(key) || node.children.size === 0) return best;
  return isEarliestOfRing(subtreeOf(node, key), best) ? undefined : best;
}

/** Whether the link leads into the key's own subtree, and every link on the way back is later. */
function isEarliestOfRing(tree: Subtree, link: IdentityLink): boolean {
  const own = tree.keys[0] as Key;
  let place = tree.keys.indexOf(link.parent);
  if (place < 0) return false;
  for (; place > 0; place = tree.above[place] as number) {
    const later = (tree.times[place] as number) - link.time || compareTexts(tree.keys[place] as Key, own);
    if (later < 0) return false;
  }
  return true;
}
