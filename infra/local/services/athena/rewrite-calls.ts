import { functions, jodaFormat, mysqlFormat } from './functions.ts';
import { QueryError } from './query-error.ts';
import { call, type Node, type Parts, readExpression, rewrite, text } from './syntax-tree.ts';

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
  const known = special[kind];
  if (known && !parts.arrow_syntax) {
    const args = known.slice(1).flatMap((part) => parts[part] ?? []);
    return rewriteFunction(known[0], args);
  }
  if (kind in refused) throw new QueryError('NOT_SUPPORTED', `${refused[kind]} is not served by the local Athena`);
  const shape = shapes[kind];
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
  cast: (parts) => cast('cast', parts),
  try_cast: (parts) => cast('try_cast', parts),
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

function rewriteFunction(name: string, args: Node[], kind = 'function', more: Parts = {}): Node {
  const builder = builders[name];
  if (builder) return builder(args);
  const target = functions[`${name}/${args.length}`] ?? functions[name];
  if (!target) throw new QueryError('FUNCTION_NOT_FOUND', `line 1: Function '${name}' not registered`);
  const formatted = withFormat(name, args);
  if (!/\W/.test(target.replace(' ', ''))) {
    return {
      [kind]: { ...call(target, formatted).function, ...more, name: target, args: formatted, no_parens: false },
    };
  }
  const filled = fill(target, formatted);
  return more.filter || more.distinct || more.order_by?.length ? aggregateWith(filled, more) : filled;
}

/** Functions whose DuckDB form depends on what their arguments are. */
const builders: Readonly<Record<string, (args: Node[]) => Node>> = {
  concat: (args) => args.reduce((left, right) => ({ concat: { left, right, ...noComments } })),
  cardinality: ([value]) => call(isMap(value) ? 'cardinality' : 'len', [value]),
  row: (args) => fill(`struct_pack(${args.map((_, index) => `field${index} := $${index + 1}`).join(', ')})`, args),
  date_add: ([unit, count, time]) => {
    const name = unit?.literal?.value?.toLowerCase();
    if (!/^(millisecond|second|minute|hour|day|week|month|quarter|year)$/.test(name ?? '')) {
      throw new QueryError('INVALID_FUNCTION_ARGUMENT', `'${name}' is not a valid time unit`);
    }
    return fill(`cast_to_type($2 + $1 * INTERVAL 1 ${name}, $2)`, [count, time]);
  },
};

const noComments = { left_comments: [], operator_comments: [], trailing_comments: [] };

function isMap(value: Node | undefined): boolean {
  const name = value?.function?.name?.toLowerCase() ?? '';
  return Boolean(value?.cast?.to?.data_type === 'map' || /^(map|map_concat|map_from_entries|histogram)$/.test(name));
}

/** Format strings are in MySQL's or Joda's letters and must be literals, which all sensible ones are. */
function withFormat(name: string, args: Node[]): Node[] {
  const convert = {
    date_format: mysqlFormat,
    date_parse: mysqlFormat,
    format_datetime: jodaFormat,
    parse_datetime: jodaFormat,
  }[name];
  const pattern = args[1]?.literal?.value;
  if (name === 'regexp_replace' && args[2]?.literal) {
    return [...args.slice(0, 2), text(args[2].literal.value.replaceAll(/\$(\d)/g, '\\$1'))];
  }
  if (!convert) return args;
  if (typeof pattern !== 'string')
    throw new QueryError('NOT_SUPPORTED', `The format of ${name} must be a literal here`);
  try {
    return [args[0] as Node, text(convert(pattern))];
  } catch (error) {
    throw new QueryError('INVALID_FUNCTION_ARGUMENT', (error as Error).message);
  }
}

function cast(kind: string, parts: Parts): Node {
  const { data_type: type, precision } = parts.to;
  const isRow = parts.this.function?.name.toLowerCase() === 'struct_pack';
  if (type === 'struct' && isRow) return { [kind]: { ...parts, this: positional(parts.this) } };
  if (type === 'json') return kind === 'cast' ? call('to_json', [parts.this]) : { [kind]: parts };
  if (type === 'var_char' && kind === 'cast') return fill(asText, [parts.this]);
  if (type === 'timestamp') return { [kind]: { ...parts, to: { ...parts.to, precision: null } } };
  if (type !== 'decimal' || precision) return { [kind]: parts };
  const { literal } = parts.this;
  // DECIMAL '1.50' has the digits that are written; a plain DECIMAL is (38, 0) in Trino and (18, 3) in DuckDB.
  return literal?.literal_type === 'string' && /^-?\d*\.?\d+$/.test(literal.value)
    ? { literal: { literal_type: 'number', value: literal.value } }
    : { [kind]: { ...parts, to: { ...parts.to, precision: 38, scale: 0 } } };
}

/** The fields of a row that is cast to a named one go by position. */
function positional({ function: { args } }: Node): Node {
  return call(
    'row',
    args.map((one: Parts) => one.named_argument.value),
  );
}

const asText =
  "CASE typeof($1) WHEN 'TIMESTAMP' THEN strftime(TRY_CAST(CAST($1 AS VARCHAR) AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%g') WHEN 'TIMESTAMP WITH TIME ZONE' THEN strftime(TRY_CAST(CAST($1 AS VARCHAR) AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%g UTC') ELSE CAST($1 AS VARCHAR) END";

/** Puts arguments into an expression: `$1` stands for the first, `$*` for all. */
function fill(template: string, args: readonly (Node | undefined)[]): Node {
  const all = args.map((_, index) => `arg_${index + 1}`).join(', ');
  const named = template.replaceAll('$*', all).replaceAll(/\$(\d)/g, 'arg_$1');
  return rewrite(readExpression(named), (kind, parts, node) => {
    const index = kind === 'column' && !parts.table ? /^arg_(\d)$/.exec(parts.name.name)?.[1] : undefined;
    if (index === undefined) return node;
    const argument = args[Number(index) - 1];
    if (!argument) throw new QueryError('FUNCTION_NOT_FOUND', `Too few arguments for ${template}`);
    return argument.literal || argument.column || argument.lambda
      ? argument
      : { paren: { this: argument, trailing_comments: [] } };
  });
}

/** FILTER, DISTINCT and ORDER BY belong to the aggregate inside of the expression that stands for Trino's. */
function aggregateWith(filled: Node, { filter, distinct, order_by }: Parts): Node {
  return rewrite(filled, (kind, parts, node) => {
    const isInner = kind === 'array_agg';
    return isInner
      ? { array_agg: { ...parts, filter: filter ?? null, distinct: distinct ?? false, order_by: order_by ?? [] } }
      : node;
  });
}
