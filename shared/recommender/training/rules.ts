/** Items of one history that count, the latest ones: so that one person cannot make a quarter of all pairs. */
export const MOST_HISTORY = 500;

/** Share of a history that is held back for validation. */
export const HELD_SHARE = 0.2;

/** Items below which a history isn't taken for validation. */
export const LEAST_VALIDATED = 3;

/** `sample` of people who are never taken for validation. */
export const NEVER = 2_147_483_647;

/** Days after which an interaction of the lake counts half. */
export const HALF_LIFE_DAYS = 90;

/** Days whose interactions are compared with those of the four times as many before them. */
export const TREND_DAYS = 7;

/** Pairs that one UNLOAD adds up, so that an engine of little memory can hold them. */
export const PAIRS_AT_ONCE = 2_000_000;
export const MOST_PARTS = 128;

export const RANKS = 20;
