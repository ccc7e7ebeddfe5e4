import type { Key } from '../../schemas/stream/control.ts';
import { knowsAny } from '../identity/forget.ts';
import type { FoldedProfile } from '../profile/folded-profile.ts';

/** Whether the item of somebody else names keys of a person who was erased. */
export function namesAny({ identity, profile, outbox }: FoldedProfile, keys: ReadonlySet<Key>): boolean {
  if (knowsAny(identity, keys)) return true;
  const anonymous = [...(profile?.anonymousIds.keys() ?? [])];
  if (anonymous.some((id) => keys.has(`anonymous:${id}`))) return true;
  if (outbox === undefined) return false;
  const said = JSON.stringify(outbox.records);
  return [...keys].some((key) => said.includes(JSON.stringify(key)));
}
