import { NEVER } from './rules.ts';
import { quoted } from './sql-text.ts';

/**
 * Histories without what is held back from the `people` that come first in the sample; 0 is everything. Columns person,
 * item, weight, size, place, sample (that of people who aren't validated is never small).
 */
export function keptSelect(run: string, people: number): string {
  const isValidated = `sample <= ${people}`;
  return `SELECT
    person, item_index AS item, weight,
    CASE WHEN ${isValidated} THEN kept_size ELSE size END AS size,
    CASE WHEN ${isValidated} THEN kept_place ELSE place END AS place,
    CASE WHEN ${isValidated} THEN sample ELSE ${NEVER} END AS sample
  FROM training_interactions
  WHERE run = ${quoted(run)} AND NOT (held AND ${isValidated})`;
}

/** What is held back from them: person, item. */
export const heldSelect = (run: string, people: number): string =>
  `SELECT person, item_index AS item
  FROM training_interactions
  WHERE run = ${quoted(run)} AND held AND sample <= ${people}`;
