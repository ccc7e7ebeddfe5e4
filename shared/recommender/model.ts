import type { Quality } from '../../schemas/training.ts';

export type { Quality } from '../../schemas/training.ts';

/** What a trained model consists of. Items are numbered from 0 in each version, so that lists are short. */

/** Number of an item in a version of the model. */
export type ItemIndex = number;

/** Related items, the closest first; both arrays are of one length. */
export interface Neighbours {
  readonly items: Uint32Array;
  /** The greatest first; below 0 for what an item speaks against, never 0. Scores of one kind compare within a version. */
  readonly scores: Float32Array;
}

/** What is known of one item: what people did together with it, and what is like it. */
export interface ItemNeighbours {
  readonly collaborative: Neighbours;
  readonly content: Neighbours;
}

/** All items of a version, by index. */
export interface ModelItems {
  readonly ids: readonly string[];
  /** Decayed sum of interactions, 0 to 1: 1 is the most popular item. */
  readonly popularity: Float32Array;
  /** How much faster than before an item sells at the end of the training data, 0 to 1. */
  readonly trend: Float32Array;
}

/** Shares of what a score is made of; they add up to 1. */
export interface Blend {
  readonly collaborative: number;
  readonly content: number;
  readonly popularity: number;
}

export const defaultBlend: Blend = { collaborative: 0.4, content: 0.3, popularity: 0.3 };

/**
 * w(i, j) = Σ_u |u|^-a · n_i^-b · n_j^-c, over the people u that have both items: |u| is the number of a person's items,
 * n_i that of an item's people. Item-item cosine is (0, 0.5, 0.5); P3alpha and RP3beta are of this form, too.
 */
export interface Exponents {
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** How a person's history becomes scores. */
export interface HistoryRule {
  /** Most items of a history that count, the latest ones. */
  readonly items: number;
  /** Weight of an item is multiplied by this for each later item of the history, 0 to 1; 1 is no order at all. */
  readonly orderDecay: number;
}

/** What the trainer has chosen, and serving and evaluation follow. */
export interface ModelParameters {
  readonly exponents: Exponents;
  readonly blend: Blend;
  readonly history: HistoryRule;
  /** Most neighbours of an item. */
  readonly neighbours: number;
  /** Where neighbours are those of EASE: its λ. Exponents are 0 then, as people are counted as they are. */
  readonly ease?: { readonly lambda: number };
}

/** A published version. */
export interface ModelHead {
  /** `<UTC time of training, yyyymmddThhmmssZ>-<4 letters or digits>`. */
  readonly version: string;
  readonly parameters: ModelParameters;
  readonly quality: Quality;
  readonly items: number;
  readonly people: number;
  readonly interactions: number;
  /** Milliseconds since 1970. */
  readonly publishedAt: number;
}
