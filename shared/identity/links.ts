import type { BlockedParent, IdentityLink } from '../../schemas/identity.ts';
import type { Key } from '../../schemas/stream/control.ts';
import { compareKinds, compareTexts, isUser, mayLink } from './keys.ts';
import { limits } from './limits.ts';

type Compare = (one: IdentityLink, other: IdentityLink) => number;

const byTime: Compare = (one, other) => one.time - other.time || compareTexts(one.messageId, other.messageId);

/**
 * Which of a child's links decides whose it is; the best sorts first.
 *
 * The better kind of parent wins: a user before an external id. Among equals the earliest wins for anonymous and external
 * ids: who identified first on a shared device owns what happened on it before, and an e-mail address stays with the
 * first account that named it. For users the latest wins: an alias renames, and the newest name holds.
 */
function rankingOf(child: Key): Compare {
  const time: Compare = isUser(child) ? (one, other) => byTime(other, one) : byTime;
  return (one, other) =>
    compareKinds(one.parent, other.parent) || time(one, other) || compareTexts(one.parent, other.parent);
}

/**
 * The links with one more, the best first: the better one of each parent, and no more parents than the limit. Whatever
 * order they came in, the outcome is the same. Returns `links` itself when the new one changes nothing.
 */
export function addLink(links: readonly IdentityLink[], link: IdentityLink, child: Key): readonly IdentityLink[] {
  if (!mayLink(child, link.parent)) return links;
  const compare = rankingOf(child);
  const known = links.find(({ parent }) => parent === link.parent);
  if (known !== undefined && compare(known, link) <= 0) return links;
  const next = [...links.filter((other) => other !== known), link].sort(compare).slice(0, limits.links);
  return next.includes(link) ? next : links;
}

/** The link that a child would follow if there were no rings: its best one whose parent isn't blocked. */
export const bestLink = (links: readonly IdentityLink[], blocked: readonly BlockedParent[]): IdentityLink | undefined =>
  links.find(({ parent }) => !isBlockedParent(blocked, parent));

export const isBlockedParent = (blocked: readonly BlockedParent[], parent: Key): boolean =>
  blocked.some((other) => other.parent === parent);

/**
 * The blocked parents with one more. One decision a parent is kept: a person's before a limit's, then the earlier one. A
 * block holds for all links to that parent, earlier and later ones. Returns `blocked` itself when nothing changes.
 */
export function addBlock(blocked: readonly BlockedParent[], block: BlockedParent): readonly BlockedParent[] {
  const known = blocked.find(({ parent }) => parent === block.parent);
  if (known !== undefined && compareBlocks(known, block) <= 0) return blocked;
  const next = [...blocked.filter((other) => other !== known), block].sort(
    (one, other) => compareReasons(one, other) || other.time - one.time || compareTexts(one.parent, other.parent),
  );
  return next.slice(0, limits.blocked);
}

const compareReasons = (one: BlockedParent, other: BlockedParent): number =>
  Number(one.reason === 'limit') - Number(other.reason === 'limit');

const compareBlocks = (one: BlockedParent, other: BlockedParent): number =>
  compareReasons(one, other) || one.time - other.time || compareTexts(one.requestId, other.requestId);
