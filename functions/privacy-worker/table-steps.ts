import type { Key } from '../../schemas/stream/control.ts';
import { namesAny } from '../../shared/privacy/erasure-traces.ts';
import { isBornSince } from '../../shared/profile/born-since.ts';
import { profileIdOf } from '../../shared/profile/new-profile.ts';
import { decodeProfile, StateError } from '../../shared/profile/state.ts';
import { keysOfDue } from '../adapters/due-store.ts';
import type { Item } from '../adapters/dynamodb.ts';
import { keyOfPage } from '../adapters/profile-store.ts';
import type { TablePage } from '../adapters/table-walk.ts';
import type { ErasedPerson, Planned } from './pass.ts';

/** Items that are about to go, with those whom they belonged to. */
export type Plan = Omit<Planned, 'after'>;

/** A plan, with where the page after its own begins. */
export const plannedOf = (plan: Plan, { after }: TablePage): Planned => ({ ...plan, ...(after && { after }) });

/** What a page of the table of profiles holds that an erasure has to do with. */
export interface Looked {
  /** Side items of people who were erased. */
  readonly plan: Plan;
  /** Items that are to be told of an erasure once more, or for the first time: they name somebody, or should be gone. */
  readonly told: readonly (readonly [person: number, key: Key])[];
}

/** Looks through a page of profiles. `at` is when the erasure began, in milliseconds since 1970. */
export function lookAtProfiles(items: readonly Item[], people: readonly ErasedPerson[], at: number): Looked {
  const keys = people.map((person) => new Set(person.keys));
  const placeOf = (key: Key) => keys.findIndex((own) => own.has(key));
  const gone: Item[] = [];
  const counts: Plan['counts'][number][] = [];
  const told: Looked['told'][number][] = [];
  for (const item of items) {
    const id = item.id?.S ?? '';
    const pageOf = keyOfPage(id);
    const owner = placeOf(pageOf ?? id);
    if (pageOf !== undefined && item.state === undefined) {
      if (owner < 0) continue;
      gone.push({ id: { S: id } });
      counts.push([owner, { store: 'profiles', what: 'pages of message ids', count: 1 }]);
      continue;
    }
    const folded = readable(item);
    if (owner >= 0) {
      if (folded === undefined || !isBornSince(at, folded.profile, folded.identity)) told.push([owner, id]);
    } else if (folded !== undefined) {
      for (const [person, own] of keys.entries()) if (namesAny(folded, own)) told.push([person, id]);
    }
  }
  return { plan: { items: gone, counts }, told };
}

/** Entries of a page of due times that name people who are erased: those of others, too, keep what is left. */
export function dueOf(items: readonly Item[], people: readonly ErasedPerson[]): Plan {
  const gone: Item[] = [];
  const counts: Plan['counts'][number][] = [];
  for (const item of items) {
    const { bucket, due, key, keys, ...rest } = item;
    if (bucket === undefined || due === undefined) continue;
    const isOf = (name: string, own: readonly Key[]) => own.includes(name);
    const named = keysOfDue(item);
    const owners = people.flatMap(({ keys: own }, place) => (named.some((name) => isOf(name, own)) ? [place] : []));
    if (owners.length === 0) continue;
    const left = named.filter((name) => !people.some(({ keys: own }) => isOf(name, own)));
    gone.push(left.length === 0 ? { bucket, due } : { bucket, due, keys: { L: left.map((S) => ({ S })) }, ...rest });
    for (const owner of owners) counts.push([owner, { store: 'due', what: 'entries', count: 1 }]);
  }
  return { items: gone, counts };
}

/** Runs of reports of a page: what they were asked may name people, and their results are deleted. */
export function runsOf(items: readonly Item[], people: readonly ErasedPerson[]): Plan {
  const runs = items.flatMap(({ pk, sk }): Item[] => (pk?.S?.startsWith('run#') && sk ? [{ pk, sk }] : []));
  const count = { store: 'reports', what: 'runs of anybody', count: runs.length };
  return { items: runs, counts: runs.length === 0 ? [] : people.map((_, person) => [person, count] as const) };
}

/** The opaque ids by which the lists of the audience know a person. */
export const audienceIdsOf = ({ keys }: ErasedPerson): (readonly [Key, string])[] =>
  keys.map((key) => [key, profileIdOf(key)]);

function readable({ format, state, ids }: Item) {
  try {
    return decodeProfile({
      format: Number(format?.N ?? 0),
      state: Buffer.from(state?.B ?? '', 'base64'),
      ids: Buffer.from(ids?.B ?? '', 'base64'),
    });
  } catch (error) {
    if (error instanceof StateError && !error.isNewer) return undefined;
    throw error;
  }
}
