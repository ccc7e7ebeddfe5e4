import type { ChildReport, IdentityNode } from '../../schemas/identity.ts';
import type { Key } from '../../schemas/stream/control.ts';

/** A key's place without what it knows of some keys, which belonged to a person who was erased; itself when it knows nothing. */
export function withoutKeys(node: IdentityNode, gone: ReadonlySet<Key>): IdentityNode {
  if (!knowsAny(node, gone)) return node;
  const children = [...node.children].filter(([child]) => !gone.has(child));
  return {
    ...node,
    links: node.links.filter(({ parent }) => !gone.has(parent)),
    blocked: node.blocked.filter(({ parent }) => !gone.has(parent)),
    children: new Map(children.map(([child, report]) => [child, cut(report, gone)])),
  };
}

/** Whether a key's place names any of some keys; its parent is one of its links. */
export const knowsAny = ({ links, blocked, children }: IdentityNode, keys: ReadonlySet<Key>): boolean =>
  [...links, ...blocked].some(({ parent }) => keys.has(parent)) ||
  [...children].some(([child, report]) => keys.has(child) || report.keys.some((key) => keys.has(key)));

/** A subtree without some keys and all that hangs below them. */
function cut(report: ChildReport, gone: ReadonlySet<Key>): ChildReport {
  const places = new Map<number, number>([[-1, -1]]);
  const keys: Key[] = [];
  const above: number[] = [];
  const times: number[] = [];
  for (const [from, key] of report.keys.entries()) {
    const parent = places.get(report.above[from] ?? -1);
    if (parent === undefined || gone.has(key)) continue;
    places.set(from, keys.length);
    keys.push(key);
    above.push(parent);
    times.push(report.times[from] ?? 0);
  }
  return { ...report, keys, above, times };
}
