import type { Message } from './message.ts';
import type { Curve, Person, Taste } from './people.ts';

/** What is true of a person behind the events, for identity resolution and for judging models. */
export interface PersonTruth {
  readonly personId: string;
  /** Null for someone who never logged in. */
  readonly userId: string | null;
  /** Ids of the devices that were seen. */
  readonly anonymousIds: readonly string[];
  readonly taste: Taste;
  readonly curve: Curve;
  /** The person has stopped coming: lapsed, or faded below 15 % of their activity. */
  readonly churned: boolean;
  readonly customerBefore: boolean;
  readonly visits: number;
  readonly orders: number;
  readonly lastVisitAt: string | null;
}

/** Reads off a person's messages which of their ids the shop has seen. */
export function truthOf(
  person: Person,
  life: { messages: readonly Message[]; visits: number },
  end: number,
): PersonTruth {
  const anonymousIds = new Set<string>();
  let known = false;
  let orders = 0;
  let lastVisit = 0;
  for (const { body, fate, at } of life.messages) {
    const ids = body as { userId?: string; anonymousId?: string };
    if (ids.anonymousId !== undefined) anonymousIds.add(ids.anonymousId);
    known ||= ids.userId !== undefined;
    if (fate.kind !== 'accepted') continue;
    if (fate.truth.name === 'Order Completed') orders += 1;
    if (fate.truth.origin !== 'none') lastVisit = Math.max(lastVisit, at);
  }
  return {
    personId: person.personId,
    userId: known ? person.userId : null,
    anonymousIds: [...anonymousIds],
    taste: person.taste,
    curve: person.curve,
    churned: person.activityAt(end) < 0.15,
    customerBefore: person.customerBefore,
    visits: life.visits,
    orders,
    lastVisitAt: lastVisit === 0 ? null : new Date(lastVisit).toISOString(),
  };
}
