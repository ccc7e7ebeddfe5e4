/** A query in pieces that can be read one by one: its subqueries under WITH, and the rest. */
export interface SplitQuery {
  /** Each with what stands before its brackets: `name AS`, or `name (column, ...) AS`. */
  readonly subqueries: readonly { readonly name: string; readonly head: string; readonly sql: string }[];
  readonly main: string;
}

const token = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*.*?\*\/|\s+|\w+|./gs;

/** Cuts a query that begins with WITH; any other, and one that isn't understood, stays whole. */
export function splitQuery(sql: string): SplitQuery {
  const whole = { subqueries: [], main: sql };
  const tokens = (sql.match(token) ?? []).filter((each) => !/^(--|\/\*)/.test(each));
  let at = 0;
  const skipSpace = () => {
    while (/^\s/.test(tokens[at] ?? '')) at += 1;
  };
  const word = () => {
    skipSpace();
    at += 1;
    return tokens[at - 1] ?? '';
  };
  /** What stands within brackets, of which the first is behind. */
  const inBrackets = (): string | undefined => {
    const start = at;
    for (let depth = 1; at < tokens.length; at += 1) {
      if (tokens[at] === '(') depth += 1;
      else if (tokens[at] === ')') depth -= 1;
      if (depth > 0) continue;
      at += 1;
      return tokens.slice(start, at - 1).join('');
    }
    return undefined;
  };

  if (word().toUpperCase() !== 'WITH') return whole;
  const subqueries: { name: string; head: string; sql: string }[] = [];
  for (;;) {
    const name = word();
    if (!/^("|[a-z_])/i.test(name) || name.toUpperCase() === 'RECURSIVE') return whole;
    let next = word();
    let columns = '';
    if (next === '(') {
      columns = ` (${inBrackets()?.split(',').map(quoted).join(', ')})`;
      next = word();
    }
    if (next.toUpperCase() !== 'AS' || word() !== '(') return whole;
    const body = inBrackets();
    if (body === undefined) return whole;
    const head = quoted(name);
    subqueries.push({
      name: head.slice(1, -1).replaceAll('""', '"').toLowerCase(),
      head: `${head}${columns} AS`,
      sql: body,
    });
    skipSpace();
    if (tokens[at] !== ',') break;
    at += 1;
  }
  return { subqueries, main: tokens.slice(at).join('') };
}

/** A name as the database takes it whatever its words are; names are the same in any case. */
function quoted(name: string): string {
  const trimmed = name.trim();
  return trimmed.startsWith('"') ? trimmed : `"${trimmed}"`;
}
