import type { PrivacyRequest, RemovedCount } from '../../schemas/privacy.ts';
import { profileIdOf } from '../../shared/profile/new-profile.ts';
import type { LakePerson } from './lake/types.ts';
import type { ErasedPerson } from './pass.ts';

/** Who the requests ask for, one person each as far as is known. */
export const peopleOf = (requests: readonly PrivacyRequest[]): ErasedPerson[] =>
  requests.map(({ id, keys, suppress }) => ({ requestIds: [id], suppress, keys, removed: [] }));

/** Takes together who have turned out to be one person: their requests end alike. */
export function joinPeople(people: readonly ErasedPerson[]): ErasedPerson[] {
  let joined: readonly ErasedPerson[] = [];
  for (const person of people) {
    const isSame = (other: ErasedPerson) => other.keys.some((key) => person.keys.includes(key));
    const all = [...joined.filter(isSame), person];
    const one: ErasedPerson = {
      requestIds: all.flatMap(({ requestIds }) => requestIds),
      suppress: all.some(({ suppress }) => suppress),
      keys: [...new Set(all.flatMap(({ keys }) => keys))],
      removed: all.flatMap(({ removed }) => removed),
    };
    joined = [...joined.filter((other) => !isSame(other)), one];
  }
  return [...joined];
}

/** People with some more things that went, each of the person at a place. */
export const withRemoved = (
  people: readonly ErasedPerson[],
  counts: readonly (readonly [person: number, count: RemovedCount])[],
): ErasedPerson[] =>
  people.map((person, place) => {
    const own = counts.filter(([of]) => of === place).map(([, count]) => count);
    return own.length === 0 ? person : { ...person, removed: sumOf([...person.removed, ...own]) };
  });

/** Counts of equal things as one, in order, without what there was none of. */
export function sumOf(counts: readonly RemovedCount[]): RemovedCount[] {
  const sums = new Map<string, RemovedCount>();
  for (const { store, what, count } of counts) {
    const name = `${store}\n${what}`;
    sums.set(name, { store, what, count: count + (sums.get(name)?.count ?? 0) });
  }
  return [...sums]
    .filter(([, { count }]) => count > 0)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, count]) => count);
}

export const requestIdOf = ({ requestIds }: Pick<ErasedPerson, 'requestIds'>): string => requestIds[0] ?? '';

/** The person as the lake is asked for it. */
export const lakePersonOf = (person: ErasedPerson): LakePerson => ({
  requestId: requestIdOf(person),
  keys: person.keys,
  profileIds: person.keys.map(profileIdOf),
});
