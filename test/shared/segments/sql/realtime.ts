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
    const parts = new Map<string, { profile?: Profile; tracks: Tracks }>();
    for (const event of withoutRepeats(events)) {
      const part = parts.get(event.profileKey) ?? { tracks: new Map() };
      part.profile = apply(part.profile, event);
      trackEvent(catalog, part.tracks, event);
      parts.set(event.profileKey, part);
    }
    for (const { tracks } of parts.values()) pruneTracks(catalog, tracks, asOf);
    const person = {
      key: home,
      profile: mergeProfiles(home, Array.from(parts.values(), ({ profile }) => profile as Profile)),
      tracks: mergeTracks(
        catalog,
        Array.from(parts.values(), ({ tracks }) => tracks),
      ),
    };
    const audience = newAudience();
    evaluate(catalog, person, audience, asOf, { type: 'time', time: asOf });
    return new Set(audience.memberships.keys());
  };
}

/** A message counts once for a source and key. */
function withoutRepeats(events: readonly CleanEvent[]): CleanEvent[] {
  const first = new Map<string, CleanEvent>();
  for (const event of events) {
    const id = JSON.stringify([event.sourceId, event.profileKey, event.messageId]);
    if (!first.has(id)) first.set(id, event);
  }
  return [...first.values()];
}
