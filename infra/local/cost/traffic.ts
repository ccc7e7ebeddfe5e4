/** What a month looks like: how people come, and how their events are sent. */
export interface Traffic {
  readonly name: ProfileName;
  /** Events a month, spread evenly: the dearest case for batches. */
  readonly events: number;
  /** Events of one request, all of one visitor, as an SDK batches them. */
  readonly eventsPerRequest: number;
  /** How many visits have one request, two, three and so on, as shares of 1. */
  readonly requestsOfVisit: readonly number[];
  /** Visits of a person in a month. */
  readonly visitsPerPerson: number;
  /** Share of people who log in on their second request, or first one where there is none. */
  readonly knownShare: number;
}

export const profileNames = ['small', 'medium', 'large'] as const;
export type ProfileName = (typeof profileNames)[number];

/** A month of a shop that begins, one that is established, and a large one: people stay longer and come back more often. */
export const profiles: Readonly<Record<ProfileName, Traffic>> = {
  small: {
    name: 'small',
    events: 1_000_000,
    eventsPerRequest: 10,
    requestsOfVisit: [0.7, 0.25, 0.05],
    visitsPerPerson: 2,
    knownShare: 0.1,
  },
  medium: {
    name: 'medium',
    events: 30_000_000,
    eventsPerRequest: 10,
    requestsOfVisit: [0.55, 0.3, 0.15],
    visitsPerPerson: 3,
    knownShare: 0.2,
  },
  large: {
    name: 'large',
    events: 500_000_000,
    eventsPerRequest: 10,
    requestsOfVisit: [0.4, 0.35, 0.25],
    visitsPerPerson: 4,
    knownShare: 0.3,
  },
};

/** One request of the sample. */
export interface SampleRequest {
  readonly person: number;
  /** Logged in from this request on. */
  readonly isKnown: boolean;
  readonly visit: number;
  /** Its place in the visit. */
  readonly part: number;
  /** When it comes, in seconds after the first visit of its number began. */
  readonly second: number;
  readonly events: number;
}

export const requestsPerVisit = ({ requestsOfVisit }: Traffic): number =>
  requestsOfVisit.reduce((sum, share, index) => sum + share * (index + 1), 0);

/** Seconds from one request of a visit to the next. */
export const REQUEST_GAP_SECONDS = 45;
const MONTH_SECONDS = 730 * 3600;

/**
 * Requests of a scaled-down month: as many people as the events allow, each with all visits of a month, of which all first ones
 * come before all second ones, and so on. Within these, requests come as densely as in the month: those of one visit have as
 * many others between them as arrive in the meantime.
 */
export function sampleRequests(traffic: Traffic, events: number): SampleRequest[] {
  const { eventsPerRequest, visitsPerPerson, knownShare } = traffic;
  const total = Math.round(events / eventsPerRequest);
  const people = Math.max(1, Math.round(total / (visitsPerPerson * requestsPerVisit(traffic))));
  const perSecond = traffic.events / eventsPerRequest / MONTH_SECONDS;
  const requests: SampleRequest[] = [];
  for (let visit = 0; requests.length < total; visit += 1) {
    const lengths = Array.from({ length: people }, (_, person) => lengthOf(traffic, person, visit));
    const all = lengths.reduce((sum, length) => sum + length, 0);
    const round = lengths.flatMap((length, person) =>
      Array.from({ length }, (_, part) => {
        const isKnown = fraction(person, 7) < knownShare && (visit > 0 || part === length - 1);
        const second = (fraction(person, visit + 303) * all) / perSecond + part * REQUEST_GAP_SECONDS;
        return { person, isKnown, visit, part, second, events: eventsPerRequest };
      }),
    );
    requests.push(...round.sort((one, other) => one.second - other.second));
  }
  return requests.slice(0, total);
}

function lengthOf({ requestsOfVisit }: Traffic, person: number, visit: number): number {
  let rest = fraction(person, visit + 101);
  for (const [index, share] of requestsOfVisit.entries()) {
    if (rest < share) return index + 1;
    rest -= share;
  }
  return requestsOfVisit.length;
}

/** A number from 0 to 1 that depends on both alone. */
export function fraction(one: number, other: number): number {
  let hash = Math.imul(one + 1, 0x9e3779b1) ^ Math.imul(other + 1, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}
