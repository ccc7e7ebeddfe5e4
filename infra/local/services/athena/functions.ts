/**
 * Trino's functions in DuckDB: a name where only the name differs (it may be the same), or an expression in which
 * `$1`, `$2` stand for the arguments. `name/2` is for two arguments only. What isn't listed is not registered, as
 * Athena says, so that SQL which runs here runs there, and DuckDB's own functions stay out of reach.
 *
 * Lambda parameters begin with `hw_`, so that they cannot capture a column of an argument.
 * `cast_to_type(a, b)` gives DuckDB's result the type that Trino's has.
 */
export const functions: Readonly<Record<string, string>> = {
  // Numbers
  abs: 'abs',
  cbrt: 'cbrt',
  ceil: 'ceil',
  degrees: 'degrees',
  e: 'exp(1)',
  exp: 'exp',
  floor: 'floor',
  greatest: 'CASE WHEN list_contains(list_transform([$*], hw_e -> hw_e IS NULL), true) THEN NULL ELSE greatest($*) END',
  least: 'CASE WHEN list_contains(list_transform([$*], hw_e -> hw_e IS NULL), true) THEN NULL ELSE least($*) END',
  infinity: "CAST('Infinity' AS DOUBLE)",
  is_finite: 'isfinite',
  is_infinite: 'isinf',
  is_nan: 'isnan',
  ln: 'ln',
  log: 'log',
  log10: 'log10',
  log2: 'log2',
  mod: "CASE WHEN $2 = 0 AND typeof($1 + $2) NOT IN ('DOUBLE', 'FLOAT') THEN cast_to_type('Division by zero', $2) ELSE $1 % $2 END",
  nan: "CAST('NaN' AS DOUBLE)",
  pi: 'pi',
  pow: 'pow',
  power: 'pow',
  radians: 'radians',
  rand: 'random',
  random: 'random',
  'random/1': 'CAST(floor(random() * $1) AS BIGINT)',
  round: 'cast_to_type(round($1), $1)',
  'round/2': 'cast_to_type(round($1, $2), $1)',
  sign: 'cast_to_type(sign($1), $1)',
  sqrt: 'sqrt',
  truncate: 'cast_to_type(trunc($1), $1)',
  bitwise_and: '$1 & $2',
  bitwise_or: '$1 | $2',
  bitwise_xor: 'xor($1, $2)',
  cos: 'cos',
  sin: 'sin',
  tan: 'tan',
  acos: 'acos',
  asin: 'asin',
  atan: 'atan',
  atan2: 'atan2',

  // Text
  chr: 'chr',
  codepoint: 'unicode',
  concat_ws: 'concat_ws',
  from_utf8: 'decode',
  hamming_distance: 'hamming',
  length: 'length',
  levenshtein_distance: 'levenshtein',
  lower: 'lower',
  lpad: 'lpad',
  ltrim: 'ltrim',
  normalize: 'nfc_normalize',
  replace: 'replace',
  'replace/2': "replace($1, $2, '')",
  reverse: 'reverse',
  rpad: 'rpad',
  rtrim: 'rtrim',
  split: 'string_split',
  split_part: 'list_extract(string_split($1, $2), $3)',
  split_to_map:
    'map_from_entries(list_transform(string_split($1, $2), hw_e -> struct_pack(k := split_part(hw_e, $3, 1), v := substring(hw_e, length(split_part(hw_e, $3, 1)) + length($3) + 1))))',
  starts_with: 'starts_with',
  strpos: 'strpos',
  substr: 'substr',
  substring: 'substring',
  to_utf8: 'encode',
  translate: 'translate',
  trim: 'trim',
  upper: 'upper',
  regexp_count: 'len(regexp_extract_all($1, $2))',
  regexp_extract: 'CASE WHEN regexp_matches($1, $2) THEN regexp_extract($1, $2) END',
  'regexp_extract/3': 'CASE WHEN regexp_matches($1, $2) THEN regexp_extract($1, $2, $3) END',
  regexp_extract_all: 'regexp_extract_all',
  regexp_like: 'regexp_matches',
  regexp_replace: "regexp_replace($1, $2, $3, 'g')",
  'regexp_replace/2': "regexp_replace($1, $2, '', 'g')",
  regexp_split: 'string_split_regex',

  // Bytes
  from_base64: 'from_base64',
  from_hex: 'unhex',
  md5: 'unhex(md5($1))',
  sha1: 'unhex(sha1($1))',
  sha256: 'unhex(sha256($1))',
  to_base64: 'to_base64',
  to_hex: 'hex',

  // JSON
  is_json_scalar: "json_type($1) NOT IN ('OBJECT', 'ARRAY')",
  json_array_contains: 'json_contains($1, to_json($2))',
  json_array_get: 'json_extract($1, $2)',
  json_array_length: "CASE WHEN json_valid($1) AND json_type($1) = 'ARRAY' THEN json_array_length($1) END",
  json_extract: 'CASE WHEN json_valid($1) THEN json_extract($1, $2) END',
  json_extract_scalar:
    "CASE WHEN json_valid($1) AND json_type($1, $2) NOT IN ('OBJECT', 'ARRAY') THEN json_extract_string($1, $2) END",
  json_format: 'CAST($1 AS VARCHAR)',
  json_parse: 'CAST($1 AS JSON)',
  json_size: 'coalesce(len(json_keys($1, $2)), json_array_length($1, $2))',

  // Time
  at_timezone: 'CAST($1 AS TIMESTAMPTZ) AT TIME ZONE $2',
  current_date: 'current_date()',
  current_timestamp: 'now()',
  date: 'CAST($1 AS DATE)',
  date_diff: 'date_sub($1, $2, $3)',
  date_format: 'strftime($1, $2)',
  date_parse: 'strptime($1, $2)',
  date_trunc: 'cast_to_type(date_trunc($1, $2), $2)',
  day: 'day',
  day_of_month: 'day',
  day_of_week: 'isodow',
  day_of_year: 'dayofyear',
  dow: 'isodow',
  doy: 'dayofyear',
  format_datetime: 'strftime($1, $2)',
  from_iso8601_date: 'CAST($1 AS DATE)',
  from_iso8601_timestamp: 'CAST($1 AS TIMESTAMPTZ)',
  from_unixtime: 'to_timestamp($1)',
  hour: 'hour',
  last_day_of_month: 'last_day',
  localtimestamp: 'CAST(now() AS TIMESTAMP)',
  millisecond: 'millisecond($1) % 1000',
  minute: 'minute',
  month: 'month',
  now: 'now()',
  parse_datetime: 'CAST(strptime($1, $2) AS TIMESTAMPTZ)',
  quarter: 'quarter',
  second: 'second',
  to_iso8601:
    "CASE typeof($1) WHEN 'DATE' THEN strftime($1, '%Y-%m-%d') WHEN 'TIMESTAMP' THEN strftime($1, '%Y-%m-%dT%H:%M:%S.%g') ELSE strftime($1, '%Y-%m-%dT%H:%M:%S.%gZ') END",
  to_milliseconds: 'CAST(epoch_ms($1) AS BIGINT)',
  to_unixtime: 'epoch',
  week: 'week',
  week_of_year: 'week',
  year: 'year',
  year_of_week: 'isoyear',
  yow: 'isoyear',

  // Arrays and maps
  all_match: 'coalesce(list_bool_and(list_transform($1, $2)), true)',
  any_match: 'coalesce(list_bool_or(list_transform($1, $2)), false)',
  none_match: 'NOT coalesce(list_bool_or(list_transform($1, $2)), false)',
  array_average: 'list_avg',
  array_distinct: 'list_filter($1, (hw_e, hw_i) -> list_position($1, hw_e) = hw_i)',
  array_except: 'list_filter(list_distinct($1), hw_e -> NOT list_contains($2, hw_e))',
  array_intersect: 'list_intersect($1, $2)',
  array_join: 'array_to_string($1, $2)',
  'array_join/3': 'array_to_string(list_transform($1, hw_e -> coalesce(CAST(hw_e AS VARCHAR), $3)), $2)',
  array_max: 'list_max',
  array_min: 'list_min',
  array_position: 'CAST(coalesce(list_position($1, $2), 0) AS BIGINT)',
  array_remove: 'list_filter($1, hw_e -> hw_e IS DISTINCT FROM $2)',
  array_sort: "list_sort($1, 'ASC', 'NULLS LAST')",
  array_sum: 'list_sum',
  array_union: 'list_distinct(list_concat($1, $2))',
  arrays_overlap: 'list_has_any',
  cardinality: 'len',
  contains: 'list_contains',
  element_at: '($1)[$2]',
  filter: 'list_filter',
  flatten: 'flatten',
  map: 'map',
  map_concat: 'map_concat',
  map_entries: 'map_entries',
  map_from_entries: 'map_from_entries',
  map_keys: 'map_keys',
  map_values: 'map_values',
  reduce: 'list_transform([list_reduce($1, $3, $2)], $4)[1]',
  repeat: 'list_transform(range($2), hw_i -> $1)',
  sequence: 'generate_series($1, $2)',
  'sequence/3': 'list_transform(generate_series($1, $2, $3), hw_e -> cast_to_type(hw_e, $1))',
  slice: 'list_slice($1, $2, $2 + $3 - 1)',
  transform: 'list_transform',
  zip: 'list_zip',

  // Aggregates and windows
  approx_percentile: 'quantile_disc',
  arbitrary: 'any_value',
  any_value: 'any_value',
  bitwise_and_agg: 'bit_and',
  bitwise_or_agg: 'bit_or',
  corr: 'corr',
  covar_pop: 'covar_pop',
  covar_samp: 'covar_samp',
  geometric_mean: 'geomean',
  histogram: 'histogram',
  kurtosis: 'kurtosis',
  map_agg:
    'map_from_entries(list_filter(array_agg(struct_pack(k := $1, v := $2)), (hw_e, hw_i) -> hw_e.k IS NOT NULL AND list_position(list_transform(array_agg(struct_pack(k := $1, v := $2)), hw_f -> hw_f.k), hw_e.k) = hw_i))',
  max_by: 'arg_max_null',
  'max_by/3': 'arg_max',
  min_by: 'arg_min_null',
  'min_by/3': 'arg_min',
  regr_intercept: 'regr_intercept',
  regr_slope: 'regr_slope',
  set_agg: 'list_distinct(array_agg($1))',
  skewness: 'skewness',

  // URLs
  url_decode: "url_decode(replace($1, '+', ' '))",
  url_encode: "replace(url_encode($1), '%20', '+')",
  url_extract_fragment: "regexp_extract($1, '#(.*)$', 1)",
  url_extract_host: "regexp_extract($1, '^[^:/?#]+://(?:[^/?#@]*@)?([^:/?#]*)', 1)",
  url_extract_parameter:
    "CASE WHEN regexp_matches($1, '[?&]' || regexp_escape($2) || '=') THEN url_decode(replace(regexp_extract($1, '[?&]' || regexp_escape($2) || '=([^&#]*)', 1), '+', ' ')) END",
  url_extract_path: "regexp_extract($1, '^(?:[^:/?#]+://[^/?#]*)?([^?#]*)', 1)",
  url_extract_port: "TRY_CAST(regexp_extract($1, '^[^:/?#]+://[^/?#]*:([0-9]+)', 1) AS BIGINT)",
  url_extract_protocol: "regexp_extract($1, '^([^:/?#]+):', 1)",
  url_extract_query: "regexp_extract($1, '\\?([^#]*)', 1)",

  // Conditions and the rest
  coalesce: 'coalesce',
  nullif: 'nullif',
  try: 'TRY($1)',
  typeof: 'lower(typeof($1))',
  uuid: 'uuid',
  unnest: 'unnest',
  cube: 'cube',
  rollup: 'rollup',
  'grouping sets': 'grouping sets',
  grouping: 'grouping',
};

