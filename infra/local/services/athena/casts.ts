import { call, type Node, type Parts } from './syntax-tree.ts';
import { fill } from './template.ts';

/** A cast in DuckDB's terms: its types have other defaults, and some texts another form. */
export function rewriteCast(kind: string, parts: Parts): Node {
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
