import type { CleanEvent } from '../../schemas/event/clean-event.ts';
import type { Profile } from '../../schemas/profile.ts';
import { applyAffinities } from './affinities.ts';
import { copyProfile } from './compact.ts';
import { applyConsent } from './consent.ts';
import { applyCounters } from './counters.ts';
import { applyDevice } from './devices.ts';
import { fits, limits } from './limits.ts';
import { newProfile } from './new-profile.ts';
import { applyOrder } from './orders.ts';
import { applyRecent } from './recent-events.ts';
import { seeAt } from './top.ts';
import { applyTouch } from './touches.ts';
import { applyTraits } from './traits.ts';

/**
 * The profile after one more event. Counts each call: telling repeats apart is `fold`'s part.
 *
 * The same set of events gives the same profile in any order, except where a bound has been reached: which of over 200
 * traits, 150 event names, 3 currencies a counter or 8 of orders came first; what an item, category, brand, device or
 * order had gathered before it was pushed out by others. Decayed weights are equal to 1 part in 10,000.
 */
export function apply(profile: Profile | undefined, event: CleanEvent): Profile {
  const next = profile === undefined ? newProfile(event.profileKey, event.eventTime) : copyProfile(profile);
  applyTo(next, event);
  return next;
}

/** As `apply`, but changes the profile given: for a batch that owns what it has just read. */
export function applyTo(profile: Profile, event: CleanEvent): void {
  const { eventTime, visit } = event;
  profile.eventCount += 1;
  if (eventTime < profile.firstSeen) profile.firstSeen = eventTime;
  if (eventTime > profile.lastSeen) profile.lastSeen = eventTime;
  if (event.anonymousId !== undefined && fits(event.anonymousId, limits.idBytes)) {
    seeAt(profile.anonymousIds, event.anonymousId, eventTime, limits.anonymousIds);
  }
  if (event.type === 'identify') applyTraits(profile, event);
  applyConsent(profile, event);
  if (event.type === 'group' && event.groupId !== undefined && fits(event.groupId, limits.nameBytes)) {
    seeAt(profile.groups, event.groupId, eventTime, limits.groups);
  }
  applyCounters(profile, event);
  applyOrder(profile, event);
  applyDevice(profile, event);
  applyRecent(profile.recent, event);
  if (visit.isBot) {
    profile.botEventCount += 1;
  } else {
    applyAffinities(profile, event);
    applyTouch(profile, event);
  }
}
