import type { Random } from '../demo/random.ts';
import type { Reshard } from './reshard.ts';

/** Something that befalls the whole at a point of the run. */
export type Incident =
  | { readonly kind: 'restart'; readonly signal: 'SIGKILL' | 'SIGTERM' }
  | { readonly kind: Reshard }
  /** A record that holds no JSON is put on the stream by another producer. */
  | { readonly kind: 'unreadable record' };

export interface PlannedIncident {
  /** When this share of the events is acknowledged. */
  readonly at: number;
  readonly incident: Incident;
}

/** What happens when: splits and merges by turns, restarts by turns without and with warning, and unreadable records. */
export function planIncidents(random: Random, restarts: number): PlannedIncident[] {
  const spread = (incidents: readonly Incident[]): PlannedIncident[] =>
    incidents.map((incident, place) => ({
      at: (place + random.between(0.2, 0.8)) / Math.max(1, incidents.length),
      incident,
    }));
  const reshards: Incident[] = (['split', 'merge', 'split', 'merge'] as const).map((kind) => ({ kind }));
  const ends: Incident[] = Array.from({ length: restarts }, (_, nth) => {
    return { kind: 'restart', signal: nth % 2 === 0 ? 'SIGKILL' : 'SIGTERM' };
  });
  const unreadable: Incident[] = Array.from({ length: 5 }, () => ({ kind: 'unreadable record' }));
  return [...spread(reshards), ...spread(ends), ...spread(unreadable)].sort((one, other) => one.at - other.at);
}
