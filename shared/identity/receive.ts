import type { ChildReport, IdentityNode, PartReport } from '../../schemas/identity.ts';
import type { Cause, IdentityChange, Key, LinkRecord, PartRecord, UnlinkRecord } from '../../schemas/stream/control.ts';
import { withoutKeys } from './forget.ts';
import { mayLink } from './keys.ts';
import { limits } from './limits.ts';
import { addBlock, addLink, bestLink } from './links.ts';
import { placeOf } from './place.ts';
import { keysOf, reportOf, subtreeOf } from './subtree.ts';
import { refuseSurplus } from './surplus.ts';

export type IdentityRecord = LinkRecord | UnlinkRecord | PartRecord;

/** What came of a record. */
export interface Step {
  /** The same object when nothing changed: then there is nothing to write. */
  readonly node: IdentityNode;
  /** To publish once the node is written. */
  readonly out: readonly (UnlinkRecord | PartReport)[];
  /** The key got another parent, or none. */
  readonly moved: IdentityChange | undefined;
  /** Whether the key stands for a person, before and after. */
  readonly wasHome: boolean;
  readonly isHome: boolean;
  /** Whether what belongs to the key's subtree, or a part of it, is another now: a home evaluates. */
  readonly touched: boolean;
  readonly cause: Cause;
}

export const emptyNode: IdentityNode = {
  links: [],
  blocked: [],
  parent: undefined,
  moves: 0,
  changes: 0,
  children: new Map(),
};

/**
 * Takes a record that is addressed to a key: a link and an unlink to their child, a part to its `to`.
 *
 * The protocol, in plain words. Each key decides alone who its parent is, by its own links and by what its children say
 * of their subtrees, and by nothing that depends on the order in which those came. It tells its parent its whole subtree
 * whenever that or a part in it changes, and it tells a parent that it leaves. A report says all, so that only a child's
 * newest one counts; older ones that come again are known by their number. Therefore records may come late, doubled or
 * in any order: once the newest have arrived, each key hangs where the links say, and each home knows exactly the keys
 * below it.
 *
 * Numbers go by `arrivedAt`, the arrival of the record at the stream in milliseconds since 1970: `changes` by milliseconds,
 * `moves` by minutes, which the lake's 32 bits hold. So they go on growing where a key has lost count: because its item went
 * back to a moment and batches are cut differently when the stream is read again, or because it was forgotten altogether.
 * Others remember numbers of the time before.
 */
export function receive(node: IdentityNode, key: Key, record: IdentityRecord, arrivedAt: number): Step {
  switch (record.kind) {
    case 'link':
      return record.child === key ? takeLink(node, key, record, arrivedAt) : unchanged(node, causeOf(record));
    case 'unlink':
      return record.child === key ? takeUnlink(node, key, record, arrivedAt) : unchanged(node, causeOf(record));
    case 'part':
      return record.to === key ? takeReport(node, key, record, arrivedAt) : unchanged(node, record.cause);
  }
}

/** Tells the parent that the key's own part has changed. A home has nobody to tell. */
export function partChanged(node: IdentityNode, key: Key, cause: Cause, arrivedAt: number): Step {
  return settle(node, node, key, { cause, arrivedAt, touched: true });
}

/** Forgets keys of a person who was erased, and tells them nothing. */
export function forgetKeys(
  node: IdentityNode,
  key: Key,
  gone: ReadonlySet<Key>,
  cause: Cause,
  arrivedAt: number,
): Step {
  const kept = withoutKeys(node, gone);
  if (kept === node) return unchanged(node, cause);
  const touched = keysOf(kept, key).length < keysOf(node, key).length;
  const step = settle(node, kept, key, { cause, arrivedAt, touched });
  return { ...step, out: step.out.filter((record) => record.kind !== 'part' || !gone.has(record.to)) };
}

function takeLink(node: IdentityNode, key: Key, record: LinkRecord, arrivedAt: number): Step {
  const { parent, link } = record;
  const links = addLink(node.links, { parent, ...link }, key);
  const cause = causeOf(record);
  return links === node.links ? unchanged(node, cause) : settle(node, { ...node, links }, key, { cause, arrivedAt });
}

function takeUnlink(node: IdentityNode, key: Key, record: UnlinkRecord, arrivedAt: number): Step {
  const { parent, reason, requestId, time } = record;
  const blocked = addBlock(node.blocked, { parent, reason, requestId, time });
  const cause = causeOf(record);
  if (blocked === node.blocked) return unchanged(node, cause);
  return settle(node, { ...node, blocked }, key, { cause, arrivedAt, why: reason });
}

