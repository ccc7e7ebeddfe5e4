import type { IdentityNode } from '../../schemas/identity.ts';
import type { Profile } from '../../schemas/profile.ts';
import { emptyNode } from '../identity/receive.ts';
import { type Audience, newAudience } from '../segments/audience.ts';
import type { Tracks } from '../segments/tracks.ts';
import type { Outbox } from '../stream/outbox.ts';
import { isEmptyNode } from './identity-cells.ts';
import { type Ledger, newLedger } from './ledger.ts';

/** What the item of a key holds: the key's own part of a person, and its place among the person's keys. */
export interface FoldedProfile {
  /** The fold of the key's own events; undefined for a key without any, such as an e-mail address. */
  readonly profile?: Profile | undefined;
  readonly ledger: Ledger;
  /** Rows of the key's own events. */
  readonly tracks: Tracks;
  readonly identity: IdentityNode;
  /** Of the person whose home the key is; of another key it has nothing but `ready`. */
  readonly audience: Audience;
  /** What the last write had to say to the stream; undefined if that was nothing. */
  readonly outbox?: Outbox | undefined;
}

type Held = Pick<FoldedProfile, 'profile' | 'tracks' | 'identity' | 'audience'>;

const hasNobody = ({ profile, tracks, audience }: Held): boolean =>
  profile === undefined && tracks.size === 0 && audience.memberships.size === 0;

/** Whether nothing is held, as after an erasure. */
export const isNothing = (held: Held): boolean => hasNobody(held) && isEmptyNode(held.identity);

/** Whether a key without events is nobody's any more: it has no parent, and all keys below it have left. */
export const isNobodys = (held: Held): boolean => {
  const { parent, links, blocked, children } = held.identity;
  const stands = parent !== undefined || links.length > 0 || blocked.length > 0;
  return hasNobody(held) && !stands && [...children.values()].every(({ keys }) => keys.length === 0);
};

/** The state of a key before anything has reached it. */
export const newFoldedProfile = (): FoldedProfile => ({
  ledger: newLedger(),
  tracks: new Map(),
  identity: emptyNode,
  audience: newAudience(),
});
