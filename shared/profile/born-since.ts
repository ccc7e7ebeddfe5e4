import type { IdentityNode } from '../../schemas/identity.ts';
import type { Profile } from '../../schemas/profile.ts';

/**
 * Whether all that is known of a key happened since a moment (milliseconds since 1970): then an erasure of that moment has
 * nothing to do with it, and its word comes late.
 */
export function isBornSince(at: number, profile: Profile | undefined, { links, children }: IdentityNode): boolean {
  if (profile === undefined && links.length === 0 && children.size === 0) return false;
  const reported = [...children.values()].flatMap(({ times }) => times);
  const times = [...(profile === undefined ? [] : [profile.firstSeen]), ...links.map(({ time }) => time), ...reported];
  return times.every((time) => time >= at);
}
