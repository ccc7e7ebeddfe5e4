import type { Key } from './control.ts';

/** Who chose the items of an answer: the model, the holdout (popular items, to compare with), or nobody (popular items). */
export type Variant = 'model' | 'holdout' | 'popular';

/** An item of an answer; its place in the list is its rank. */
export interface AnsweredItem {
  readonly itemId: string;
  readonly score: number;
  /** In words, as it was answered. */
  readonly reason: string;
}

/** An answer of recommendations, as it was given. */
export interface Answered {
  /** The recommendationId, which apps send back with what comes of the answer. */
  readonly id: string;
  /** The person's home key at that time; null for somebody who does not want to be known here. */
  readonly key: Key | null;
  /** Where the items are shown, in the app's own words. */
  readonly placement: string;
  readonly variant: Variant;
  /** Version of the model; null where there was none. */
  readonly model: string | null;
  /** Category that was asked for. */
  readonly category?: string;
  readonly items: readonly AnsweredItem[];
  /** Milliseconds since 1970. */
  readonly requestedAt: number;
}

/** For the lake alone. */
export interface RecommendationsRecord {
  readonly v: 1;
  readonly kind: 'recommendations';
  readonly items: readonly Answered[];
}
