import type { Amounts, Counts, Ledger, ProfileTruth } from './ledger.ts';
import { type Message, profileKeyOf, type Truth } from './message.ts';

/** Notes whose anonymous id an identify or alias has told. No device of the demo has two people. */
export function noteIdentity(identities: Record<string, string>, message: Message, truth: Truth): void {
  const { anonymousId, previousId } = message.body as { anonymousId?: string; previousId?: string };
  const known = truth.name === 'Identify' ? anonymousId : truth.name === 'Alias' ? previousId : undefined;
  if (known !== undefined) identities[profileKeyOf({ anonymousId: known })] = truth.profileKey;
}

/** What came under all the keys of each person, by the key of the person. */
export function personsOf({ profiles, identities }: Ledger): Record<string, ProfileTruth> {
  const persons: Record<string, ProfileTruth> = {};
  for (const [key, truth] of Object.entries(profiles)) {
    const person = identities[key] ?? key;
    const before = persons[person];
    persons[person] = before === undefined ? truth : together(before, truth);
  }
  return persons;
}

function together(one: ProfileTruth, other: ProfileTruth): ProfileTruth {
  const seen = (name: 'firstSeen' | 'lastSeen') => [one[name], other[name]].filter((at) => at !== null).toSorted();
  return {
    events: one.events + other.events,
    byName: sum(one.byName, other.byName),
    orders: one.orders + other.orders,
    revenue: sum(one.revenue, other.revenue),
    refunds: sum(one.refunds, other.refunds),
    firstSeen: seen('firstSeen').at(0) ?? null,
    lastSeen: seen('lastSeen').at(-1) ?? null,
  };
}

function sum(one: Counts | Amounts, other: Counts | Amounts): Record<string, number> {
  const sums = { ...one };
  for (const [name, amount] of Object.entries(other)) sums[name] = (sums[name] ?? 0) + amount;
  return sums;
}
