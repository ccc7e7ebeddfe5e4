import { contentNeighboursSelect } from './content-sql.ts';
import { packedSql } from './pack.ts';

/** Rows of `training_neighbours`, kind content: what is like an item, packed as the others are. */
export function contentUnload(run: string): string {
  return `SELECT item_index, 'content' AS kind, max(${packedSql('ln(score)', 'neighbour_index')}, 100) AS neighbours
FROM (
  ${contentNeighboursSelect(run)}
) AS alike
WHERE score > 0
GROUP BY item_index`;
}
