import { functions } from './functions.ts';
import { jsonPointer } from './json-path.ts';
import { QueryError } from './query-error.ts';
import { call, type Node, type Parts, text } from './syntax-tree.ts';
import { aggregateWith, fill } from './template.ts';
import { jodaFormat, mysqlFormat } from './time-formats.ts';

/** Puts a call of a Trino function, whose arguments are in DuckDB's terms, into those. Throws `QueryError`. */
export function rewriteFunction(name: string, args: Node[], kind = 'function', more: Parts = {}): Node {
  const builder = own(builders, name);
  if (builder) return builder(args);
  const target = own(functions, `${name}/${args.length}`) ?? own(functions, name);
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
  length: ([value]) => call(isBytes(value) ? 'octet_length' : 'length', [value]),
  map_keys: ([value]) =>
    isMapOfJson(value) ? fill(keysOfJson, [textOfJson(value?.cast.this), value]) : call('map_keys', [value]),
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

/** Whether an expression is plainly a map, which DuckDB treats unlike an array. */
export function isMap(value: Node | undefined): boolean {
  const name = value?.function?.name?.toLowerCase() ?? '';
  return Boolean(value?.cast?.to?.data_type === 'map' || /^(map|map_concat|map_from_entries|histogram)$/.test(name));
}

/** DuckDB reads the keys of a JSON object three times as fast as it makes a map of it; what is no object, the cast refuses. */
const keysOfJson = "CASE WHEN starts_with($1, '{') THEN json_keys($1) ELSE map_keys($2) END";

/** Whether an expression is plainly a JSON object whose values stay JSON. */
const isMapOfJson = (value: Node | undefined): boolean =>
  value?.cast?.to?.data_type === 'map' && value.cast.to.value_type?.data_type === 'json';

/** The text that is read as JSON: DuckDB's JSON functions read it themselves, so that it is parsed once. */
function textOfJson(value: Node): Node {
  const bare = value.paren?.this ?? value;
  return bare.cast?.to?.data_type === 'json' ? bare.cast.this : value;
}

/** Whether an expression is plainly bytes, whose length DuckDB asks for by another name. */
const isBytes = (value: Node | undefined): boolean => /^(encode|unhex|from_base64)$/.test(value?.function?.name ?? '');

/** Format strings are in MySQL's or Joda's letters and must be literals, which all sensible ones are. */
function withFormat(name: string, args: Node[]): Node[] {
  const convert = {
    date_format: mysqlFormat,
    date_parse: mysqlFormat,
    format_datetime: jodaFormat,
    parse_datetime: jodaFormat,
  }[name];
  const pattern = args[1]?.literal?.value;
  if (/^json_(extract|extract_scalar|size)$/.test(name) && args[1]?.literal) {
    return [args[0] as Node, text(jsonPointer(pattern))];
  }
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

/** Names come from the query: `constructor` is not a function of Trino's. */
function own<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
