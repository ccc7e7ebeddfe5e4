import type { VisitEvent } from './visit-event.ts';
import { inOrder, type VisitPart, visitRows } from './visit-part.ts';

/** A visit ends with so much time without an event. */
const BREAK_MS = 1_800_000;
const DAY_MS = 86_400_000;

/**
 * Gathers the events of a day of arrival, which come by profile and time, into parts of visits: events of a profile
 * without a break of half an hour. At midnight a part ends, so that it is of one date.
 */
export class VisitGatherer {
  #open: VisitEvent[] = [];

  /** Takes the next event; answers the rows of the part that ended with the one before. */
  add(event: VisitEvent): VisitPart[] {
    const last = this.#open.at(-1);
    const goesOn =
      last !== undefined &&
      last.profile_key === event.profile_key &&
      event.event_time - last.event_time < BREAK_MS &&
      Math.floor(last.event_time / DAY_MS) === Math.floor(event.event_time / DAY_MS);
    const ended = goesOn ? [] : this.end();
    this.#open.push(event);
    return ended;
  }

  /** The rows of the part that is open, after the last event. */
  end(): VisitPart[] {
    if (this.#open.length === 0) return [];
    const rows = visitRows(this.#open.sort(inOrder));
    this.#open = [];
    return rows;
  }
}
