import { createHash } from 'node:crypto';
import type { Purpose } from '../../schemas/event/vocabulary.ts';
import type { Key } from '../../schemas/stream/control.ts';
import { compareTexts } from '../identity/keys.ts';
import { compareSequence } from '../profile/positions.ts';

/** That a key was erased. */
export interface Tombstone {
  readonly requestId: string;
  /** When, in milliseconds since 1970. */
  readonly at: number;
  /** Whether every later event of the key is refused, too; else only what happened or was received before `at`. */
  readonly suppress: boolean;
}

/** Where on the stream something lies. */
export interface Place {
  /** Milliseconds since 1970. */
  readonly arrivedAt: number;
  readonly shardId: string;
  readonly sequenceNumber: string;
}

/** What somebody chose for a purpose. */
export interface Choice {
  readonly granted: boolean;
  /** When it was made, in milliseconds since 1970: of several the latest holds. */
  readonly time: number;
  /** Where it arrived: nothing that came before is judged by it, so that whoever judges, and how often, judges alike. */
  readonly since: Place;
}

export type Choices = Readonly<Partial<Record<Purpose, readonly Choice[]>>>;

/** What the register knows of a key. It names nobody: it is found by the key's hash. */
export interface RegisterEntry {
  readonly erased?: Tombstone | undefined;
  /** The last changes of mind by purpose, in the order of their arrival. */
  readonly consent: Choices;
}

/** Changes of mind that are kept of a purpose; more within the delay of a consumer are judged by the oldest. */
const KEPT = 10;

/** Where a key stands in the register: nobody can be found by it who is not known already. */
export const registerId = (key: Key): string =>
  `r:${createHash('sha256').update(`headwater register\n${key}`).digest('hex').slice(0, 32)}`;

/** The choice that holds for what lies at a place of the stream: what one record says holds for all of the record. */
export const choiceAt = (entries: readonly RegisterEntry[], purpose: Purpose, place: Place): Choice | undefined =>
  latestOf(entries, purpose, (choice) => hadArrived(choice, place) || isSaidThere(choice, place));

/** The choice that held when a record came. */
export const choiceBefore = (entry: RegisterEntry, purpose: Purpose, place: Place): Choice | undefined =>
  latestOf([entry], purpose, (choice) => hadArrived(choice, place));

/** The latest of those choices; of equal times the refusal. */
function latestOf(
  entries: readonly RegisterEntry[],
  purpose: Purpose,
  counts: (choice: Choice) => boolean,
): Choice | undefined {
  let holds: Choice | undefined;
  for (const { consent } of entries) {
    const choices = consent[purpose] ?? [];
    for (const [at, choice] of choices.entries()) {
      // Those before the first of a full list are forgotten: it stands for them.
      const isForgotten = at === 0 && choices.length === KEPT;
      if ((isForgotten || counts(choice)) && (holds === undefined || isLater(choice, holds))) holds = choice;
    }
  }
  return holds;
}

function hadArrived({ since }: Choice, place: Place): boolean {
  if (since.arrivedAt !== place.arrivedAt) return since.arrivedAt < place.arrivedAt;
  return since.shardId === place.shardId && compareSequence(since.sequenceNumber, place.sequenceNumber) < 0;
}

const isSaidThere = ({ since }: Choice, place: Place): boolean =>
  since.shardId === place.shardId && since.sequenceNumber === place.sequenceNumber;

/** Whether a choice holds once both have arrived. */
export const isLater = (one: Choice, other: Choice): boolean =>
  one.time > other.time || (one.time === other.time && other.granted && !one.granted);

/** All that both know, the last changes of each purpose. */
export function mergeChoices(one: Choices, other: Choices): Choices {
  const merged: Partial<Record<Purpose, readonly Choice[]>> = { ...one };
  for (const [purpose, choices] of Object.entries(other) as [Purpose, readonly Choice[]][]) {
    const known = one[purpose] ?? [];
    const added = choices.filter((choice) => !known.some((each) => isSame(each, choice)));
    if (added.length > 0) merged[purpose] = [...known, ...added].sort(byArrival).slice(-KEPT);
  }
  return merged;
}

const isSame = (one: Choice, other: Choice): boolean => byArrival(one, other) === 0;

function byArrival(one: Choice, other: Choice): number {
  const [a, b] = [one.since, other.since];
  return (
    a.arrivedAt - b.arrivedAt ||
    compareTexts(a.shardId, b.shardId) ||
    compareSequence(a.sequenceNumber, b.sequenceNumber) ||
    one.time - other.time ||
    Number(one.granted) - Number(other.granted)
  );
}
