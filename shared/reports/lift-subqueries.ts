import { sqlTokens, timesRead, withRelation } from './sql-words.ts';

/** SQL of a view, and the name that it goes by. */
export type NamedSql = readonly [name: string, sql: string];

/** The first subquery under WITH: comments, its name, and where its brackets open. */
const first = /^(?:\s|--[^\n]*\n)*WITH\s+([a-z_]\w*)\s+AS\s*\(/i;

/**
 * A view whose first subqueries, as far as it reads each more than once, stand before it under names of their own. It
 * means the same; but DuckDB computes all columns of a query that has such subqueries inside, also those that nobody
 * above asks for.
 */
export function liftSubqueries([view, sql]: NamedSql): NamedSql[] {
  const [beginning, name] = first.exec(sql) ?? [];
  if (beginning === undefined || name === undefined) return [[view, sql]];
  const end = closing(sql, beginning.length);
  const [body, rest] = [sql.slice(beginning.length, end), sql.slice(end + 1)];
  const next = /^\s*,\s*/.exec(rest);
  const others = next ? `WITH ${rest.slice(next[0].length)}` : rest.trimStart();
  if (timesRead(others, name.toLowerCase()) < 2 || isQualifier(others, name)) return [[view, sql]];
  const lifted = `${view}_${name}`;
  return [[lifted, body.trim()], ...liftSubqueries([view, withRelation(others, name.toLowerCase(), lifted)])];
}

/** Where the bracket closes that opened before `start`. */
function closing(sql: string, start: number): number {
  let [at, depth] = [start, 1];
  for (const { kind, text } of sqlTokens(sql.slice(start))) {
    if (kind === 'other' && text === '(') depth += 1;
    if (kind === 'other' && text === ')') depth -= 1;
    if (depth === 0) return at;
    at += text.length;
  }
  throw new Error(`A bracket of a view's SQL is not closed: ${sql.slice(start, start + 60)}…`);
}

/** Whether columns are called by the subquery's name, which would not be known any more. */
const isQualifier = (sql: string, name: string): boolean => new RegExp(`\\b${name}\\s*\\.`, 'i').test(sql);
