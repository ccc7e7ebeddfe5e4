import type { CleanEvent } from '../../../../schemas/event/clean-event.ts';
import type { Profile } from '../../../../schemas/profile.ts';
import type { SegmentDefinition } from '../../../../schemas/segment/definition.ts';
import { apply } from '../../../../shared/profile/apply.ts';
import { mergeProfiles } from '../../../../shared/profile/merge.ts';
import { newAudience } from '../../../../shared/segments/audience.ts';
import { compileCatalog, mergeTracks, pruneTracks, trackEvent } from '../../../../shared/segments/compile-catalog.ts';
import { evaluate } from '../../../../shared/segments/evaluate.ts';
import type { Tracks } from '../../../../shared/segments/tracks.ts';
import type { History } from './arbitrary-history.ts';

/** Says which memberships a person has as of a moment, as the running system finds them out. */
export type Realtime = (history: History, asOf: number) => ReadonlySet<string>;

/** The running system with these definitions: events fold into the part of their key, parts merge into the person. */
export function realtime(definitions: readonly SegmentDefinition[]): Realtime {
  const catalog = compileCatalog(definitions.map((each) => ({ id: each.id, live: { ...each, version: 1 } })));
  return ({ home, events }, asOf) => {
    const profiles = new Map<string, Profile>();
    const tracks = new Map<string, Tracks>();
    for (const event of withoutRepeats(events)) {
      const key = event.profileKey;
      const ofKey: Tracks = tracks.get(key) ?? new Map();
      profiles.set(key, apply(profiles.get(key), event));
      trackEvent(catalog, ofKey, event);
      tracks.set(key, ofKey);
    }
    for (const ofKey of tracks.values()) pruneTracks(catalog, ofKey, asOf);
    const profile = mergeProfiles(home, [...profiles.values()]);
    const person = { key: home, profile, tracks: mergeTracks(catalog, [...tracks.values()]) };
    const audience = newAudience();
    evaluate(catalog, person, audience, asOf, { type: 'time', time: asOf });
    return new Set(audience.memberships.keys());
  };
}

/** A message counts once for a source and key. */
export function withoutRepeats(events: readonly CleanEvent[]): CleanEvent[] {
  const first = new Map<string, CleanEvent>();
  for (const event of events) {
    const id = JSON.stringify([event.sourceId, event.profileKey, event.messageId]);
    if (!first.has(id)) first.set(id, event);
  }
  return [...first.values()];
}
