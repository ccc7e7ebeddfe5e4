import type { CleanEvent } from '../../schemas/event/clean-event.ts';
import type { Cause, TrackRow } from '../../schemas/stream/control.ts';
import type { Audience, MembershipChange } from '../segments/audience.ts';
import type { Person } from '../segments/person.ts';
import type { Tracks } from '../segments/tracks.ts';

/** What the fold needs of a catalog of segments. */
export interface SegmentRules {
  /** `<segment id>@<version>` of each definition that waits for its backfill. */
  readonly pending: readonly string[];
  /** Adds the rows of an event, and says whether there were any. */
  trackEvent(tracks: Tracks, event: CleanEvent): boolean;
  /** Adds rows that the lake knows, and says whether any was new. */
  addRows(tracks: Tracks, rows: Readonly<Record<string, readonly TrackRow[]>>): boolean;
  /** Tracks of several parts together, sharing nothing that may change with them. */
  mergeTracks(parts: readonly Tracks[]): Tracks;
  /** Removes rows that no definition needs as of a moment, and what is above the limits; answers how many those cost. */
  pruneTracks(tracks: Tracks, asOf: number): number;
  /**
   * Brings memberships up to `asOf`, in place, with the next `due`, and gives what has changed. `event` is what alone has
   * been new since the last evaluation, undefined when that may be anything.
   */
  evaluate(
    person: Person,
    audience: Audience,
    asOf: number,
    cause: Cause,
    event?: CleanEvent,
  ): readonly MembershipChange[];
}
