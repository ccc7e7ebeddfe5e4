import { createHash } from 'node:crypto';
import type { Purpose } from '../../schemas/event/vocabulary.ts';
import type { Key } from '../../schemas/stream/control.ts';

/** That a key was erased. */
export interface Tombstone {
  readonly requestId: string;
  /** When, in milliseconds since 1970. */
  readonly at: number;
  /** Whether every later event of the key is refused, too; else only what happened or was received before `at`. */
  readonly suppress: boolean;
}

/** What somebody chose for a purpose. */
export interface Choice {
  readonly granted: boolean;
  /** When it was made, in milliseconds since 1970: of several the latest holds. */
  readonly time: number;
  /** When it arrived: nothing that arrived before is judged by it, so that trying again judges alike. */
  readonly since: number;
}

export type Choices = Readonly<Partial<Record<Purpose, readonly Choice[]>>>;

/** What the register knows of a key. It names nobody: it is found by the key's hash. */
export interface RegisterEntry {
  readonly erased?: Tombstone | undefined;
  /** The last changes of mind by purpose, in the order of their arrival. */
  readonly consent: Choices;
}

/** Changes of mind that are kept of a purpose; who changes it more often within one batch window is judged by the last. */
const KEPT = 10;

/** Where a key stands in the register: nobody can be found by it who is not known already. */
export const registerId = (key: Key): string =>
  `r:${createHash('sha256').update(`headwater register\n${key}`).digest('hex').slice(0, 32)}`;

/** The choice that holds for what arrived at `asOf`; of equal times the refusal. */
export function choiceAt(entries: readonly RegisterEntry[], purpose: Purpose, asOf: number): Choice | undefined {
  let holds: Choice | undefined;
  for (const { consent } of entries) {
    for (const choice of consent[purpose] ?? []) {
      if (choice.since <= asOf && (holds === undefined || isLater(choice, holds))) holds = choice;
    }
  }
  return holds;
}

const isLater = (one: Choice, other: Choice): boolean =>
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

const isSame = (one: Choice, other: Choice): boolean =>
  one.time === other.time && one.since === other.since && one.granted === other.granted;

const byArrival = (one: Choice, other: Choice): number =>
  one.since - other.since || one.time - other.time || Number(one.granted) - Number(other.granted);
