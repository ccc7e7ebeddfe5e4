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
  /** Days before the end of the month. */
  readonly daysAgo: number;
  /** Its place in the visit. */
  readonly part: number;
  readonly events: number;
}

export const requestsPerVisit = ({ requestsOfVisit }: Traffic): number =>
  requestsOfVisit.reduce((sum, share, index) => sum + share * (index + 1), 0);

/**
 * Requests of a scaled-down month, in the order of sending: as many people as the events allow, each with all visits of a
 * month. A person's requests lie far apart, as they do among many people, so that two of them rarely share a batch.
 */
export function sampleRequests(traffic: Traffic, events: number): SampleRequest[] {
  const { eventsPerRequest, visitsPerPerson, knownShare } = traffic;
  const total = Math.round(events / eventsPerRequest);
  const people = Math.max(1, Math.round(total / (visitsPerPerson * requestsPerVisit(traffic))));
  const requests: SampleRequest[] = [];
  for (let visit = 0; requests.length < total; visit += 1) {
    const daysAgo = (Math.max(0, visitsPerPerson - 1 - visit) * 30) / visitsPerPerson;
    const lengths = Array.from({ length: people }, (_, person) => lengthOf(traffic, person, visit));
    for (let part = 0; part < traffic.requestsOfVisit.length; part += 1) {
      for (const [person, length] of lengths.entries()) {
        if (part >= length || requests.length === total) continue;
        const isKnown = fraction(person, 7) < knownShare && (visit > 0 || part === length - 1);
        requests.push({ person, isKnown, visit, daysAgo, part, events: eventsPerRequest });
      }
    }
  }
  return requests;
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
