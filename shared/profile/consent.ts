import type { CleanEvent } from '../../schemas/event/clean-event.ts';
import type { ConsentChoice, Profile } from '../../schemas/profile.ts';
import { fits, limits } from './limits.ts';
import { drop } from './new-profile.ts';

/**
 * Notes what an event of any type says of consent, as Segment's SDKs send it: `context.consent.categoryPreferences`,
 * booleans by purpose. The last choice by event time holds, of equal times the one of the greater message id.
 */
export function applyConsent(profile: Profile, event: CleanEvent): void {
  const preferences = preferencesOf(event.context);
  if (preferences === undefined) return;
  const { eventTime: time, messageId } = event;
  for (const [purpose, granted] of Object.entries(preferences)) {
    if (typeof granted !== 'boolean') continue;
    const before = profile.consent.get(purpose);
    if (before === undefined && (profile.consent.size >= limits.purposes || !fits(purpose, limits.nameBytes))) {
      drop(profile, 'purposes_over_limit');
      continue;
    }
    const choice: ConsentChoice = { granted, time, messageId };
    if (before === undefined || isLaterChoice(choice, before)) profile.consent.set(purpose, choice);
  }
}

export const isLaterChoice = (one: ConsentChoice, other: ConsentChoice): boolean =>
  one.time > other.time || (one.time === other.time && one.messageId > other.messageId);

function preferencesOf({ consent }: CleanEvent['context']): object | undefined {
  if (typeof consent !== 'object' || consent === null) return undefined;
  const preferences: unknown = (consent as Record<string, unknown>).categoryPreferences;
  return typeof preferences === 'object' && preferences !== null && !Array.isArray(preferences)
    ? preferences
    : undefined;
}
