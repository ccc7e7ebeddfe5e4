import type { IdentityView } from '../../schemas/identity.ts';
import type { ProfileView } from '../../schemas/profile.ts';
import { idWithin, keyWithin } from '../../shared/identity/spaces.ts';

/** A profile as who is limited to its space sees it: with the ids that the space's own sources sent. */
export function viewWithin(space: string | undefined, view: ProfileView): ProfileView {
  if (space === undefined) return view;
  const { userId, anonymousIds, computed } = view;
  const groups = computed.groups.map((group) => ({ ...group, groupId: idWithin(space, group.groupId) }));
  return {
    ...view,
    userId: userId === null ? null : idWithin(space, userId),
    anonymousIds: anonymousIds.map((id) => idWithin(space, id)),
    computed: { ...computed, groups },
  };
}

/** The same of an identity. */
export function identityWithin(space: string | undefined, view: IdentityView): IdentityView {
  if (space === undefined) return view;
  const { key, keys, links } = view;
  return {
    ...view,
    key: keyWithin(space, key),
    keys: keys.map((each) => ({ ...each, key: keyWithin(space, each.key) })),
    links: links.map((link) => ({
      ...link,
      child: keyWithin(space, link.child),
      parent: keyWithin(space, link.parent),
    })),
  };
}
