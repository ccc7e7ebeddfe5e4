import { rewriteCast } from './casts.ts';
import { isMap, rewriteFunction } from './function-calls.ts';
import { QueryError } from './query-error.ts';
import { call, type Node, type Parts, readExpression, text } from './syntax-tree.ts';
import { fill } from './template.ts';

/** Functions that the parser gives a kind of their own, with the parts that hold their arguments. */
const special: Readonly<Record<string, readonly [name: string, ...parts: string[]]>> = {
  array_distinct: ['array_distinct', 'this'],
  array_except: ['array_except', 'this', 'expression'],
  array_intersect: ['array_intersect', 'expressions'],
  array_position: ['array_position', 'this', 'expression'],
  array_remove: ['array_remove', 'this', 'expression'],
  array_union: ['array_union', 'this', 'expression'],
  cardinality: ['cardinality', 'this'],
  contains: ['contains', 'this', 'expression'],
  element_at: ['element_at', 'this', 'expression'],
  json_array_length: ['json_array_length', 'this'],
  json_extract: ['json_extract', 'this', 'path'],
  json_extract_scalar: ['json_extract_scalar', 'this', 'path'],
  length: ['length', 'this'],
  map_keys: ['map_keys', 'this'],
  mod: ['mod', 'left', 'right'],
  mod_func: ['mod', 'this', 'expression'],
  normalize: ['normalize', 'this'],
  rand: ['random', 'seed'],
  typeof: ['typeof', 'this'],
};

const refused: Readonly<Record<string, string>> = {
  json_value: 'json_value',
  json_query: 'json_query',
  match_recognize: 'MATCH_RECOGNIZE',
};

/** Puts one Trino expression into DuckDB's terms; its arguments are already. Throws `QueryError`. */
export function rewriteCall(kind: string, parts: Parts, node: Node): Node {
  const known = Object.hasOwn(special, kind) ? special[kind] : undefined;
  if (known && !parts.arrow_syntax) {
    const args = known.slice(1).flatMap((part) => parts[part] ?? []);
    return rewriteFunction(known[0], args);
  }
  if (Object.hasOwn(refused, kind))
    throw new QueryError('NOT_SUPPORTED', `${refused[kind]} is not served by the local Athena`);
  const shape = Object.hasOwn(shapes, kind) ? shapes[kind] : undefined;
  return shape ? shape(parts, node) : node;
}

/** Expressions whose meaning or type differs between the two. */
const shapes: Readonly<Record<string, (parts: Parts, node: Node) => Node>> = {
  function: ({ name, args, ...more }) => rewriteFunction(name.toLowerCase(), args, 'function', more),
  aggregate_function: ({ name, args, ...more }) =>
    rewriteFunction(name.toLowerCase(), args, 'aggregate_function', more),
  approx_distinct: ({ this: value, filter }) => ({
    count: { this: value, star: false, distinct: true, filter: filter ?? null, original_name: 'count' },
  }),
  count_if: ({ this: value, filter }) => {
    // DuckDB's is NULL where all values are.
    const count = { this: fill('nullif($1, false)', [value]), star: false, distinct: false, original_name: 'count' };
    return { count: { ...count, filter: filter ?? null } };
  },
  avg: (parts) => averaged({ avg: parts }, parts),
  window_function: (parts, node) => {
    const [average, middle] = parts.this.function?.name === 'cast_to_type' ? parts.this.function.args : [];
    if (!average?.avg) return node;
    return call(
      'cast_to_type',
      [average, middle].map((one) => ({ window_function: { ...parts, this: one } })),
    );
  },
  div: ({ left, right }) => fill(division, [left, right]),
  add: (parts, node) => moved(parts, node),
  sub: (parts, node) => moved(parts, node),
  at_time_zone: ({ this: value, zone }) => rewriteFunction('at_timezone', [value, zone]),
  cast: (parts) => rewriteCast('cast', parts),
  try_cast: (parts) => rewriteCast('try_cast', parts),
  extract: (parts, node) => (parts.field === 'DayOfWeek' ? call('isodow', [parts.this]) : node),
  if_func: ({ condition, true_value, false_value }) => {
    return fill('CASE WHEN $1 THEN $2 ELSE $3 END', [condition, true_value, false_value ?? readExpression('NULL')]);
  },
  filter: ({ this: aggregate, expression }, node) => {
    const call = aggregate.aggregate_function ?? aggregate.function;
    return call ? { aggregate_function: { ...call, filter: expression } } : node;
  },
  unnest: (parts, node) => unnested(parts, node),
  within_group: ({ this: aggregate, order_by }, node) => {
    const { list_agg: list } = aggregate;
    if (!list) return node;
    const args = [list.this, list.separator ?? text('')];
    return {
      aggregate_function: { name: 'string_agg', args, distinct: list.distinct ?? false, filter: null, order_by },
    };
  },
  literal: (parts, node) => {
    const isZoned = parts.literal_type === 'timestamp' && !/^[-\d: .T]+$/.test(parts.value);
    return isZoned ? fill('CAST($1 AS TIMESTAMPTZ)', [text(parts.value)]) : node;
  },
};

/** Whole numbers divide to a whole one, decimals to the larger scale of the two; a zero divisor is an error. */
const division =
  "CASE WHEN $2 = 0 AND typeof($1 + $2) NOT IN ('DOUBLE', 'FLOAT') THEN cast_to_type('Division by zero', $1 + $2) ELSE cast_to_type($1 / $2, $1 + $2) END";

/** The average of decimals is a decimal of their scale: so is DuckDB's median, which lends its type and isn't computed. */
function averaged(average: Node, { this: value, filter, distinct }: Parts): Node {
  const middle = call('quantile_cont', [value, readExpression('0.5')], {
    filter: filter ?? null,
    distinct: distinct ?? false,
  });
  return call('cast_to_type', [average, middle]);
}

/** A date moved by an interval stays a date. */
function moved({ left, right }: Parts, node: Node): Node {
  if (right.interval && !left.interval) return call('cast_to_type', [node, left]);
  return left.interval && !right.interval ? call('cast_to_type', [node, right]) : node;
}

/** Several arrays side by side, and arrays of rows, whose fields become columns, need a subquery in DuckDB. */
function unnested(parts: Parts, node: Node): Node {
  const arrays: Node[] = [parts.this, ...(parts.expressions ?? [])];
  const isRows = (one: Node) => one.cast?.to?.element_type?.data_type === 'struct';
  if (arrays.length === 1 && !arrays.some(isRows) && !arrays.some(isMap)) return node;
  if (parts.with_ordinality) throw new QueryError('NOT_SUPPORTED', 'WITH ORDINALITY goes with one plain array here');
  const columns = arrays.map((one, index) => {
    const array = isMap(one) ? `map_entries($${index + 1})` : `$${index + 1}`;
    return isMap(one) || isRows(one) ? `unnest(${array}, max_depth := 2)` : `unnest(${array})`;
  });
  const { subquery } = fill(`(SELECT ${columns.join(', ')})`, arrays);
  return { subquery: { ...subquery, lateral: true } };
}