function takeReport(node: IdentityNode, key: Key, record: PartRecord, arrivedAt: number): Step {
  const { child, cause } = record;
  const known = node.children.get(child);
  const report = reportOf(record);
  if (report === undefined || !mayLink(child, key)) return unchanged(node, cause);
  const isPresent = report.keys.length > 0;
  const wasPresent = known !== undefined && known.keys.length > 0;
  if (known !== undefined && !isNewer(report, known))
    return isPresent && wasPresent ? toldAgain(node, key, cause) : unchanged(node, cause);
  const children = new Map(node.children);
  children.delete(child);
  children.set(child, report);
  const { node: kept, refused } = refuseSurplus({ ...node, children: forgetLeft(children) }, key, cause.time);
  const step = settle(node, kept, key, { cause, arrivedAt, touched: isPresent || wasPresent });
  return refused.length === 0 ? step : { ...step, out: [...refused, ...step.out] };
}

/**
 * A number that is known may stand for a part that was not there when it came first: where tables went back to a moment and
 * the stream is read again, reports of the first time overtake the parts that they tell of. So the person is looked at again.
 */
function toldAgain(node: IdentityNode, key: Key, cause: Cause): Step {
  const again = { ...unchanged(node, cause), touched: true };
  return node.parent === undefined ? again : { ...again, out: [reportTo(node, key, node.parent, cause)] };
}

/** Whether of what a key says one was said after the other. Moves tell where nothing else has changed. */
export const isNewer = (one: Numbers, other: Numbers): boolean =>
  one.changes > other.changes || (one.changes === other.changes && one.moves > other.moves);

type Numbers = Pick<IdentityNode, 'moves' | 'changes'>;

/** Forgets the children that left longest ago, when there are too many of them. */
function forgetLeft(children: Map<Key, ChildReport>): Map<Key, ChildReport> {
  const left = [...children].filter(([, { keys }]) => keys.length === 0);
  for (const [child] of left.slice(0, Math.max(0, left.length - limits.left))) children.delete(child);
  return children;
}

interface Reason {
  readonly cause: Cause;
  readonly arrivedAt: number;
  readonly touched?: boolean;
  readonly why?: 'split' | 'limit';
}

/** Chooses the parent anew, and tells those who must know. */
function settle(before: IdentityNode, changed: IdentityNode, key: Key, reason: Reason): Step {
  const { cause, arrivedAt, touched = false, why } = reason;
  const place = placeOf(changed, key);
  const { parent } = changed;
  const hasMoved = place?.parent !== parent;
  const wasHome = parent === undefined;
  const isHome = place === undefined;
  const hasNews = hasMoved || touched || (!isHome && place.time !== bestLink(before.links, before.blocked)?.time);
  const node: IdentityNode = {
    ...changed,
    parent: place?.parent,
    moves: hasMoved ? movesAfter(changed.moves, arrivedAt) : changed.moves,
    changes: hasMoved || (hasNews && !isHome) ? numberAfter(changed.changes, arrivedAt) : changed.changes,
  };
  const out: PartReport[] = [];
  if (hasMoved && parent !== undefined) out.push(farewell(node, key, parent, cause));
  if (hasNews && !isHome) out.push(reportTo(node, key, place.parent, cause));
  const moved: IdentityChange | undefined = hasMoved
    ? {
        profileKey: key,
        parentKey: place?.parent ?? null,
        moves: node.moves,
        time: cause.time,
        ...(place === undefined ? why !== undefined && { why } : { why: place.why, messageId: place.messageId }),
      }
    : undefined;
  const isSame = changed === before && !hasMoved && node.changes === changed.changes;
  return { node: isSame ? before : node, out, moved, wasHome, isHome, touched: touched || hasMoved, cause };
}

/** Number of a change of the parent, after the one before. */
export const movesAfter = (before: number, arrivedAt: number): number =>
  numberAfter(before, Math.floor(arrivedAt / 60_000));

/** Greater than the number before, even if this arrived before what that went by: another shard may be ahead. */
const numberAfter = (before: number, arrivedAt: number): number => Math.max(before + 1, arrivedAt);

const unchanged = (node: IdentityNode, cause: Cause): Step => ({
  node,
  out: [],
  moved: undefined,
  wasHome: node.parent === undefined,
  isHome: node.parent === undefined,
  touched: false,
  cause,
});

function reportTo(node: IdentityNode, key: Key, to: Key, cause: Cause): PartReport {
  const { moves, changes } = node;
  return { v: 1, kind: 'part', to, child: key, moves, changes, ...subtreeOf(node, key), path: [], cause };
}

function farewell(node: IdentityNode, key: Key, to: Key, cause: Cause): PartReport {
  const { moves, changes } = node;
  const nothing = { keys: [], above: [], times: [], path: [] };
  return { v: 1, kind: 'part', to, child: key, moves, changes, ...nothing, cause: { ...cause, type: 'split' } };
}

/** What a link or an unlink is to those whose segments change by it. */
function causeOf(record: LinkRecord | UnlinkRecord): Cause {
  if (record.kind === 'unlink') return { type: 'split', time: record.time };
  const { messageId, event, time } = record.link;
  return { type: 'merge', messageId, event, time };
}
