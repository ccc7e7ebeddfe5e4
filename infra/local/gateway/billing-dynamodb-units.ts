import { chunksOf, KB } from './billing-units.ts';

/** Write units of one item: 1 KB each, by the larger of the item before and after; a refused condition counts, too. */
export const writeUnits = (before: number, after: number): number => chunksOf(Math.max(before, after), KB);

/** Read units of what one GetItem, or one page of a Query or Scan, reads: 4 KB each, half for an eventual read. */
export const readUnits = (bytes: number, consistent: boolean): number => chunksOf(bytes, 4 * KB) / (consistent ? 1 : 2);

/** A transaction prepares each item, and then writes it; a check counts as a write that changes nothing. */
export const transactWriteUnits = (before: number, after: number): number => 2 * writeUnits(before, after);

/** An item that a transaction reads, or that is read in the place of a transaction that was done before. */
export const transactReadUnits = (bytes: number): number => 2 * readUnits(bytes, true);
