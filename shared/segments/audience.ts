import type { Cause } from '../../schemas/stream/control.ts';

export interface Membership {
  /** Version of the definition by which the person is a member. */
  readonly version: number;
  /** When the person entered, in milliseconds since 1970. */
  readonly since: number;
  /** Number of the transition by which the person entered. */
  readonly n: number;
}

/** Which segments a person is in, and when that must be looked at again. */
export interface Audience {
  /** By segment id, or `<id>:<value>` of a segment that tags. */
  memberships: Map<string, Membership>;
  /** Number of the latest transition, 0 before the first. */
  transitions: number;
  /** The moment as of which memberships hold; 0 before the first evaluation. Never goes back. */
  evaluatedAt: number;
  /** Before this moment no membership changes without an event; 0 when none ever does. */
  due: number;
  /** The due time that the due index knows of, 0 for none. */
  armed: number;
  /** `<segment id>@<version>` of pending definitions whose history this person's tracks hold. */
  ready: Set<string>;
}

/** A person entered or left a segment: a transition but for what names the person. */
export interface MembershipChange {
  readonly n: number;
  readonly segmentId: string;
  readonly version: number;
  readonly to: 'entered' | 'exited';
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly cause: Cause;
}

/** The audience of a person that was never evaluated. */
export const newAudience = (): Audience => ({
  memberships: new Map(),
  transitions: 0,
  evaluatedAt: 0,
  due: 0,
  armed: 0,
  ready: new Set(),
});
