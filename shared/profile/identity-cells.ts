import type { ChildReport, IdentityLink, IdentityNode } from '../../schemas/identity.ts';
import type { LinkReason } from '../../schemas/stream/control.ts';
import type { CellReader, CellWriter } from './cells.ts';

/** Writes a key's place among the keys of its person. */
export function writeIdentity(out: CellWriter, node: IdentityNode): void {
  out.add(node.parent ?? null, node.moves, node.changes);
  out.list(node.links, ({ parent, time, messageId, sourceId, event, why }) => {
    out.moment(time);
    out.add(parent, messageId, sourceId, event, why);
  });
  out.list(node.blocked, ({ parent, reason, requestId, time }) => {
    out.moment(time);
    out.add(parent, reason, requestId);
  });
  out.map(node.children, ({ moves, changes, keys, above, times }) => {
    out.add(moves, changes);
    out.list(keys, (key) => out.add(key));
    out.add(...above);
    for (const time of times) out.momentOrNone(time);
  });
}

/** Reads what `writeIdentity` wrote. */
export function readIdentity(from: CellReader): IdentityNode {
  const parent = from.value();
  const [moves, changes] = [from.number(), from.number()];
  return {
    parent: typeof parent === 'string' ? parent : undefined,
    moves,
    changes,
    links: from.list((): IdentityLink => {
      const time = from.moment();
      const [to, messageId, sourceId, event] = [from.text(), from.text(), from.text(), from.text()];
      return { parent: to, time, messageId, sourceId, event, why: from.text() as LinkReason };
    }),
    blocked: from.list(() => {
      const time = from.moment();
      return { parent: from.text(), reason: from.text() as 'split' | 'limit', requestId: from.text(), time };
    }),
    children: from.map((): ChildReport => {
      const [moves, changes] = [from.number(), from.number()];
      const keys = from.list(() => from.text());
      const above = keys.map(() => from.number());
      return { moves, changes, keys, above, times: keys.map(() => from.momentOrNone()) };
    }),
  };
}

export const isEmptyNode = ({ parent, moves, changes, links, blocked, children }: IdentityNode): boolean =>
  parent === undefined &&
  moves === 0 &&
  changes === 0 &&
  links.length === 0 &&
  blocked.length === 0 &&
  children.size === 0;
