import type { ChildReport, IdentityNode } from '../../schemas/identity.ts';
import type { Key, UnlinkRecord } from '../../schemas/stream/control.ts';
import { compareTexts } from './keys.ts';
import { limits } from './limits.ts';
import { keysOf } from './subtree.ts';

export interface Refusal {
  readonly node: IdentityNode;
  readonly refused: readonly UnlinkRecord[];
}

/**
 * Refuses children until a key and all below it are within the limit: the child whose link is the latest goes first, with
 * all below it, so that the earliest keep their places. A refused child is told so, and counts as having left.
 */
export function refuseSurplus(node: IdentityNode, key: Key, time: number): Refusal {
  const refused: UnlinkRecord[] = [];
  const children = new Map(node.children);
  const kept = { ...node, children };
  while (mayExceed(children) && keysOf(kept, key).length > limits.keys) {
    const [child, report] = latestOf(children);
    children.delete(child);
    children.set(child, { ...report, keys: [], above: [], times: [] });
    const requestId = `limit-${report.moves}-${report.changes}`;
    refused.push({ v: 1, kind: 'unlink', child, parent: key, reason: 'limit', requestId, time });
  }
  return refused.length === 0 ? { node, refused } : { node: kept, refused };
}

/** Spares the look at each key where there are few. */
function mayExceed(children: ReadonlyMap<Key, ChildReport>): boolean {
  let most = 1;
  for (const { keys } of children.values()) most += keys.length;
  return most > limits.keys;
}

function latestOf(children: ReadonlyMap<Key, ChildReport>): [Key, ChildReport] {
  const present = [...children].filter(([, { keys }]) => keys.length > 0);
  return present.reduce((latest, other) => {
    const later = (other[1].times[0] ?? 0) - (latest[1].times[0] ?? 0) || compareTexts(other[0], latest[0]);
    return later > 0 ? other : latest;
  });
}
