import type { IdentityNode } from '../../schemas/identity.ts';
import type { LinkRecord, PartRecord, UnlinkRecord } from '../../schemas/stream/control.ts';
import type { Step } from '../identity/receive.ts';

/**
 * Whether a home has learned nothing but that a part has changed: that need not be kept, since a report that comes again
 * does no more than have the person evaluated again.
 */
export function isOnlyNews(node: IdentityNode, step: Step, record: LinkRecord | UnlinkRecord | PartRecord): boolean {
  if (record.kind !== 'part' || !step.wasHome || !step.isHome || step.out.length > 0) return false;
  const [before, after] = [node.children.get(record.child), step.node.children.get(record.child)];
  if (before === undefined || after === undefined || before.moves !== after.moves) return false;
  const isSame = (name: 'keys' | 'above' | 'times') =>
    before[name].length === after[name].length && before[name].every((value, at) => value === after[name][at]);
  return isSame('keys') && isSame('above') && isSame('times');
}
