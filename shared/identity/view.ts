import type { IdentityLink, IdentityNode, IdentityView, LinkState } from '../../schemas/identity.ts';
import type { Key } from '../../schemas/stream/control.ts';
import { compareTexts, kindOf } from './keys.ts';
import { bestLink, isBlockedParent } from './links.ts';

/** What is known of one key of a person. */
export interface KeyPart {
  readonly key: Key;
  readonly node: IdentityNode;
  readonly eventCount: number;
  /** Milliseconds since 1970; undefined for a key without events. */
  readonly firstSeen?: number | undefined;
  readonly lastSeen?: number | undefined;
}

/** The identity of a person as the API shows it; `parts` are those of all its keys, `home` among them. */
export function identityView(profileId: string, home: Key, parts: readonly KeyPart[]): IdentityView {
  const inOrder = [...parts].sort(
    (one, other) => Number(other.key === home) - Number(one.key === home) || compareTexts(one.key, other.key),
  );
  return {
    profileId,
    key: home,
    links: inOrder.flatMap(({ key, node }) =>
      node.links.map((link) => ({
        child: key,
        parent: link.parent,
        why: link.why,
        event: link.event,
        messageId: link.messageId,
        time: iso(link.time),
        state: stateOf(link, node),
      })),
    ),
    keys: inOrder.map(({ key, eventCount, firstSeen, lastSeen }) => ({
      key,
      kind: kindOf(key),
      eventCount,
      firstSeen: isoOrNull(firstSeen),
      lastSeen: isoOrNull(lastSeen),
    })),
  };
}

/** A key without a parent whose links aren't all blocked is the home of a ring: its best link is left out. */
function stateOf(link: IdentityLink, node: IdentityNode): LinkState {
  if (isBlockedParent(node.blocked, link.parent)) return 'blocked';
  if (link !== bestLink(node.links, node.blocked)) return 'outranked';
  return node.parent === link.parent ? 'active' : 'cycle';
}

const iso = (time: number): string => new Date(time).toISOString();
const isoOrNull = (time: number | undefined): string | null => (time === undefined ? null : iso(time));
