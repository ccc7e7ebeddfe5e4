import type { Cause, Transition } from '../../schemas/stream/control.ts';
import { type Item, secondsOf } from './dynamodb.ts';

/** Transitions that an item has at most: about what one write unit holds. */
export const TRANSITIONS_AN_ITEM = 16;
/** How long a person's transitions can be listed; the lake keeps them all. */
export const LISTED_MS = 400 * 86_400_000;

/** What one item tells: the person's home key, causes, and a row for each transition that names its cause by place. */
type Packed = readonly [key: string, causes: readonly Cause[], rows: readonly Row[]];
type Row = readonly [segmentId: string, version: number, to: 0 | 1, at: number, cause: number];

export const transitionPartition = (profileId: string): string => `profile#${profileId}`;
/** Twelve digits sort like the numbers. */
export const numberText = (n: number): string => String(n).padStart(12, '0');

/**
 * Items for the lists of transitions by person: one for up to 16 transitions whose numbers follow on each other, named by
 * the first number and how many there are. So an item of one name always holds the same, however the stream was cut;
 * items of other cuts overlap, which a reader mends by the numbers.
 */
export function transitionItems(transitions: readonly Transition[], now: number): Item[] {
  const persons = new Map<string, Map<number, Transition>>();
  for (const transition of transitions) {
    const own = persons.get(transition.profileId) ?? new Map<number, Transition>();
    persons.set(transition.profileId, own.set(transition.n, transition));
  }
  return Array.from(persons.values(), (own) => runsOf([...own.values()].sort((one, other) => one.n - other.n)))
    .flat()
    .map((run) => itemOf(run, now));
}

/** Cuts one person's transitions, in order, into what an item holds: of one key, because the person's home may move. */
function runsOf(transitions: readonly Transition[]): [Transition, ...Transition[]][] {
  const runs: [Transition, ...Transition[]][] = [];
  for (const transition of transitions) {
    const run = runs.at(-1);
    const follows = run && run[0].n + run.length === transition.n && run[0].key === transition.key;
    if (follows && run.length < TRANSITIONS_AN_ITEM) run.push(transition);
    else runs.push([transition]);
  }
  return runs;
}

function itemOf(run: readonly [Transition, ...Transition[]], now: number): Item {
  const [{ profileId, key, n }] = run;
  const causes = new Map<string, number>();
  const rows = run.map(({ segmentId, version, to, at, cause }): Row => {
    const text = JSON.stringify(cause);
    const place = causes.get(text) ?? causes.size;
    causes.set(text, place);
    return [segmentId, version, to === 'entered' ? 1 : 0, at, place];
  });
  const text = `[${JSON.stringify(key)},[${[...causes.keys()].join(',')}],${JSON.stringify(rows)}]`;
  return {
    pk: { S: transitionPartition(profileId) },
    sk: { S: numberText(n) + String(run.length).padStart(2, '0') },
    transitions: { S: text },
    expiresAt: secondsOf(now + LISTED_MS),
  };
}

/** The transitions of an item, the latest first. Items of version 0.1 hold a single one as it is. */
export function transitionsOf(item: Item, profileId: string): Transition[] {
  if (item.transition?.S !== undefined) return [JSON.parse(item.transition.S)];
  const first = Number.parseInt(item.sk?.S?.slice(0, 12) ?? '0', 10);
  const [key, causes, rows] = JSON.parse(item.transitions?.S ?? '["",[],[]]') as Packed;
  return rows
    .map(([segmentId, version, to, at, cause], place): Transition => {
      const n = first + place;
      const id = `${profileId}-${n}`;
      const toText = to === 1 ? 'entered' : 'exited';
      return { id, profileId, key, n, segmentId, version, to: toText, at, cause: causes[cause] as Cause };
    })
    .reverse();
}
