import type { CleanEvent } from '../../schemas/event/clean-event.ts';
import type { ConsentChoice, Profile } from '../../schemas/profile.ts';
import { deniedByDefault, preferencesOf } from '../privacy/consent.ts';
import { fits, limits } from './limits.ts';
import { drop } from './new-profile.ts';

/** Denied until somebody chooses: any choice is later. */
const BY_DEFAULT: ConsentChoice = { granted: false, time: 0, messageId: '' };

/**
 * Notes what an event of any type says of consent, as Segment's SDKs send it: `context.consent.categoryPreferences`,
 * booleans by purpose. The last choice by event time holds, of equal times the one of the greater message id; what was
 * denied by default at any event is denied until there is one.
 */
export function applyConsent(profile: Profile, event: CleanEvent): void {
  for (const purpose of deniedByDefault(event.context)) {
    if (!profile.consent.has(purpose)) profile.consent.set(purpose, BY_DEFAULT);
  }
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

/** Whether consent was denied by default, and nobody chose since. */
export const isByDefault = ({ time, messageId }: ConsentChoice): boolean => time === 0 && messageId === '';
