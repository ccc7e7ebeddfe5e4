import { toldWhileReading } from './filters.ts';
import { checkInjected } from './injected-partitions.ts';
import { type Bound, type Bounds, boundOf, boundValue } from './partition-bounds.ts';
import { QueryError } from './query-error.ts';
import { rewriteCall } from './rewrite-calls.ts';
import { splitQuery } from './split-query.ts';
import { type Node, type Parts, readTrino, rewrite, visit, writeDuckDb } from './syntax-tree.ts';

export interface Translation {
  /** One SELECT in DuckDB's SQL. */
  readonly sql: string;
  /** Names of the catalog's relations that the query reads, in lower case. */
  readonly relations: ReadonlySet<string>;
  /** What the query compares partition keys with, to be read before it runs. */
  readonly bounds: Bounds;
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
  /** Names of partition keys, in lower case. Default: there are none. */
  readonly keys?: ReadonlySet<string>;
}

const queryKinds = new Set(['select', 'union', 'intersect', 'except', 'subquery', 'values', 'paren']);

/** One piece of a query, as far as it can be told without the others. */
interface Piece {
  readonly sql: string;
  readonly tables: readonly TableName[];
  readonly bounds: readonly Pick<Bound, 'view' | 'column'>[];
  readonly unnamed: Translation['unnamed'];
}

interface TableName {
  readonly name: string;
  readonly schema: string | undefined;
  /** Whether it is of our catalog, and of now. */
  readonly isPlain: boolean;
}

/** What was translated lately: queries that are made of views have most of their pieces in common. */
const known = new Map<string, Piece>();
const MOST_KNOWN = 500;

/** Translates a Trino query to DuckDB. Throws `QueryError` for what Athena, or the local one, would refuse. */
export function translate(trinoSql: string, options: TranslateOptions): Translation {
  const { subqueries, main } = splitQuery(trinoSql);
  const parameters = options.parameters ?? [];
  const texts = [...subqueries.map(({ sql }) => sql), main];
  const counts = texts.map(countParameters);
  const count = counts.reduce((sum, each) => sum + each, 0);
  if (count !== parameters.length) {
    const message = `Incorrect number of parameters: expected ${count} but found ${parameters.length}`;
    throw new QueryError('INVALID_PARAMETER_USAGE', message);
  }
  const own = new Set(subqueries.map(({ name }) => name));
  let before = 0;
  const pieces = texts.map((sql, at) => {
    const mine = parameters.slice(before, before + (counts[at] as number));
    before += mine.length;
    return pieceOf(sql, { ...options, parameters: mine }, own);
  });
  const relations = new Set(pieces.flatMap(({ tables }) => relationsIn(tables, own, options)));
  const bounds = new Map<string, Set<string>>();
  for (const { view, column } of pieces.flatMap((piece) => piece.bounds)) {
    bounds.set(view, (bounds.get(view) ?? new Set()).add(column));
  }
  const [last] = pieces.slice(-1) as [Piece];
  const heads = subqueries.map(({ head }, at) => `${head} (${pieces[at]?.sql})`);
  const sql = heads.length === 0 ? last.sql : `WITH ${heads.join(', ')} ${last.sql}`;
  return { sql, relations, bounds, unnamed: last.unnamed };
}

/** `own` are the names of the query's subqueries, which no view stands for. */
function pieceOf(sql: string, options: TranslateOptions, own: ReadonlySet<string>): Piece {
  const { relations, injected = new Map(), keys = new Set(), parameters } = options;
  // A view within a report is the same piece whatever else the report has subqueries of.
  const small = sql.toLowerCase();
  const hidden = [...own].filter((name) => relations.has(name) && small.includes(name));
  const key = JSON.stringify([sql, parameters, hidden, [...relations], [...injected], [...keys]]);
  const found = known.get(key);
  known.delete(key);
  const piece = found ?? translatePiece(sql, options, own);
  known.set(key, piece);
  for (const [oldest] of known) {
    if (known.size <= MOST_KNOWN) break;
    known.delete(oldest);
  }
  return piece;
}

function translatePiece(trinoSql: string, options: TranslateOptions, own: ReadonlySet<string>): Piece {
  const { relations, injected = new Map(), keys = new Set() } = options;
  const { sql, count } = numberParameters(trinoSql);
  const tree = readTrino(sql);
  const [kind = ''] = Object.keys(tree);
  if (!queryKinds.has(kind)) {
    const what =
      kind === 'command' ? String(tree.command?.this).split(/\s/)[0] : kind.replaceAll('_', ' ').toUpperCase();
    throw new QueryError('NOT_SUPPORTED', `The local Athena answers queries and SHOW, DESCRIBE, EXPLAIN; got ${what}`);
  }
  const withValues = fillParameters(tree, count, options.parameters ?? []);
  const { tables, inner } = tablesIn(withValues);
  checkInjected(withValues, injected);
  const wantsPath = mentionsPath(withValues);
  const bounds: Pick<Bound, 'view' | 'column'>[] = [];
  const rewritten = rewrite(withValues, (part, parts, node) => {
    if (part === 'table' && parts.name?.name) return relation(parts, options, wantsPath);
    const where = part === 'select' && parts.where_clause;
    if (where) return { select: { ...parts, where_clause: { ...where, this: toldWhileReading(where.this) } } };
    const bound = boundOf(part, parts, (name) => keys.has(name));
    if (bound && relations.get(bound.view) === 'view' && !own.has(bound.view) && !inner.has(bound.view)) {
      bounds.push(bound);
      return { [part]: { ...parts, right: bound.replaced(boundValue(bound.view, bound.column)) } };
    }
    return rewriteCall(part, parts, node);
  });
  return { sql: writeDuckDb(rewritten), tables, bounds, unnamed: unnamedColumns(tree) };
}

/** What may hold a `?` that is text, and the `?` that is a parameter. */
const textOrParameter = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*.*?\*\/|\?/gs;
const parameterName = /^\? (\d+)$/;

const countParameters = (sql: string): number =>
  (sql.match(textOrParameter) ?? []).filter((each) => each === '?').length;

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

/** The tables and views that a piece names, and the names of subqueries within it. */
function tablesIn(tree: Node): { readonly tables: TableName[]; readonly inner: ReadonlySet<string> } {
  const inner = new Set<string>();
  visit(tree, (_, parts) => {
    for (const cte of parts?.with?.ctes ?? []) inner.add(cte.alias.name.toLowerCase());
  });
  const tables: TableName[] = [];
  visit(tree, (kind, parts) => {
    if (kind !== 'table' || !parts.name?.name) return;
    const name = parts.name.name.toLowerCase();
    const schema = parts.schema?.name.toLowerCase();
    if (schema === undefined && inner.has(name)) return;
    const isOurs = !parts.catalog || parts.catalog.name.toLowerCase() === 'awsdatacatalog';
    tables.push({ name, schema, isPlain: isOurs && !parts.version });
  });
  return { tables, inner };
}

function relationsIn(
  tables: readonly TableName[],
  own: ReadonlySet<string>,
  { database, relations }: TranslateOptions,
): string[] {
  return tables.flatMap(({ name, schema: given, isPlain }) => {
    if (given === undefined && own.has(name)) return [];
    const schema = given ?? database;
    if (schema === database && isPlain && relations.has(name)) return [name];
    const there = `There are: ${[...relations.keys()].join(', ') || 'none'}`;
    throw new QueryError('TABLE_NOT_FOUND', `Table 'awsdatacatalog.${schema}.${name}' does not exist. ${there}`);
  });
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
