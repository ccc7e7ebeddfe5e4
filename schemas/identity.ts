import * as z from 'zod';
import type { Key, LinkFact, PartRecord } from './stream/control.ts';

/** A parent that an event named for a key: of one parent, only the link that counts is kept. */
export interface IdentityLink extends LinkFact {
  readonly parent: Key;
}

/** A parent that a key must not have, whatever events say. */
export interface BlockedParent {
  readonly parent: Key;
  readonly reason: 'split' | 'limit';
  readonly requestId: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** A key and all below it, as three arrays of equal length; the key itself comes first, each parent before its children. */
export interface Subtree {
  readonly keys: readonly Key[];
  /** Index of each key's parent in `keys`; -1 for the first. */
  readonly above: readonly number[];
  /** Time of the link by which each key has its parent, milliseconds since 1970; 0 for a first key without one. */
  readonly times: readonly number[];
}

/** The newest that a child has said of itself; no keys when it has left: what was sent before it left may come again. */
export interface ChildReport extends Subtree {
  readonly moves: number;
  readonly changes: number;
}

/** A `part` record with the shape of the subtree, without which a ring of keys could not be told from a tree. */
export interface PartReport extends PartRecord, Subtree {
  readonly keys: readonly Key[];
}

/** A key's place among the keys of its person: plain values, replaced and never changed. */
export interface IdentityNode {
  /** Who the parent may be, the best first. */
  readonly links: readonly IdentityLink[];
  readonly blocked: readonly BlockedParent[];
  /** Undefined for the home of a person. */
  readonly parent: Key | undefined;
  /** Grows when `parent` changes: when that arrived, minutes since 1970; 0 while it never has. */
  readonly moves: number;
  /** Grows when the parent, the part or the subtree changes: when that arrived, milliseconds since 1970. */
  readonly changes: number;
  /** In the order of their latest news, which a codec must keep. */
  readonly children: ReadonlyMap<Key, ChildReport>;
}

const isoTime = z.iso.datetime();
const key = z.string().describe('`user:<id>`, `anonymous:<id>`, `email:<address>`, `phone:<number>` or `<kind>:<id>`.');

export const linkStates = {
  active: 'It decides whose the child is.',
  outranked: 'Another link of the child ranks before it.',
  blocked: 'The two were split, or the person had too many keys.',
  cycle: 'It is left out, because it would close a ring of aliases and is the earliest of them.',
} as const;
export type LinkState = keyof typeof linkStates;

/** The keys of a person, and the links that joined them, as the API shows them. */
export const identityView = z.object({
  profileId: z.string(),
  key: key.describe('The key that stands for the person.'),
  links: z.array(
    z.object({
      child: key,
      parent: key,
      why: z.enum(['identify', 'alias', 'trait', 'externalId']),
      event: z.string().describe('Name of the event that said so.'),
      messageId: z.string(),
      time: isoTime,
      state: z.enum(Object.keys(linkStates) as [LinkState, ...LinkState[]]),
    }),
  ),
  keys: z.array(
    z.object({
      key,
      kind: z.string().describe('`user`, `anonymous`, `email`, `phone` or the name of a trait or external id.'),
      eventCount: z.number().int().nonnegative(),
      firstSeen: isoTime.nullable(),
      lastSeen: isoTime.nullable(),
    }),
  ),
});
export type IdentityView = z.infer<typeof identityView>;