/** MySQL's format letters, as `date_format` and `date_parse` take them, in C's. */
const mysqlLetters: Readonly<Record<string, string>> = {
  i: '%M',
  s: '%S',
  M: '%B',
  W: '%A',
  e: '%-d',
  c: '%-m',
  h: '%I',
  k: '%-H',
  l: '%-I',
  T: '%H:%M:%S',
  r: '%I:%M:%S %p',
  v: '%V',
  x: '%G',
};

export function mysqlFormat(format: string): string {
  return format.replace(/%(.)/g, (same, letter) => mysqlLetters[letter] ?? same);
}

/** Joda's patterns, as `format_datetime` and `parse_datetime` take them, in C's. */
const jodaPatterns: readonly [RegExp, string][] = [
  [/^y{3,}/, '%Y'],
  [/^yy/, '%y'],
  [/^y/, '%Y'],
  [/^MMMM+/, '%B'],
  [/^MMM/, '%b'],
  [/^MM/, '%m'],
  [/^M/, '%-m'],
  [/^dd/, '%d'],
  [/^d/, '%-d'],
  [/^HH/, '%H'],
  [/^H/, '%-H'],
  [/^hh/, '%I'],
  [/^h/, '%-I'],
  [/^mm/, '%M'],
  [/^ss/, '%S'],
  [/^SSS/, '%g'],
  [/^EEEE+/, '%A'],
  [/^E+/, '%a'],
  [/^ww/, '%V'],
  [/^x{4}/, '%G'],
  [/^e/, '%u'],
  [/^a/, '%p'],
  [/^Z+/, '%z'],
  [/^''/, "'"],
];

/** Throws on a letter that has no counterpart. */
export function jodaFormat(pattern: string): string {
  let rest = pattern;
  let format = '';
  while (rest !== '') {
    const quotation = /^'([^']+)'/.exec(rest);
    const [, counterpart] = jodaPatterns.find(([start]) => start.test(rest)) ?? [];
    const start = quotation ? quotation[0] : jodaPatterns.map(([one]) => one.exec(rest)?.[0]).find(Boolean);
    if (!start && /^[A-Za-z]/.test(rest)) throw new Error(`Invalid format: '${pattern}' at '${rest}'`);
    format += quotation ? quotation[1] : (counterpart ?? rest[0]);
    rest = rest.slice(start?.length ?? 1);
  }
  return format;
}
