import type { Limits } from './reach.ts';

/**
 * What fits into 3 GB: a window of rows as JavaScript holds them takes about twice their bytes, and a part lies in memory
 * until it is written. A larger day is read once for each window.
 */
export const limits: Limits = { partBytes: 96_000_000, groupRows: 50_000, windowBytes: 700_000_000 };
