import type { DuckDBConnection } from '@duckdb/node-api';
import { type Node, type Parts, readExpression } from './syntax-tree.ts';
import { literal, quoted } from './table-sql.ts';

/**
 * Columns of one-row views that a query compares a partition key with, by view: `day < (SELECT sealed_before FROM sealing)`.
 * Such a bound is read before the query runs, as Trino does by its dynamic filters, so that files beyond it are not.
 */
export type Bounds = ReadonlyMap<string, ReadonlySet<string>>;

const comparisons: ReadonlySet<string> = new Set(['lt', 'lte', 'gt', 'gte', 'eq']);

export interface Bound {
  readonly view: string;
  readonly column: string;
  /** The comparison's right side with another node in the place of the subquery. */
  readonly replaced: (value: Node) => Node;
}

/** The bound that a comparison has on its right; undefined when it has none. */
export function boundOf(kind: string, parts: Parts, isKey: (name: string) => boolean): Bound | undefined {
  if (!comparisons.has(kind) || !isKey(parts.left?.column?.name?.name?.toLowerCase())) return undefined;
  return boundIn(parts.right);
}

/** The parser takes `(SELECT ...) UNION ALL ...` behind a comparison as one: the bound is at its very left. */
function boundIn(right: Parts): Bound | undefined {
  if (right?.union) {
    const bound = boundIn(right.union.left);
    const replaced = (value: Node) => ({ union: { ...right.union, left: bound?.replaced(value) } });
    return bound && { ...bound, replaced };
  }
  const select = right?.subquery?.this?.select;
  const [column] = select?.expressions ?? [];
  const [from] = select?.from?.expressions ?? [];
  if (!column?.column || column.column.table || !from?.table || select.expressions.length > 1) return undefined;
  if (from.table.schema || from.table.alias || select.from.expressions.length > 1) return undefined;
  if (rest.some((part) => select[part] && select[part].length !== 0)) return undefined;
  const [view, name] = [from.table.name.name.toLowerCase(), column.column.name.name.toLowerCase()];
  return { view, column: name, replaced: (value) => value };
}

/** What makes a SELECT more than a column of a relation. */
const rest = ['joins', 'lateral_views', 'where_clause', 'group_by', 'having', 'order_by', 'limit', 'distinct', 'with'];

const variableOf = (view: string): string => `bounds of ${view}`;

/** The value of a bound, in DuckDB's terms: known when a query is planned. */
export const boundValue = (view: string, column: string): Node =>
  readExpression(`getvariable(${literal(variableOf(view))})[${literal(column)}]`);

/** Reads bounds for the queries of a connection, each view once. */
export async function readBounds(connection: DuckDBConnection, bounds: Bounds): Promise<void> {
  for (const [view, columns] of bounds) {
    const fields = [...columns].map((column) => `${quoted(column)} := ${quoted(column)}`);
    const row = `SELECT struct_pack(${fields.join(', ')}) FROM ${quoted(view)}`;
    await connection.run(`SET VARIABLE ${quoted(variableOf(view))} = (${row})`);
  }
}
