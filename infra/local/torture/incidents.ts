import type { Random } from '../demo/random.ts';
import type { Reshard } from './reshard.ts';

/** Something that befalls the whole at a point of the run. */
export type Incident =
  | { readonly kind: 'restart'; readonly signal: 'SIGKILL' | 'SIGTERM' }
  /** The runtime is killed, and midnight is over when it is back. */
  | { readonly kind: 'midnight' }
  | { readonly kind: Reshard }
  /** A record that holds no JSON is put on the stream by another producer. */
  | { readonly kind: 'unreadable record' };

export interface PlannedIncident {
  /** When this share of the events is acknowledged. */
  readonly at: number;
  readonly incident: Incident;
}

/** Restarts that every run has: at midnight, and when all is sent. */
export const LEAST_RESTARTS = 2;

/** What happens when: splits and merges by turns, midnight, further restarts by turns with warning and without, and unreadable records. */
export function planIncidents(random: Random, restarts: number): PlannedIncident[] {
  const spread = (incidents: readonly Incident[]): PlannedIncident[] =>
    incidents.map((incident, place) => ({
      at: (place + random.between(0.2, 0.8)) / Math.max(1, incidents.length),
      incident,
    }));
  const reshards: Incident[] = (['split', 'merge', 'split', 'merge'] as const).map((kind) => ({ kind }));
  const ends: Incident[] = Array.from({ length: restarts - LEAST_RESTARTS }, (_, nth) => {
    return { kind: 'restart', signal: nth % 2 === 0 ? 'SIGTERM' : 'SIGKILL' };
  });
  const unreadable: Incident[] = Array.from({ length: 5 }, () => ({ kind: 'unreadable record' }));
  const midnight: PlannedIncident = { at: random.between(0.35, 0.55), incident: { kind: 'midnight' } };
  return [...spread(reshards), ...spread(ends), ...spread(unreadable), midnight].sort(
    (one, other) => one.at - other.at,
  );
}
