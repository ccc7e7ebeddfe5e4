/** One token of SQL text; comments, spaces and signs are `other`. */
export interface SqlToken {
  readonly kind: 'word' | 'text' | 'parameter' | 'other';
  readonly text: string;
}

const pattern =
  /(?<other>--[^\n]*|\/\*.*?\*\/)|(?<text>'(?:[^']|'')*'|"(?:[^"]|"")*")|(?<parameter>:[a-z]\w*)|(?<word>[A-Za-z_]\w*)|./gs;

/** Cuts SQL into tokens, so that a name inside of a text or a comment is none. Joined again they are the same SQL. */
export function sqlTokens(sql: string): SqlToken[] {
  return [...sql.matchAll(pattern)].map(({ 0: text, groups }) => {
    const { word, text: quoted, parameter } = groups ?? {};
    const kind = word ? 'word' : quoted ? 'text' : parameter ? 'parameter' : 'other';
    return { kind, text };
  });
}

/** Names of the relations that SQL reads by their bare name, in lower case: those behind FROM and JOIN. */
export function relationsOf(sql: string): Set<string> {
  const found = new Set<string>();
  let before = '';
  for (const { kind, text } of sqlTokens(sql)) {
    if (kind === 'word' && /^(from|join)$/i.test(before)) found.add(text.toLowerCase());
    if (kind !== 'other' || !/^(\s|--|\/\*)/.test(text)) before = text;
  }
  return found;
}

/** SQL that reads something else in the place of a relation: a name, or a query in brackets. */
export function withRelation(sql: string, name: string, by: string): string {
  let before = '';
  return sqlTokens(sql)
    .map(({ kind, text }) => {
      const isRead = kind === 'word' && text.toLowerCase() === name && /^(from|join)$/i.test(before);
      if (kind !== 'other' || !/^(\s|--|\/\*)/.test(text)) before = text;
      return isRead ? by : text;
    })
    .join('');
}
