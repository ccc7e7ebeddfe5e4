import type { CleanEvent } from '../../schemas/event/clean-event.ts';
import type { Profile, Trait } from '../../schemas/profile.ts';
import { fits, jsonBytes, limits } from './limits.ts';
import { drop } from './new-profile.ts';

/** Time and quotes beside the name, the value and the message id. */
const ENTRY_BYTES = 30;

/**
 * Sets the traits of an identify event: the last write by event time wins, of equal times the greater message id.
 *
 * `null` unsets a trait, and so does a value above `limits.traitValueBytes`, because the older one is known to be wrong.
 */
export function applyTraits(profile: Profile, event: CleanEvent): void {
  for (const name in event.traits) applyTrait(profile, event, name, event.traits[name]);
}

function applyTrait(profile: Profile, event: CleanEvent, name: string, sent: unknown): void {
  if (!fits(name, limits.nameBytes)) {
    drop(profile, 'trait_names_too_long');
    return;
  }
  let value = sent ?? null;
  if (jsonBytes(value) > limits.traitValueBytes) {
    drop(profile, 'trait_values_too_large');
    value = null;
  }
  const before = profile.traits.get(name);
  if (before !== undefined && !isLaterTrait({ time: event.eventTime, messageId: event.messageId }, before)) return;
  if (before === undefined && profile.traits.size >= limits.traits) {
    drop(profile, 'traits_over_limit');
    return;
  }

  const { eventTime: time, messageId } = event;
  const others = profile.traitBytes - (before === undefined ? 0 : traitBytesOf(name, before));
  const full: Trait = { value, time, messageId };
  const unset: Trait = { value: null, time, messageId };
  const next = [full, unset].find((trait) => others + traitBytesOf(name, trait) <= limits.traitBytes);
  if (next !== full) drop(profile, 'traits_over_limit');
  if (next === undefined) {
    profile.traits.delete(name);
    profile.traitBytes = others;
    return;
  }
  profile.traits.set(name, next);
  profile.traitBytes = others + traitBytesOf(name, next);
}

export const isLaterTrait = (one: Pick<Trait, 'time' | 'messageId'>, other: Trait): boolean =>
  one.time > other.time || (one.time === other.time && one.messageId > other.messageId);

/** What a trait takes of `limits.traitBytes`. */
export const traitBytesOf = (name: string, { value, messageId }: Trait) =>
  jsonBytes(name) + jsonBytes(value) + jsonBytes(messageId) + ENTRY_BYTES;
