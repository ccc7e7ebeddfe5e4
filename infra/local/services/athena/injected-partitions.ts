import type { CatalogTable } from './catalog.ts';
import { QueryError } from './query-error.ts';
import { type Node, type Parts, visit } from './syntax-tree.ts';

/** Partition keys whose values Athena doesn't know: a query injects them. */
export function injectedKeysOf({ projection = {} }: CatalogTable): string[] {
  return Object.entries(projection).flatMap(([key, value]) => {
    const [, name] = /^projection\.(.+)\.type$/.exec(key) ?? [];
    return name !== undefined && value === 'injected' ? [name.toLowerCase()] : [];
  });
}

/**
 * Refuses a query that reads a table and doesn't say by `key = 'value'`, in the WHERE beside it, which values of its
 * injected keys it wants. Athena finds such conditions further out, too; SQL that passes here passes there.
 */
export function checkInjected(tree: Node, injected: ReadonlyMap<string, readonly string[]>): void {
  if (injected.size === 0) return;
  visit(tree, (kind, parts) => {
    if (kind !== 'select') return;
    const sources: Parts[] = [
      ...(parts.from?.expressions ?? []),
      ...(parts.joins ?? []).map((join: Parts) => join.this),
    ];
    const tables = sources.flatMap((source) => (source.table?.name?.name ? [source.table] : []));
    const byRun = tables.filter((table) => injected.get(table.name.name.toLowerCase())?.length);
    const conditions = equalities(parts.where_clause?.this);
    for (const table of byRun) {
      const alias = (table.alias?.name ?? table.name.name).toLowerCase();
      for (const key of injected.get(table.name.name.toLowerCase()) ?? []) {
        const isNamed = conditions.some(
          (one) => one.name === key && (one.table === alias || (one.table === undefined && byRun.length === 1)),
        );
        if (!isNamed) throw notNamed(key);
      }
    }
  });
}

/** Columns that the conditions, all of which must hold, compare with a text. */
function equalities(condition: Parts): { readonly table: string | undefined; readonly name: string }[] {
  if (!condition) return [];
  if (condition.and) return [...equalities(condition.and.left), ...equalities(condition.and.right)];
  if (condition.paren) return equalities(condition.paren.this);
  const { left, right } = condition.eq ?? {};
  const column = left?.column ?? right?.column;
  const value = left?.literal ?? right?.literal;
  if (!column || value?.literal_type !== 'string') return [];
  return [{ table: column.table?.name.toLowerCase(), name: column.name.name.toLowerCase() }];
}

const notNamed = (key: string) =>
  new QueryError(
    'CONSTRAINT_VIOLATION',
    `For the injected projected partition column ${key}, the WHERE clause must contain only static equality conditions, and at least one such condition must be present.`,
  );
