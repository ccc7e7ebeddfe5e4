import type { IdentityNode } from '../../schemas/identity.ts';
import type { Key } from '../../schemas/stream/control.ts';
import { isAnonymous, isUser } from '../identity/keys.ts';
import { keysOf } from '../identity/subtree.ts';
import { type Delivery, isEventDelivery } from './delivery.ts';

/** Whether events can have this key as theirs; other keys only join. */
const hasEvents = (key: Key): boolean => isUser(key) || isAnonymous(key);

/** The other keys of the person at this home that may have events. */
export function keysOfPerson(home: Key, node: IdentityNode): Key[] {
  if (node.children.size === 0) return [];
  return keysOf(node, home).filter((key) => key !== home && hasEvents(key));
}

/**
 * The keys whose parts folding these deliveries may need: those of the person, and those that reports bring along. If the key
 * has a parent and keeps it, only those that report.
 */
export function partKeysFor(key: Key, node: IdentityNode | undefined, deliveries: readonly Delivery[]): Key[] {
  const controls = deliveries.flatMap((delivery) => (isEventDelivery(delivery) ? [] : [delivery.control]));
  const frees = ({ kind }: (typeof controls)[number]) =>
    // Whose parent was erased is a home. Only users form rings, which a link or a report may break or close elsewhere.
    kind === 'unlink' || kind === 'erase' || (isUser(key) && (kind === 'link' || kind === 'part'));
  const reports = controls.filter((control) => control.kind === 'part');
  const reporting = new Set(reports.map(({ child }) => child).filter((child) => child !== key));
  if (node?.parent !== undefined && !controls.some(frees)) return [...reporting];
  const isAsked = controls.some(({ kind }) => kind === 'forget');
  const known = node === undefined ? [] : keysOf(node, key);
  const all = new Set([...known, ...reports.flatMap(({ keys }) => keys)]);
  return [...all].filter((other) => other !== key && (isAsked || hasEvents(other) || reporting.has(other)));
}
