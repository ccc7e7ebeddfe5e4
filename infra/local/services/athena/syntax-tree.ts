import { Dialect, generate, parse } from '@polyglot-sql/sdk';
import { QueryError } from './query-error.ts';

/** A node of polyglot's syntax tree: one key, the kind, that holds the node's parts. */
export type Node = { [kind: string]: Parts };
// biome-ignore lint/suspicious/noExplicitAny: the parts of a node depend on its kind, of which there are hundreds
export type Parts = any;

/** Reads Trino SQL of one statement. Throws `QueryError`. */
export function readTrino(sql: string): Node {
  const { success, ast, error } = parse(sql, Dialect.Trino);
  if (!success) throw new QueryError('SYNTAX_ERROR', String(error).replace(/^Parse error at /, ''));
  const statements = (ast as Node[]).filter(Boolean);
  if (statements.length === 1 && statements[0]) return statements[0];
  throw new QueryError('SYNTAX_ERROR', `One statement is expected, but ${statements.length} came`);
}

export function writeDuckDb(tree: Node): string {
  const { success, sql, error } = generate([tree], Dialect.DuckDB);
  if (success && sql?.length === 1 && sql[0]) return sql[0];
  throw new QueryError('NOT_SUPPORTED', `The statement cannot be put into DuckDB's SQL: ${error ?? ''}`);
}

const expressions = new Map<string, Node>();

/** Reads one DuckDB expression; the tree is a copy, free to be changed. */
export function readExpression(text: string): Node {
  const known =
    expressions.get(text) ?? (parse(`SELECT ${text}`, Dialect.DuckDB).ast as Node[])[0]?.select.expressions[0];
  expressions.set(text, known);
  return structuredClone(known);
}

/** Replaces nodes from the leaves up; `replace` returns the node itself where nothing is to change. */
export function rewrite(node: Parts, replace: (kind: string, parts: Parts, node: Node) => Node): Parts {
  if (node === null || typeof node !== 'object') return node;
  if (Array.isArray(node)) return node.length === 0 ? node : node.map((item) => rewrite(item, replace));
  const copy: Node = {};
  let [kind, count] = ['', 0];
  for (kind in node) {
    const value = node[kind];
    // Most parts are empty: these need no step further.
    if (value === null || typeof value !== 'object') copy[kind] = value;
    else copy[kind] = kind.endsWith('comments') ? [] : rewrite(value, replace);
    count += 1;
  }
  const parts = copy[kind];
  return count === 1 && parts !== null && typeof parts === 'object' ? replace(kind, parts, copy) : copy;
}

/** Visits every node, from the root down. */
export function visit(node: Parts, look: (kind: string, parts: Parts) => void): void {
  if (node === null || typeof node !== 'object') return;
  if (Array.isArray(node)) {
    for (const item of node) visit(item, look);
    return;
  }
  let [only, count] = ['', 0];
  for (only in node) count += 1;
  if (count === 1) look(only, node[only]);
  for (const key in node) {
    const value = node[key];
    if (value !== null && typeof value === 'object') visit(value, look);
  }
}

export function call(name: string, args: Parts[], more: Parts = {}): Node {
  const base = { distinct: false, trailing_comments: [], use_bracket_syntax: false, no_parens: false, quoted: false };
  return { function: { ...base, ...more, name, args } };
}

export function text(value: string): Node {
  return { literal: { literal_type: 'string', value } };
}
