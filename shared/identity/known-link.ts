import type { IdentityNode } from '../../schemas/identity.ts';
import type { Key, LinkRecord } from '../../schemas/stream/control.ts';
import { isUser } from './keys.ts';

/**
 * Whether a parent sees by its children that a link would change nothing, so that it need not be published: the child
 * hangs on it by a link that ranks before this one. Senders identify on every page; without this each page would cost a record.
 */
export function isKnownLink(node: IdentityNode, key: Key, { child, parent, link }: LinkRecord): boolean {
  const held = parent === key ? node.children.get(child)?.times[0] : undefined;
  if (held === undefined) return false;
  return isUser(child) ? held > link.time : held < link.time;
}
