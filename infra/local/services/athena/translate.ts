import { checkInjected } from './injected-partitions.ts';
import { QueryError } from './query-error.ts';
import { rewriteCall } from './rewrite-calls.ts';
import { type Node, type Parts, readTrino, rewrite, visit, writeDuckDb } from './syntax-tree.ts';

export interface Translation {
  /** One SELECT in DuckDB's SQL. */
  readonly sql: string;
  /** Names of the catalog's relations that the query reads, in lower case. */
  readonly relations: ReadonlySet<string>;
  /** Names of output columns that the query gives none, by position from the left or, after a star, from the right. */
  readonly unnamed: { readonly fromLeft: readonly number[]; readonly fromRight: readonly number[] };
}

export interface TranslateOptions {
  readonly database: string;
  /** Names of the relations that there are, in lower case, and whether each is a table with files. */
  readonly relations: ReadonlyMap<string, 'table' | 'view'>;
  /** Literals for the `?` in the query, in order: `'text'`, `12.5`, `DATE '2026-01-02'`. */
  readonly parameters?: readonly string[] | undefined;
  /** Injected partition keys of the tables that have any, all in lower case. Default: none has. */
  readonly injected?: ReadonlyMap<string, readonly string[]>;
}

const queryKinds = new Set(['select', 'union', 'intersect', 'except', 'subquery', 'values', 'paren']);

/** Translates a Trino query to DuckDB. Throws `QueryError` for what Athena, or the local one, would refuse. */
export function translate(trinoSql: string, options: TranslateOptions): Translation {
  const { sql, count } = numberParameters(trinoSql);
  const tree = readTrino(sql);
  const [kind = ''] = Object.keys(tree);
  if (!queryKinds.has(kind)) {
    const what =
      kind === 'command' ? String(tree.command?.this).split(/\s/)[0] : kind.replaceAll('_', ' ').toUpperCase();
    throw new QueryError('NOT_SUPPORTED', `The local Athena answers queries and SHOW, DESCRIBE, EXPLAIN; got ${what}`);
  }
  const withValues = fillParameters(tree, count, options.parameters ?? []);
  const relations = checkRelations(withValues, options);
  checkInjected(withValues, options.injected ?? new Map());
  const wantsPath = mentionsPath(withValues);
  const rewritten = rewrite(withValues, (part, parts, node) => {
    if (part === 'table' && parts.name?.name) return relation(parts, options, wantsPath);
    return rewriteCall(part, parts, node);
  });
  return { sql: writeDuckDb(rewritten), relations, unnamed: unnamedColumns(tree) };
}

/** What may hold a `?` that is text, and the `?` that is a parameter. */
const textOrParameter = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*.*?\*\/|\?/gs;
const parameterName = /^\? (\d+)$/;

/** Gives each `?` its number in the text, as a name: the tree of a query keeps no order of what is written where. */
function numberParameters(sql: string): { readonly sql: string; readonly count: number } {
  let count = 0;
  const numbered = sql.replace(textOrParameter, (found) => {
    if (found !== '?') return found;
    count += 1;
    return `"? ${count}"`;
  });
  return { sql: numbered, count };
}

const parameterOf = (kind: string, parts: Parts): number | undefined => {
  const [, number] = (kind === 'column' && parameterName.exec(parts?.name?.name ?? '')) || [];
  return number === undefined ? undefined : Number(number);
};

/** Replaces parameters by literals. As in Athena, they may stand in WHERE only. */
function fillParameters(tree: Node, count: number, parameters: readonly string[]): Node {
  if (count !== parameters.length) {
    const message = `Incorrect number of parameters: expected ${count} but found ${parameters.length}`;
    throw new QueryError('INVALID_PARAMETER_USAGE', message);
  }
  const values = parameters.map(readParameter);
  const inWhere = new Set<number>();
  visit(tree, (_, parts) => {
    visit(parts?.where_clause, (kind, inner) => {
      const number = parameterOf(kind, inner);
      if (number !== undefined) inWhere.add(number);
    });
  });
  if (inWhere.size < count) throw new QueryError('SYNTAX_ERROR', 'A parameter may stand in a WHERE clause only');
  return rewrite(tree, (kind, parts, node) => values[(parameterOf(kind, parts) ?? 0) - 1] ?? node);
}

function readParameter(parameter: string): Node {
  try {
    const value = readTrino(`SELECT ${parameter}`).select;
    const [node] = value.expressions;
    const bare = node.neg?.this ?? node.cast?.this ?? node;
    const isLiteral = ['literal', 'boolean', 'null'].includes(Object.keys(bare)[0] ?? '');
    if (isLiteral && value.expressions.length === 1 && !value.from) return node;
  } catch {
    // The one message below holds for every way to be wrong.
  }
  const hint = "text stands in single quotes: 'abc'";
  throw new QueryError('INVALID_PARAMETER_USAGE', `The parameter ${parameter} is not a literal; ${hint}`);
}

function checkRelations(tree: Node, { database, relations }: TranslateOptions): Set<string> {
  const used = new Set<string>();
  const own = new Set<string>();
  visit(tree, (_, parts) => {
    for (const cte of parts?.with?.ctes ?? []) own.add(cte.alias.name.toLowerCase());
  });
  visit(tree, (kind, parts) => {
    if (kind !== 'table' || !parts.name?.name) return;
    const name = parts.name.name.toLowerCase();
    if (!parts.schema && own.has(name)) return;
    const schema = parts.schema?.name.toLowerCase() ?? database;
    const isKnown = schema === database && relations.has(name);
    const isOurs = !parts.catalog || parts.catalog.name.toLowerCase() === 'awsdatacatalog';
    if (isKnown && isOurs && !parts.version) {
      used.add(name);
      return;
    }
    const there = `There are: ${[...relations.keys()].join(', ') || 'none'}`;
    throw new QueryError('TABLE_NOT_FOUND', `Table 'awsdatacatalog.${schema}.${name}' does not exist. ${there}`);
  });
  return used;
}

function mentionsPath(tree: Node): boolean {
  let found = false;
  visit(tree, (kind, parts) => {
    if (kind === 'column' && parts.name?.name === '$path') found = true;
  });
  return found;
}

const unqualified = { catalog: null, schema: null };

/** A table has a twin that shows the hidden column `$path` as well. */
function relation(parts: Parts, { relations }: TranslateOptions, wantsPath: boolean): Node {
  const name = parts.name.name.toLowerCase();
  if (!wantsPath || relations.get(name) !== 'table') return { table: { ...parts, ...unqualified } };
  const alias = parts.alias ?? { ...parts.name, quoted: true };
  return { table: { ...parts, ...unqualified, name: { ...parts.name, name: `${name}$path`, quoted: true }, alias } };
}

function unnamedColumns(tree: Node): Translation['unnamed'] {
  let query: Parts = tree;
  while (!query.select) {
    const [inner]: Parts[] = Object.values(query);
    query = inner.left ?? inner.this;
    if (!query) return { fromLeft: [], fromRight: [] };
  }
  const expressions: Parts[] = query.select.expressions;
  const isStar = (one: Parts) => Boolean(one.star);
  const isUnnamed = (one: Parts) => !(one.star || one.column || one.alias || one.dot || one.annotated?.this.alias);
  const first = expressions.findIndex(isStar);
  const last = expressions.findLastIndex(isStar);
  const positions = expressions.flatMap((one, index) => (isUnnamed(one) ? [index] : []));
  return {
    fromLeft: positions.filter((index) => first < 0 || index < first),
    fromRight: first < 0 ? [] : positions.filter((index) => index > last).map((index) => expressions.length - index),
  };
}
