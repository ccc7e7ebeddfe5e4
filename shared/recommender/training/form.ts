import type { Exponents } from '../model.ts';

/** How the distance of two items in a history counts: `distance^-nearness`, times `backward` where the second is earlier. */
export interface PairOrder {
  /** 0: any two items of a history count alike. */
  readonly nearness: number;
  /** 1: what was before counts like what comes after; 0: only what comes after counts. */
  readonly backward: number;
}

/** All that the trainer chooses but the blend. */
export interface Form extends Exponents, PairOrder {
  /** Weight of an item of the history for each later one. */
  readonly orderDecay: number;
}

/** Where order counts, items this many places apart in a history aren't paired. */
export const WINDOW = 25;

/** Where order counts, a person's latest items say what comes next. */
export const RECENT_ITEMS = 20;

export const isOrdered = ({ nearness, backward }: PairOrder): boolean => nearness !== 0 || backward !== 1;

/** What is trained when nothing is tuned: between cosine and P3alpha. */
export const untuned: Form = { a: 0.5, b: 0.5, c: 0.5, nearness: 0, backward: 1, orderDecay: 1 };

/** Item-item cosine over binary histories. */
export const cosine: Form = { ...untuned, a: 0 };
