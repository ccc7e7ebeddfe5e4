import type { Scored } from './score.ts';

/** What a reason may name. */
export interface ReasonFacts {
  /** Title, or else the id, of the item of the history that contributed most. */
  readonly because?: string | undefined;
  /** Whether the person has bought that item. */
  readonly isBought?: boolean;
  /** Name of the category of interest that the item is of. */
  readonly category?: string | undefined;
  /** Of the item in this version, 0 to 1. */
  readonly trend: number;
}

/** From this trend on, a popular item is trending. */
export const TRENDING = 0.5;

/**
 * Why an item is shown, in words: its closest tie to the history, or that it is popular where that contributed more than all
 * neighbours together.
 */
export function reasonOf({ parts, how }: Pick<Scored, 'parts' | 'how'>, facts: ReasonFacts): string {
  const { because, isBought, category, trend } = facts;
  if (because !== undefined && how !== undefined && parts.collaborative + parts.content >= parts.popularity) {
    if (how === 'content') return `like ${because}`;
    return `${isBought ? 'bought' : 'viewed'} with ${because}`;
  }
  if (category !== undefined) return `popular in ${category}`;
  return trend >= TRENDING ? 'trending' : 'popular';
}
